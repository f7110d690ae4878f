/** The door of what the program says: texts by key and language, and how each language writes days, hours and numbers. */
export { consoleLanguage } from './consoleLanguage.ts'
export { dayText, hourText, listText, monthText } from './formats.ts'
export { notSpokenSays } from './notSpoken.ts'
export { directionOf, has, languages, nameOf, phrases, REFERENCE, shippedLanguage, speak } from './texts.ts'
