import { z } from 'zod'

/** A calendar day, `YYYY-MM-DD`, that exists (30 February is refused). */
export const dayText = z.iso.date()

/** A wall-clock time of day, `HH:MM`, from 00:00 to 23:59. */
export const timeText = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected HH:MM')

/** The code of one of Québec's 17 administrative regions, `01` to `17` (quebec.md, section 3). */
export const regionCode = z.string().regex(/^(0[1-9]|1[0-7])$/, 'expected 01 to 17')

const listedSource = z
  .strictObject({
    id: z.string().min(1),
    title: z.string().min(1),
    url: z.string().min(1),
    /** Date or name of the version that was read, when the source has one. */
    version: z.string().optional(),
  })
  .readonly()

/**
 * What every content file says about itself: where its facts come from and the day a person last
 * compared them with it. Spread into the file's own schema.
 */
export const provenance = {
  source: z.union([z.string().min(1), z.array(listedSource).nonempty().readonly()]),
  checkedOn: dayText,
}

/**
 * What a single fact may say about itself: the `id` of its source in the file's list, and
 * `toConfirm` when somebody must still compare it with the official page before deployment (the
 * facts marked (c) in quebec.md).
 */
export const factMarks = {
  source: z.string().min(1),
  toConfirm: z.literal(true).optional(),
}

/** A list of which two entries may not have the same `id`. */
export const uniqueById = <Entry extends z.ZodType<{ id: string }>>(entry: Entry) =>
  z
    .array(entry)
    .nonempty()
    .refine((entries) => new Set(entries.map(({ id }) => id)).size === entries.length, {
      error: 'the same id twice',
    })
    .readonly()

interface Refinement {
  value: unknown
  issues: z.core.$ZodRawIssue[]
}

/**
 * A check for a whole file: every `source` of a fact, at any depth, is the id of a listed source.
 * Files whose own `source` is one string are left alone.
 */
export const citesListedSources = ({ value, issues }: Refinement): void => {
  if (!isRecord(value) || !Array.isArray(value['source'])) return
  const listed = new Set(value['source'].map((source) => (isRecord(source) ? source['id'] : '')))
  const visit = (node: unknown, path: PropertyKey[]): void => {
    if (Array.isArray(node)) node.forEach((child, at) => visit(child, [...path, at]))
    if (!isRecord(node)) return
    for (const [key, child] of Object.entries(node)) {
      if (key !== 'source') visit(child, [...path, key])
      else if (path.length > 0 && !listed.has(child)) {
        issues.push({ code: 'custom', input: child, path: [...path, key], message: 'source not listed' })
      }
    }
  }
  const { source: _listedAbove, ...facts } = value
  visit(facts, [])
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
