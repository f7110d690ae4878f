import { Low } from 'lowdb'
import type { z } from 'zod'
import { answerFile, type AnswerContent } from './answerContent.ts'
import { ContentFile } from './contentFile.ts'
import { helpLineFile, type HelpLineContent } from './helpLineContent.ts'
import { holidayFile, type HolidayContent } from './holidayContent.ts'
import { officeFile, type OfficeContent } from './officeContent.ts'
import { regionFile, type RegionContent } from './regionContent.ts'

export type { AnswerContent } from './answerContent.ts'
export { ContentError } from './contentFile.ts'
export { dialable, linesFor, phonesFor } from './helpLines.ts'
export type { Beyond, HelpLine, HelpLineContent, HelpLinePhone, Situation } from './helpLineContent.ts'
export type { HolidayContent } from './holidayContent.ts'
export type { OfficeContent, OfficeHours } from './officeContent.ts'
export type { RegionContent } from './regionContent.ts'

/**
 * What the program knows: the facts of `content/`, checked, frozen, each with its source. Everything
 * else asks here and nowhere else. Loaded once and passed around.
 */
export interface Catalogue {
  /** What is answered to questions, each with its source. */
  answers(): readonly AnswerContent[]
  /** The rules of Québec's holidays and their replacement days. */
  holidayRules(): HolidayContent
  /** The ministry's phones, the default opening hours, the aim for the first meeting. */
  offices(): OfficeContent
  /** Who to call when somebody is in danger. */
  helpLines(): HelpLineContent
  /** Québec's administrative regions, with their main cities. */
  regions(): RegionContent
}

const shipped = new URL('../../content/', import.meta.url)

/**
 * Loads the catalogue. `folder` (with its final slash) is another place than the shipped `content/`,
 * for a test. Throws `ContentError`, which names the file and the place, when a file is not as its
 * schema says: the program must not start on wrong facts.
 */
export async function openCatalogue(folder: URL = shipped): Promise<Catalogue> {
  const [answers, holidays, offices, helpLines, regions] = await Promise.all([
    load(folder, 'answers.json', answerFile),
    load(folder, 'holidays.json', holidayFile),
    load(folder, 'offices.json', officeFile),
    load(folder, 'help-lines.json', helpLineFile),
    load(folder, 'regions.json', regionFile),
  ])
  return {
    answers: () => answers.data.answers,
    holidayRules: () => holidays.data,
    offices: () => offices.data,
    helpLines: () => helpLines.data,
    regions: () => regions.data,
  }
}

/** A lowdb over one content file. The first read is the default too: there is no content without it. */
async function load<Schema extends z.ZodType>(folder: URL, name: string, schema: Schema) {
  const file = new ContentFile(folder, name, schema)
  return new Low<z.output<Schema>>(file, await file.read())
}
