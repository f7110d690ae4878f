import { todayOf, type DayMention } from '../../../services/understanding/index.ts'
import type { Answer, Field, Offer, Place, Read } from '../field.ts'
import { hasText } from './titles.ts'

/** The answer "I don't know yet": asked and answered, unlike a question that was skipped. */
export const UNKNOWN = 'unknown'

/**
 * A day (`YYYY-MM-DD`), a month (`YYYY-MM`), or `unknown`, not in the past and at most `years` ahead.
 * Its texts: `cues`, words beside which a day counts though another question was asked ("j'arrive en
 * mars"); `choices.unknown`, the button of who does not know yet.
 */
export const day = ({ years }: { years: number }): Field => ({
  wants: 'day',
  read(readings, offer, place) {
    const { words, days, unknown } = readings
    if (offer.how === 'inPassing' && !hasText(words, `${place.dialog}:${place.step}.cues`)) return null
    const meant = meantDays(days, offer)
    if (meant.length === 0) {
      if (offer.how === 'inPassing') return null
      const says = unknown || hasText(words, `${place.dialog}:${place.step}.choices.unknown`)
      return says && offer.how === 'asked' ? { value: UNKNOWN, certain: true } : null
    }
    return judge(meant, years, place)
  },
  accepts: (value): value is Answer =>
    value === UNKNOWN || (typeof value === 'string' && /^\d{4}-\d\d(-\d\d)?$/.test(value)),
  show: (value, { dialog, step }) =>
    value === UNKNOWN ? { key: `${dialog}:${step}.choices.unknown` } : { day: String(value) },
  choices: ({ dialog, step }) => [{ value: UNKNOWN, label: { key: `${dialog}:${step}.choices.unknown` } }],
})

/** What is meant: not what is put aside ("pas mars"), nor, in a correction, what is being corrected. */
function meantDays(days: readonly DayMention[], offer: Offer): readonly DayMention[] {
  const affirmed = days.filter(({ negated }) => !negated)
  if (offer.how !== 'correcting') return affirmed
  const others = affirmed.filter(({ values }) => values.length !== 1 || values[0] !== offer.current)
  return others
}

function judge(meant: readonly DayMention[], years: number, { now, zone }: Place): Read {
  const today = todayOf(zone === undefined ? { now } : { now, zone })
  const first = today.toString()
  const last = today.add({ years }).toString()
  const values = [...new Set(meant.flatMap((mention) => mention.values))]
  if (values.length === 0) return { reason: 'kit:day.whichDay' }
  // as text, ISO days and months compare as they follow one another; a month is judged by its own length
  const possible = values.filter((v) => v >= first.slice(0, v.length) && v <= last.slice(0, v.length))
  const [value] = possible
  if (value === undefined) return { reason: values.every((v) => v < first) ? 'kit:day.past' : 'kit:day.tooFar' }
  return possible.length === 1 ? { value, certain: true } : { doubt: possible.slice(0, 4) }
}
