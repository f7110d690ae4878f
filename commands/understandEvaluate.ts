import { parseArgs } from 'node:util'
import { Temporal } from 'temporal-polyfill'
import { openReaders, type Readers } from '../services/understanding/readers.ts'
import { dateIsRight, showSpans } from './understand/dates.ts'
import { readRows } from './understand/rows.ts'
import { accuracy, dangerFigures, type Judged } from './understand/score.ts'

const ZONE = 'America/Toronto'
/** Mistakes that are printed, unless `--mistakes` says how many. */
const MISTAKES = 40

const KINDS = { dates: judgeDates, intents: judgeIntents, answers: judgeAnswers } as const

/**
 * `npm run understand:evaluate -- --kind dates|intents|answers FILE`: reads each row of a tab-separated file
 * as the assistant would, and prints what was misread and how many were right. `--json`: the last line is
 * one object.
 */
function main(): void {
  const { values, positionals } = parseArgs({
    options: { kind: { type: 'string' }, json: { type: 'boolean', default: false }, mistakes: { type: 'string' } },
    allowPositionals: true,
  })
  const judge = KINDS[values.kind as keyof typeof KINDS] as (typeof KINDS)[keyof typeof KINDS] | undefined
  const [file] = positionals
  if (judge === undefined || file === undefined) {
    console.error('npm run understand:evaluate -- --kind dates|intents|answers [--json] [--mistakes N] FILE')
    process.exitCode = 2
    return
  }
  const judged = judge(file, openReaders())
  const wrong = judged.filter(({ right }) => !right)
  for (const { language, text, expected, read } of wrong.slice(0, Number(values.mistakes ?? MISTAKES)))
    console.log(`${language}\t${text}\texpected ${expected}\tread ${read}`)
  const figures = { ...accuracy(judged), ...(values.kind === 'intents' ? dangerFigures(judged) : {}) }
  console.log(`${judged.length - wrong.length} of ${judged.length} right`)
  console.log(values.json ? JSON.stringify(figures) : figures)
}

function judgeDates(file: string, readers: Readers): Judged[] {
  const judged: Judged[] = []
  for (const { language, text, reference, expected } of readRows(file, [
    'language',
    'text',
    'reference',
    'expected',
    'note',
  ])) {
    const spans = readers.dates(text, { now: instantOf(reference), zone: ZONE })
    judged.push({ language, text, expected, read: showSpans(spans), right: dateIsRight(spans, expected) })
  }
  return judged
}

/** The moment of a row: a local time of Toronto, unless it says another offset. */
function instantOf(reference: string): Temporal.Instant {
  const text = reference.replace(' ', 'T')
  return /(?:Z|[+-]\d\d:?\d\d)(?:\[.*\])?$/i.test(text)
    ? Temporal.Instant.from(text.replace(/\[.*\]$/, ''))
    : Temporal.PlainDateTime.from(text).toZonedDateTime(ZONE).toInstant()
}

function judgeIntents(file: string, readers: Readers): Judged[] {
  return readRows(file, ['language', 'utterance', 'intent']).map(({ language, utterance: text, intent: expected }) => {
    const read = readers.sentence(text).intent
    return { language, text, expected, read, right: read === expected }
  })
}

function judgeAnswers(file: string, readers: Readers): Judged[] {
  return readRows(file, ['language', 'question', 'text', 'expected']).map(({ language, question, text, expected }) => {
    const read = readers.answer(question, text) ?? 'none'
    return {
      language,
      text: `${question}: ${text}`,
      expected,
      read,
      right: expected.split('|').some((one) => one === read || (one === 'none' && read === 'unclear')),
    }
  })
}

main()
