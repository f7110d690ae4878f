export { loadAnswers } from './load.ts'
export { findAnswer, type Looked } from './findAnswer.ts'
export { noteUnanswered } from './unanswered.ts'
export { listUnanswered, type QuestionGroup, type UnansweredQuestion } from './unansweredList.ts'
