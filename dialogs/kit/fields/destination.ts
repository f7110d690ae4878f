import { once } from '../../../services/platform/once.ts'
import { placeReader } from '../../../services/understanding/index.ts'
import type { Answer, Field, Read } from '../field.ts'
import { UNKNOWN } from './day.ts'
import { hasText } from './titles.ts'

const placeIn = once(placeReader)
const SHAPE = /^(?:0[1-9]|1[0-7])(?:\/.{1,80})?$/u

/**
 * Where in Québec: `06` or `03/Québec`, the number of the administrative region and the town when one was
 * named; or `unknown`. Its texts: `regions.<number>`, `cues` (words beside which a place counts though
 * another question was asked), `choices.unknown`, `province` (the answer to "in Québec": where in it?).
 */
export const destination = (): Field => ({
  read(readings, { how }, { dialog, step }): Read | null {
    const at = `${dialog}:${step}`
    if (how === 'inPassing' && !hasText(readings.words, `${at}.cues`)) return null
    const place = placeIn()(readings.text)
    if (place !== null)
      return { value: place.town === null ? place.region : `${place.region}/${place.town}`, certain: true }
    if (how !== 'asked') return null
    if (readings.unknown || hasText(readings.words, `${at}.choices.unknown`)) return { value: UNKNOWN, certain: true }
    return /\bqu[eé]bec\b/iu.test(readings.text) ? { reason: `${at}.province` } : null
  },
  accepts: (value): value is Answer => value === UNKNOWN || (typeof value === 'string' && SHAPE.test(value)),
  show(value, { dialog, step }) {
    if (value === UNKNOWN) return { key: `${dialog}:${step}.choices.unknown` }
    const [region = '', town] = String(value).split('/')
    const name = { key: `${dialog}:${step}.regions.${region}` }
    return town === undefined ? name : { key: `${dialog}:${step}.town`, params: { town, region: name } }
  },
  choices: ({ dialog, step }) => [{ value: UNKNOWN, label: { key: `${dialog}:${step}.choices.unknown` } }],
})
