import { once } from '../../../services/platform/once.ts'
import { householdReader } from '../../../services/understanding/index.ts'
import type { Answer, Field } from '../field.ts'
import { hasText, isText } from './titles.ts'

const householdIn = once(householdReader)
/** Buttons for households of one to so many; a larger one is written. */
const BUTTONS = 5
const MOST = 20

/**
 * How many people come, the person counted: a number. Its texts: `people` (shown, with `count`), `cues`,
 * `choices.1` … for the buttons.
 */
export const household = (): Field => ({
  read(readings, { how }, { dialog, step }) {
    const at = `${dialog}:${step}`
    if (how === 'inPassing' && !hasText(readings.words, `${at}.cues`)) return null
    for (let count = 1; count <= BUTTONS; count += 1)
      if (how === 'asked' && isText(readings.words, `${at}.choices.${count}`)) return { value: count, certain: true }
    // "Sept" may be a month: without its days a message says how many, or with them.
    const value = householdIn()(readings.rest) ?? householdIn()(readings.text)
    return value === null ? null : { value, certain: true }
  },
  accepts: (value): value is Answer =>
    typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MOST,
  show: (value, { dialog, step }) => ({ key: `${dialog}:${step}.people`, params: { count: Number(value) } }),
  choices: ({ dialog, step }) =>
    Array.from({ length: BUTTONS }, (_, i) => ({
      value: String(i + 1),
      label: { key: `${dialog}:${step}.choices.${i + 1}` },
    })),
})
