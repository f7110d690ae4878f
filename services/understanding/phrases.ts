import { readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { z } from 'zod'

const list = z.array(z.string().min(1))
const phraseSet = z.strictObject({ whole: list.default([]), within: list.default([]) })

/** What can be said at any time, whatever was asked. */
export const intentNames = [
  'human',
  'deadline',
  'help',
  'back',
  'restart',
  'cancel',
  'stop',
  'start',
  'skip',
  'change',
  'greeting',
  'thanks',
  'resume',
] as const

/** The dangers that are recognised, the most urgent first: the situations of `content/help-lines.json`. */
export const dangerNames = [
  'suicide',
  'poison',
  'medical',
  'childInDanger',
  'sexualViolence',
  'violence',
  'exploitation',
] as const

/** The words of a day that is not known yet; those of days are in `content/dates`. */
const calendar = z.strictObject({ unknown: list })

const dangers = z.strictObject(
  Object.fromEntries(dangerNames.map((name) => [name, list])) as Record<(typeof dangerNames)[number], typeof list>,
)

const phraseFile = z.strictObject({
  source: z.string().min(1),
  checkedOn: z.iso.date(),
  fillers: list,
  intents: z.strictObject(
    Object.fromEntries(intentNames.map((name) => [name, phraseSet])) as Record<
      (typeof intentNames)[number],
      typeof phraseSet
    >,
  ),
  changeLanguage: z.record(z.string(), phraseSet),
  /** `clear` and `likely` are whole messages; `parts` each agree, and may follow one another. */
  yes: z.strictObject({ clear: list, likely: list, parts: list }),
  no: list,
  /** Words with which a no may go on to give its reasons. */
  opensWithNo: list,
  /** A refusal wherever it stands in the message. */
  refuses: list,
  /** What neither agrees nor refuses: politeness, what is agreed to. */
  besides: list,
  /** What makes any yes or no unclear: a condition, a question, a delay. */
  unclear: list,
  /** `before` introduces a name for sure; `mayPrecede` only where a name was asked for. */
  name: z.strictObject({ before: list, mayPrecede: list, after: list, notNames: list }),
  corrects: list,
  frequent: list,
  danger: dangers,
  lookAlikes: list,
  /** What tells the province from the city of the same name. */
  quebec: z.strictObject({ province: list, city: list }),
  calendar,
})

/** One language's phrases, as its file in `content/phrases` has them. */
export type Phrases = z.infer<typeof phraseFile>

const dangerFile = z.strictObject({
  source: z.string().min(1),
  checkedOn: z.iso.date(),
  danger: dangers,
  lookAlikes: list,
})

/** How danger is told of in one language, and what only looks like it. */
export type DangerPhrases = Pick<z.infer<typeof dangerFile>, 'danger' | 'lookAlikes'>

/**
 * The phrases of each language. All languages' phrases are tried whatever language the conversation
 * is in: people in danger, and people who mix languages, do not change a setting first.
 */
export const readPhrases = (folder = new URL('../../content/phrases/', import.meta.url)): Map<string, Phrases> =>
  readFiles(folder, phraseFile)

/** Danger in the languages that nothing else is understood in by rules. */
export const readDangerPhrases = (
  folder = new URL('../../content/danger/', import.meta.url),
): Map<string, DangerPhrases> => readFiles(folder, dangerFile)

/** The files of a folder, by language. Throws on what is not as it must be, naming the file and the place. */
function readFiles<T>(folder: URL, schema: z.ZodType<T>): Map<string, T> {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'))
  return new Map(
    files.sort().map((name) => {
      const read = schema.safeParse(JSON.parse(readFileSync(new URL(name, folder), 'utf8')))
      if (!read.success) throw new Error(`content/${basename(folder.pathname)}/${name}: ${z.prettifyError(read.error)}`)
      return [name.slice(0, -'.json'.length), read.data]
    }),
  )
}
