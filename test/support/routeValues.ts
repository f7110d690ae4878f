import fc from 'fast-check'
import { z } from 'zod'
import type { Route } from '../../api/route.ts'

/** What is read here of a JSON schema. */
interface Shape {
  type?: string
  pattern?: string
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  minItems?: number
  maxItems?: number
  items?: Shape
  enum?: unknown[]
  anyOf?: Shape[]
  properties?: Record<string, Shape>
  required?: string[]
}

const LONGEST = 60

/** `dull`: the plainest value, with nothing that may be left out; `whole`: the same with everything; else, any. */
export type Kind = 'dull' | 'whole' | 'any'

/**
 * Values that a schema takes. Not seen in
 * a schema are its refinements: where these matter, `languages` for one, the name says it.
 */
function valuesOf(shape: Shape, kind: Kind, name = ''): fc.Arbitrary<unknown> {
  const plain = kind !== 'any'
  if (name === 'languages') return fc.constant(['fr'])
  if (shape.enum !== undefined) return plain ? fc.constant(shape.enum[0]) : fc.constantFrom(...shape.enum)
  if (shape.anyOf !== undefined) {
    const each = shape.anyOf.map((one) => valuesOf(one, kind, name))
    return plain && each[0] !== undefined ? each[0] : fc.oneof(...each)
  }
  const { minimum = 0, maximum = 1_000 } = shape
  switch (shape.type) {
    case 'string':
      return strings(shape, plain)
    case 'integer':
    case 'number':
      return plain ? fc.constant(minimum) : fc.integer({ min: minimum, max: Math.max(minimum, maximum) })
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'array': {
      const { minItems = 0, maxItems = 5, items = {} } = shape
      return fc.array(valuesOf(items, kind), { minLength: minItems, maxLength: plain ? minItems : maxItems })
    }
    case 'object': {
      const required = shape.required ?? []
      const properties = Object.entries(shape.properties ?? {}).filter(
        ([key]) => kind !== 'dull' || required.includes(key),
      )
      const values = properties.map(([key, of]) => [key, valuesOf(of, kind, key)] as const)
      const names = properties.map(([key]) => key).filter((key) => plain || required.includes(key))
      return fc.record(Object.fromEntries(values) as Record<string, fc.Arbitrary<unknown>>, { requiredKeys: names })
    }
    default:
      return fc.constantFrom<unknown>('x', 1, true, null, {})
  }
}

function strings({ pattern, minLength = 0, maxLength = LONGEST }: Shape, plain: boolean): fc.Arbitrary<string> {
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern))
  if (plain) return fc.constant('x'.repeat(Math.max(1, minLength)))
  return fc.string({ minLength, maxLength: Math.min(maxLength, LONGEST), unit: 'grapheme' })
}

const shapeOf = (schema: z.ZodType): Shape => z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Shape

/** Bodies whose shape the row leaves to its handler. */
const ACTIVITY = {
  type: 'message',
  text: 'bonjour',
  channelData: { clientActivityID: 'c-1', postBack: false },
  locale: 'fr-CA',
}
const LOOSE: Record<string, object> = {
  '/v3/directline/conversations/:id/activities': ACTIVITY,
  '/v3/directline/conversations': { locale: 'fr' },
  '/v3/directline/tokens/generate': { user: { id: 'dl_someone' } },
}

/** JSON bodies that a row takes; undefined for a row without one. */
export function bodiesOf(row: Route, kind: Kind): fc.Arbitrary<unknown> | undefined {
  if (row.body === undefined || 'raw' in row.body) return undefined
  const loose = row.method === 'POST' ? LOOSE[row.path] : undefined
  return loose === undefined ? valuesOf(shapeOf(row.body.json), kind) : fc.constant(loose)
}

/** Queries that a row takes. */
export const queriesOf = (row: Route, kind: Kind): fc.Arbitrary<unknown> =>
  row.query === undefined ? fc.constant({}) : valuesOf(shapeOf(row.query), kind)

/** One value, the same each time. */
export const oneOf = (values: fc.Arbitrary<unknown>): unknown => fc.sample(values, { seed: 1, numRuns: 1 })[0]

export const MULTIPART = 'multipart/form-data; boundary=edge'

/** An upload as a client sends it: an activity and a file. */
export const upload = (activity: string, name: string, content: string): string =>
  [
    '--edge\r\nContent-Disposition: form-data; name="activity"; filename="blob"\r\nContent-Type: application/vnd.microsoft.activity\r\n\r\n',
    `${activity}\r\n--edge\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: text/plain\r\n\r\n`,
    `${content}\r\n--edge--\r\n`,
  ].join('')
