import type { Answer, Field } from '../field.ts'
import { isText } from './titles.ts'

/**
 * Yes or no. With `clear`, nothing but an unmistakable yes is one: "ok" or "oui mais…" is asked again,
 * as the law wants it for a consent (quebec.md, section 6, Law 25). Its texts: `choices.yes`, `choices.no`.
 */
export const yesNo = ({ clear = false }: { clear?: boolean } = {}): Field => ({
  read({ words, answer }, { how }, { dialog, step }) {
    if (how !== 'asked') return null // a yes to another question is no yes to this one
    if (isText(words, `${dialog}:${step}.choices.yes`)) return { value: true, certain: true }
    if (isText(words, `${dialog}:${step}.choices.no`)) return { value: false, certain: true }
    if (answer === null) return null
    if (answer === 'likely' && clear) return { reason: `${dialog}:${step}.unclear` }
    return { value: answer !== 'no', certain: true }
  },
  accepts: (value): value is Answer => typeof value === 'boolean',
  show: (value, { dialog, step }) => ({ key: `${dialog}:${step}.choices.${value === true ? 'yes' : 'no'}` }),
  choices: ({ dialog, step }) =>
    ['yes', 'no'].map((value) => ({ value, label: { key: `${dialog}:${step}.choices.${value}` } })),
})
