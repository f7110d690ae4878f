/** The door of the newcomers' domain: who the person is, what they agreed to, what their file says. */
export { giveConsent, withdrawConsent } from './consent.ts'
export { saveAnswer } from './file.ts'
