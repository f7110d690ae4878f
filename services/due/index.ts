/** The door of due times: what must happen later, kept as rows; a job is only the alarm clock. */
export { dueTask } from './alarm.ts'
export { DUE_TASK, setDue } from './set.ts'
export { settleOverdue, type DueKinds, type DueWork } from './settle.ts'
