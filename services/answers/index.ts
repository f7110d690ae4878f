export { loadAnswers } from './load.ts'
export { findAnswer, type Looked } from './findAnswer.ts'
export { noteUnanswered } from './unanswered.ts'
export { listUnanswered } from './unansweredList.ts'
