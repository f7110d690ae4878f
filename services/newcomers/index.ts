/** The door of the newcomers' domain: who the person is, what they agreed to, what their file says. */
export { giveConsent, type Consent } from './consent.ts'
export { saveAnswer, type FileAnswer } from './file.ts'
