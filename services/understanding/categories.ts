import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { clausesOf } from './clauses.ts'
import { anyOf } from './pattern.ts'

/** The ways by which people come, in plain words (quebec.md, section 1); `unknown` when they say that they do not know. */
export const categories = ['economic', 'worker', 'student', 'family', 'refugee', 'asylum', 'citizen', 'visitor', 'unknown'] as const // prettier-ignore
export type Category = (typeof categories)[number]

const list = z.array(z.string().min(1))
const file = z.object({
  categories: z.record(z.enum(categories), list),
  /** A claim that was accepted: whoever names it is a refugee by now, whatever else they name. */
  accepted: list,
  negators: list,
  /** Beside a negator: not today, but the way by which they come all the same. */
  notYet: list,
  /** Words that may stand between a negator and what it negates. */
  light: list,
  /** Others than the writer, and words between them and what is said of them. */
  relatives: list,
  saidOf: list,
  self: list,
  /** How people begin to tell of themselves. */
  statements: list,
  /** What may stand before the first word of a question. */
  fillers: list,
  conjunctions: list,
  /** What asks wherever it stands; as the first words; only in a sentence with a question mark. */
  asks: list,
  opens: list,
  opensAsked: list,
  /** After these something is only supposed. */
  supposes: list,
})
type Content = z.infer<typeof file>

/** One that another implies when both are named: who claims asylum names "refugee" too; a sponsored worker is family. */
const YIELDS: Partial<Record<Category, readonly Category[]>> = {
  refugee: ['asylum', 'citizen'],
  unknown: ['asylum', 'refugee', 'student', 'worker', 'family', 'economic', 'citizen', 'visitor'],
  visitor: ['asylum', 'student', 'worker', 'family', 'economic'],
  economic: ['family', 'asylum', 'refugee', 'worker', 'student', 'citizen'],
  family: ['refugee', 'asylum', 'citizen'],
  worker: ['asylum'],
  student: ['asylum', 'worker'],
}

/** More than these are no doubt that a question can settle. */
const MOST_DOUBTS = 3

/** What a message says of the way by which its writer comes. */
export interface CategoryReading {
  /** The one it names for sure; null when none or not one alone. */
  sure: Category | null
  /** Those to ask about: of somebody else, supposed, asked ("my husband is a refugee", "student visa?"), or several. */
  doubt: readonly Category[]
  /** Something was named, and put aside or asked about: "I am not a refugee", "should I apply for asylum?". */
  setAside: boolean
}

/** The category that a message names of its writer; null when none or not one alone. Never a judgement of a right to it. */
export interface CategoryReader {
  (text: string): Category | null
  reading(text: string): CategoryReading
}

export function categoryReader(): CategoryReader {
  const content = file.parse(
    JSON.parse(readFileSync(new URL('../../content/categories.json', import.meta.url), 'utf8')),
  )
  const messageOf = messageReader(content)
  const rules = categories.map((name) => ({ name, rule: anyOf(content.categories[name] ?? []) }))
  const accepted = anyOf(content.accepted)
  const standingsOf = judge(content)

  const reading = (text: string): CategoryReading => {
    const message = messageOf(text)
    const spans = rules.flatMap(({ name, rule }) => spansOf(rule, message).map((span) => ({ ...span, name })))
    const granted = spansOf(accepted, message).map((span) => ({ ...span, name: 'refugee' as const, granted: true }))
    const named = standingsOf(message, [...spans, ...granted])
    if (named.some((one) => 'granted' in one && one.standing === 'sure'))
      return { sure: 'refugee', doubt: [], setAside: false }
    const which = (...wanted: Standing[]): Category[] => {
      const found = new Set(named.filter(({ standing }) => wanted.includes(standing)).map(({ name }) => name))
      return [...found].filter((name) => !YIELDS[name]?.some((other) => found.has(other)))
    }
    const [sure, notYet] = [which('sure'), which('notYet')]
    const [only] = sure
    if (sure.length === 1 && only !== undefined && (only !== 'unknown' || notYet.length === 0))
      return { sure: only, doubt: [], setAside: false }
    const doubt = sure.length > 1 ? sure : which('notYet', 'doubt')
    return {
      sure: null,
      doubt: doubt.length <= MOST_DOUBTS ? doubt : [],
      setAside: named.some(({ standing }) => standing === 'aside'),
    }
  }
  return Object.assign((text: string) => reading(text).sure, { reading })
}

/** What is said in a clause is so; its topic may be; what it asks is nothing that it says. */
type Clause = 'said' | 'topic' | 'asked'

interface Message {
  words: readonly string[]
  /** The words with a space between and around, for rules; and where in it each word begins, less its space. */
  joined: string
  wordAt: ReadonlyMap<number, number>
  /** Of each word, its clause. */
  clauseOf: readonly number[]
  clauses: readonly Clause[]
}

/** Words from one to before another. */
interface Span {
  from: number
  to: number
}

function spansOf(rule: RegExp | null, { joined, wordAt }: Pick<Message, 'joined' | 'wordAt'>): Span[] {
  const spans: Span[] = []
  for (let at = 0; rule !== null;) {
    const found = rule.exec(joined.slice(at))
    const from = found === null ? undefined : wordAt.get(at + found.index)
    if (found === null || from === undefined) break
    spans.push({ from, to: from + found[0].trim().split(' ').length })
    at += found.index + 1
  }
  return spans
}

function joinedOf(words: readonly string[]): Pick<Message, 'joined' | 'wordAt'> {
  const wordAt = new Map<number, number>()
  let at = 0
  for (const [i, word] of words.entries()) {
    wordAt.set(at, i)
    at += word.length + 1
  }
  return { joined: ` ${words.join(' ')} `, wordAt }
}

/** Reads a message as clauses, and which of them say, and which ask. */
function messageReader(content: Content): (text: string) => Message {
  const statement = anyOf(content.statements)
  const asks = anyOf(content.asks)
  const opens = anyOf(content.opens)
  const opensAsked = anyOf(content.opensAsked)
  const conjunctions = new Set(content.conjunctions)
  const fillers = new Set(content.fillers)
  const has = (rule: RegExp | null, words: readonly string[]): boolean => rule?.test(` ${words.join(' ')} `) ?? false

  /** Cut once more before "but" and before what asks. */
  const finer = (words: readonly string[]): string[][] => {
    const cuts = new Set(spansOf(asks, joinedOf(words)).map(({ from }) => from))
    const parts: string[][] = [[]]
    for (const [i, word] of words.entries()) {
      if (cuts.has(i) || conjunctions.has(word)) parts.push([])
      parts.at(-1)?.push(word)
    }
    return parts.filter((part) => part.length > 0)
  }
  const asksFrom = (words: readonly string[]): boolean => {
    const first = words.findIndex((word) => !fillers.has(word))
    const start = ` ${words.slice(Math.max(first, 0)).join(' ')} `
    return [asks, opens].some((rule) => rule?.exec(start)?.index === 0)
  }
  const kindsOf = (clauses: readonly string[][], isAsked: boolean): Clause[] => {
    const opener = clauses.findIndex(asksFrom)
    if (opener === -1 && !isAsked) return clauses.map(() => 'said')
    const mayAsk = clauses.map((words) => has(opensAsked, words))
    if (opener === -1 && !mayAsk.includes(true)) return clauses.map(() => 'topic')
    return clauses.map((words, i) => {
      if (opener === -1 ? mayAsk[i] : asksFrom(words)) return 'asked'
      if (has(statement, words)) return 'said'
      return opener !== -1 && i > opener ? 'asked' : 'topic'
    })
  }
  return (text) => {
    const words: string[] = []
    const clauseOf: number[] = []
    const clauses: Clause[] = []
    for (const [sentence = '', isAsked] of sentencesOf(text)) {
      const parts = clausesOf(sentence).flatMap(finer)
      for (const [i, part] of parts.entries()) {
        clauseOf.push(...part.map(() => clauses.length + i))
        words.push(...part)
      }
      clauses.push(...kindsOf(parts, isAsked))
    }
    return { words, ...joinedOf(words), clauseOf, clauses }
  }
}

/** Each sentence, and whether it ends with a question mark. */
const sentencesOf = (text: string): [string, boolean][] =>
  (text.match(/[^.!?\n؟？]+[.!?\n؟？]*/gu) ?? []).map((sentence) => [sentence, /[?؟？]/u.test(sentence)])

/** How sure a way that is named is the writer's. */
type Standing = 'sure' | 'notYet' | 'doubt' | 'aside'

/** A way that is named, and where. */
interface Named extends Span {
  name: Category
}

const AND: ReadonlySet<string> = new Set(['and', 'et', 'y'])

/** Words looked back at from what is named: more stand between two that have nothing to do with one another. */
const FAR = 6

function judge(content: Content) {
  const negator = anyOf(content.negators)
  const supposes = anyOf(content.supposes)
  const [light, notYet, saidOf] = [new Set(content.light), new Set(content.notYet), new Set(content.saidOf)]
  const [relatives, self] = [new Set(content.relatives), new Set(content.self)]
  /** The first word before a place, near and in its clause, that is not to be passed over; -1 when there is none. */
  const wordBefore = ({ clauseOf }: Message, from: number, passes: (at: number) => boolean): number => {
    let at = from - 1
    while (at >= 0 && from - at <= FAR && clauseOf[at] === clauseOf[from] && passes(at)) at -= 1
    return at >= 0 && from - at <= FAR && clauseOf[at] === clauseOf[from] ? at : -1
  }

  return <One extends Named>(message: Message, named: readonly One[]): (One & { standing: Standing })[] => {
    const { words, clauseOf, clauses } = message
    const isNotYet = (from: number, to: number): boolean => words.slice(from, to).some((word) => notYet.has(word))
    // "je sais pas" denies nothing that follows; "pas encore" does.
    const unknown = named.filter(({ name, from, to }) => name === 'unknown' && !isNotYet(from, to))
    const denying = spansOf(negator, message).filter(({ to }) => !unknown.some((one) => one.from < to && to <= one.to))
    const negatorEnds = new Set(denying.map(({ to }) => to))
    const supposed = spansOf(supposes, message)
    const denied = new Set<number>()

    const negation = ({ from, to }: Span): 'aside' | 'notYet' | null => {
      const at = wordBefore(
        message,
        from,
        (i) => !negatorEnds.has(i + 1) && !denied.has(i) && light.has(words[i] ?? ''),
      )
      const inside = denying.some((one) => from < one.to && one.to < to)
      if (!inside && !negatorEnds.has(at + 1) && !denied.has(at)) return null
      for (let i = from; i < to; i += 1) denied.add(i)
      let end = to
      while (end < words.length && clauseOf[end] === clauseOf[from]) end += 1
      return isNotYet(inside ? from : at, end) ? 'notYet' : 'aside'
    }
    /** "mon mari est réfugié", but not "mon mari et moi sommes réfugiés" nor "me and my husband are refugees". */
    const isOfAnother = ({ from }: Span): boolean => {
      const at = wordBefore(message, from, (i) => saidOf.has(words[i] ?? '') && !relatives.has(words[i] ?? ''))
      if (at === -1 || !relatives.has(words[at] ?? '')) return false
      return !(AND.has(words[at - 2] ?? '') && self.has(words[at - 3] ?? ''))
    }
    const standingOf = (one: One): Standing => {
      const clause = clauses[clauseOf[one.from] ?? 0]
      if (clause === 'asked') return 'aside'
      if (one.name === 'unknown') return 'sure'
      const denial = negation(one)
      if (denial !== null) return denial
      const isSupposed = supposed.some(({ from, to }) => to <= one.from && clauseOf[from] === clauseOf[one.from])
      return clause === 'topic' || isSupposed || (one.name !== 'family' && isOfAnother(one)) ? 'doubt' : 'sure'
    }
    return named.toSorted((a, b) => a.from - b.from).map((one) => ({ ...one, standing: standingOf(one) }))
  }
}
