import { z } from 'zod'
import { citesListedSources, dayText, factMarks, provenance, regionCode, uniqueById } from './sourced.ts'

/**
 * A number as Québec prints it (`1 800 363-9010`, `811`) with the marks of a fact. `secondary`: read
 * in the press, on a site or in code, not at the owner's. See `dialable` for the `tel:` form.
 */
export const phoneNumber = {
  number: z.string().regex(/^(\d{3}|\d{5,6}|(1 )?\d{3} \d{3}-\d{4})$/, 'not a number as printed here'),
  secondary: z.literal(true).optional(),
  ...factMarks,
}

/** Languages by code. On a line: who answers in them; on a number: the number is for them. */
const languages = z
  .array(z.string().regex(/^[a-z]{2,3}$/))
  .nonempty()
  .readonly()

/** `always`: day and night, every day. `evening`: this number takes over in the evening. */
const hours = z.enum(['always', 'evening'])

const linePhone = z
  .strictObject({
    ...phoneNumber,
    /** The number's last letters as people remember it (1 866 APPELLE). */
    letters: z
      .string()
      .regex(/^[A-Z]+$/)
      .optional(),
    languages: languages.optional(),
    hours: hours.optional(),
  })
  .readonly()

const text = z.string().min(1)
/** Languages in which danger is answered though the assistant does not speak them: no native speaker has read them yet. */
const beyond = ['es', 'ar', 'pt', 'zh-Hans', 'ht', 'uk'] as const
export type Beyond = (typeof beyond)[number]

const common = {
  id: z.string().min(1),
  /** The official name, in French whatever the language of the conversation. */
  name: z.string().min(1),
  /** What it is for, in a few words: shown beside the name. */
  what: z.strictObject({ fr: text, en: text }).readonly(),
  /** The same in the languages that the assistant does not speak. */
  beyond: z.partialRecord(z.enum(beyond), text).readonly().optional(),
  hours: hours.optional(),
  languages: languages.optional(),
  /** How many languages are answered, by interpreters, when they are too many to list. */
  languageCount: z.int().min(2).optional(),
  site: z.url({ protocol: /^https$/ }).optional(),
  secondary: z.literal(true).optional(),
  ...factMarks,
}

const line = z.union([
  z
    .strictObject({
      ...common,
      phones: z.array(linePhone).nonempty().readonly(),
      texts: z.array(z.strictObject(phoneNumber).readonly()).readonly().optional(),
    })
    .readonly(),
  z
    .strictObject({
      ...common,
      phonesByRegion: z.record(regionCode, z.array(linePhone).nonempty().readonly()).readonly(),
    })
    .readonly(),
])

/** Line ids in the order in which they are shown. */
const shown = z.array(z.string()).nonempty().readonly()

/**
 * `content/help-lines.json`: who to call when somebody is in danger, and for which situation which
 * lines in which order (quebec.md, section 6). `redialedOn` is the day somebody dialled every number;
 * null means that nobody has, and that the service must not be opened to people yet.
 */
export const helpLineFile = z
  .strictObject({
    ...provenance,
    redialedOn: dayText.nullable(),
    lines: uniqueById(line),
    /** In the languages that the assistant does not speak: after the numbers (a person is asked for), and where danger is not sure. */
    said: z.record(z.enum(beyond), z.strictObject({ asked: text, perhaps: text }).readonly()).readonly(),
    situations: z
      .strictObject({
        immediate: shown,
        suicide: shown,
        violence: shown,
        sexualViolence: shown,
        childInDanger: shown,
        medical: shown,
        poison: shown,
        exploitation: shown,
        youth: shown,
        unclear: shown,
      })
      .readonly(),
  })
  .check(citesListedSources, ({ value, issues }) => {
    const known = new Set(value.lines.map(({ id }) => id))
    for (const [situation, ids] of Object.entries(value.situations))
      ids.forEach((id, at) => {
        if (known.has(id)) return
        const path = ['situations', situation, at]
        issues.push({ code: 'custom', input: id, path, message: `no line has the id ${id}` })
      })
  })
  .readonly()

/** The help lines as the catalogue gives them. */
export type HelpLineContent = z.infer<typeof helpLineFile>
/** One line: with its `phones`, or with `phonesByRegion` when each region has its own. */
export type HelpLine = HelpLineContent['lines'][number]
/** One number of a line. */
export type HelpLinePhone = z.infer<typeof linePhone>
/** What is happening, as far as who to call is concerned. */
export type Situation = keyof HelpLineContent['situations']
