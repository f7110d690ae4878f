import { emailsIn, phonesIn } from '../../../services/understanding/index.ts'
import type { Answer, Field } from '../field.ts'

/** Where a number without a country's code is looked for: here. */
const HERE = 'CA'
const ENOUGH_DIGITS = 6

/** A telephone number, kept as E.164; a foreign one needs its country's code. Its text: `country`, the reason when it is missing. */
export const phone = (): Field => ({
  read({ text }, { how }, { dialog, step }) {
    if (how === 'inPassing') return null // whose number it is was not said
    const found = phonesIn(text, HERE)
    const [first] = found
    if (first === undefined)
      return (text.match(/\d/g)?.length ?? 0) >= ENOUGH_DIGITS ? { reason: `${dialog}:${step}.country` } : null
    return found.length === 1 ? { value: first, certain: true } : { doubt: found.slice(0, 3) }
  },
  accepts: (value): value is Answer => typeof value === 'string' && /^\+[1-9]\d{6,14}$/.test(value),
  show: (value) => String(value),
  choices: () => [],
})

/** An e-mail address, lower case. Its text: `shape`, the reason when what has an @ is none. */
export const email = (): Field => ({
  read({ text }, { how }, { dialog, step }) {
    if (how === 'inPassing') return null
    const found = emailsIn(text)
    const [first] = found
    if (first === undefined) return text.includes('@') ? { reason: `${dialog}:${step}.shape` } : null
    return found.length === 1 ? { value: first, certain: true } : { doubt: found.slice(0, 3) }
  },
  accepts: (value): value is Answer => typeof value === 'string' && /^\S+@\S+$/.test(value) && value.length <= 254,
  show: (value) => String(value),
  choices: () => [],
})
