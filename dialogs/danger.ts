import {
  type Beyond,
  linesFor,
  phonesFor,
  type HelpLine,
  type HelpLineContent,
  type HelpLinePhone,
  type Situation,
} from '../services/catalogue/index.ts'
import type { Say, Shown } from './kit/say.ts'

/** The line that every danger shows: where the content gives it no place of its own, it goes first. */
const ALWAYS: Situation = 'immediate'
/** Danger of a kind that was not recognised. */
export const UNCLEAR: Situation = 'unclear'
/** Dangers in which somebody near may read the screen. */
const WATCHED: ReadonlySet<Situation> = new Set(['violence', 'sexualViolence', 'childInDanger', 'exploitation'])

/** One line of one message: a number, on its own line. */
type Line = { key: string; params: Record<string, Shown> }

/**
 * What is said at once when a message tells of danger: the numbers first, each on its own line, then
 * one sentence; no question before them and no counsel. `situations` as they were read, the most urgent
 * first; `region` is the code `01` to `17` or null. Names and numbers come from `helpLines` alone.
 * Source: quebec.md, section 6, Danger; conversation.md, principle 10.
 */
export function dangerSays(situations: readonly Situation[], region: string | null, helpLines: HelpLineContent): Say[] {
  const [main = ALWAYS] = situations
  const lines = linesOf(situations, helpLines)
  const unplaced = lines.some((line) => phonesFor(line, region).length === 0)
  return [
    {
      key: 'interruptions:danger.lines',
      params: { lines: { lines: lines.flatMap((line) => numbersOf(line, region)) } },
    },
    { key: `interruptions:danger.after.${main}` },
    ...(unplaced ? [whichRegion] : []),
    ...(!unplaced && situations.some((situation) => WATCHED.has(situation)) ? [safeToWrite] : []),
  ]
}

/**
 * What is said where a message may tell of danger and may not: the numbers, and what follows if it was
 * misread. Nobody is called; the conversation goes on.
 */
export function perhapsDangerSays(helpLines: HelpLineContent): Say[] {
  const lines = linesOf([UNCLEAR], helpLines).flatMap((line) => numbersOf(line, null))
  return [
    { key: 'interruptions:danger.lines', params: { lines: { lines } } },
    { key: 'interruptions:danger.perhaps', choices: [{ value: 'person', label: { key: 'kit:press.person' } }] },
  ]
}

/** The numbers were said a moment ago, and danger may have been told of again: not the same list twice. */
export const perhapsAgain: Say = {
  key: 'interruptions:danger.perhapsAgain',
  choices: [{ value: 'person', label: { key: 'kit:press.person' } }],
}

/**
 * The numbers and the sentence after them in a language that the assistant does not speak; null for one
 * that it speaks, or that nobody has written them in.
 */
export function dangerBeyond(
  language: string | null,
  situations: readonly Situation[],
  how: 'asked' | 'perhaps',
  helpLines: HelpLineContent,
  region: string | null = null,
): string | null {
  const said = language === null ? undefined : helpLines.said[language as Beyond]
  if (said === undefined) return null
  const lines = linesOf(situations, helpLines).flatMap((line) =>
    phonesFor(line, region).map(({ number, letters }) => {
      const phone = letters === undefined ? number : `${number} (${letters})`
      const name = number === line.name ? '' : ` (${line.name})`
      return `${line.beyond?.[language as Beyond] ?? line.what.en}: ${phone}${name}`
    }),
  )
  return [...lines, said[how]].join('\n')
}

/** The lines of some situations, each once, the most urgent first. */
function linesOf(situations: readonly Situation[], helpLines: HelpLineContent): HelpLine[] {
  const always = linesFor(helpLines, ALWAYS)
  const own = linesFor(helpLines, situations[0] ?? ALWAYS)
  const others = situations.flatMap((situation) => linesFor(helpLines, situation))
  // Despair is answered by its own line first, not by an emergency (quebec.md, section 9, 8).
  const placed = always.every((line) => own.includes(line))
  return [...new Set(placed ? [...own, ...others] : [...always, ...own, ...others])]
}

/** The numbers that depend on where the person is, once they have said it; said when the region was asked for. */
export function regionSays(situation: Situation, region: string | null, helpLines: HelpLineContent): Say {
  const regional = linesFor(helpLines, situation).filter((line) => phonesFor(line, null).length === 0)
  const lines = region === null ? [] : regional.flatMap((line) => numbersOf(line, region))
  return lines.length === 0
    ? { key: 'interruptions:danger.regionUnknown' }
    : { key: 'interruptions:danger.lines', params: { lines: { lines } } }
}

/** "Which city is the child in?": some numbers are of one region. */
export const whichRegion: Say = { key: 'interruptions:danger.whichRegion' }

/** "Can you read and write here without risk?", with the quick way out. The page leaves at `quickExit`. */
export const safeToWrite: Say = {
  key: 'interruptions:safe.question',
  choices: ['yes', 'no', 'quickExit'].map((value) => ({
    value,
    label: { key: `interruptions:safe.choices.${value}` },
  })),
}

function numbersOf(line: HelpLine, region: string | null): Line[] {
  const what = { byLanguage: line.what }
  const calls = phonesFor(line, region).map((phone): Line => {
    const isItsName = phone.number === line.name
    return {
      key: `interruptions:danger.${isItsName ? 'plainLine' : 'line'}`,
      params: { what, name: line.name, phone: printed(phone) },
    }
  })
  const texts = ('texts' in line ? (line.texts ?? []) : []).map(({ number }): Line => ({
    key: 'interruptions:danger.text',
    params: { name: line.name, phone: number },
  }))
  return [...calls, ...texts]
}

const printed = ({ number, letters }: HelpLinePhone): Shown =>
  letters === undefined ? number : { key: 'interruptions:danger.letters', params: { number, letters } }
