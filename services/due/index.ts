/** The door of due times: what must happen later, kept as rows; a job is only the alarm clock. */
export { overdue, settleDue, type Due, type DueKinds, type DueWork } from './settle.ts'
export { setDue, type NewDue } from './set.ts'
