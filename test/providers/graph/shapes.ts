import { Refusal } from './errors.ts'

/** A JSON object of which nothing is known yet. */
export type Fields = Record<string, unknown>

/** Readers of what a client sent. `name` is the parameter's, as Meta writes it: `message[quick_replies][0][title]`. */

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export function refuse(message: string, code = 100): never {
  throw new Refusal({ code, message: `(#${code}) ${message}` })
}

export function fieldsAt(value: unknown, name: string): Fields {
  if (value === undefined || value === null) return refuse(`The parameter ${name} is required`)
  if (!isFields(value)) return refuse(`Param ${name} must be a JSON object`)
  return value
}

/** Only these keys: Meta refuses others by name. */
export function onlyKeys(value: Fields, allowed: readonly string[], name: string): void {
  const others = Object.keys(value).filter((key) => !allowed.includes(key))
  if (others.length > 0) refuse(`Invalid keys "${others.join(',')}" were found in param "${name}".`)
}

/** A text that must be there, of at most `max` UTF-16 code units: the strictest reading of "characters". */
export function textAt(value: unknown, name: string, max: number): string {
  if (value === undefined || value === null || value === '') return refuse(`The parameter ${name} is required`)
  if (typeof value !== 'string') return refuse(`Param ${name} must be a string`)
  if (value.length > max) return refuse(`Length of param ${name} must be less than or equal to ${max}`)
  return value
}

/** The same, where nothing may be said. */
export function optionalTextAt(value: unknown, name: string, max: number): string | undefined {
  return value === undefined ? undefined : textAt(value, name, max)
}

/** A list of `min` to `max` objects: 194 for fewer, 105 for more, as Meta answers. */
export function listAt(value: unknown, name: string, min: number, max: number): Fields[] {
  if (!Array.isArray(value)) return refuse(`Param ${name} must be an array.`)
  if (value.length < min) return refuse(`param ${name} has too few elements.`, 194)
  if (value.length > max) return refuse(`param ${name} has too many elements.`, 105)
  return value.map((one: unknown, i) => fieldsAt(one, `${name}[${i}]`))
}

export function oneOf(value: unknown, allowed: readonly string[], name: string): string {
  if (typeof value !== 'string' || !allowed.includes(value))
    return refuse(`Param ${name} must be one of {${allowed.join(', ')}}`)
  return value
}

/** A web address. `subcode`: Meta's, where it has one of its own for this. */
export function urlAt(value: unknown, name: string, subcode?: number): string {
  if (typeof value !== 'string' || !/^https?:\/\/[^\s/]+/.test(value)) {
    if (subcode !== undefined) throw new Refusal({ code: 100, subcode })
    return refuse(`Param ${name} should represent a valid URL`)
  }
  return value
}
