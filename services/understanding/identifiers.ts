/**
 * A number that nobody is to write here: a Canadian social insurance number (NAS, SIN), a payment card, a
 * passport. `start` and `end` are places in the text that was read.
 */
export interface Identifier {
  kind: 'sin' | 'card' | 'passport'
  start: number
  end: number
}

/**
 * The identifiers of a text, in their order, none inside another: what the assistant refuses and masks, and says
 * where it is given safely (quebec.md, section 9, item 3). Not dates, telephones, postal codes, nor numbers of
 * files (8 or 10 digits). Takes a time in proportion to the text.
 */
export function identifiersIn(text: string): Identifier[] {
  const found: Identifier[] = []
  let rest = withPlainDigits(text)
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const more = apart(rest)
    if (more.length === 0) break
    found.push(...more)
    rest = hidden(rest, more)
  }
  return found.sort((one, other) => one.start - other.start)
}

/** One number may hide another beside it ("130692544 4111 1111…"), which is found once the first is taken out. */
const MOST_ROUNDS = 8

/** Those that are seen at once, none inside another. */
function apart(plain: string): Identifier[] {
  const numbers = runsOf(plain).flatMap((run) => [...cardsIn(plain, run), ...sinsIn(plain, run)])
  const found = [...numbers, ...passportsIn(plain)].sort((one, other) => one.start - other.start || other.end - one.end)
  let end = 0
  return found.filter((one) => {
    const isApart = one.start >= end
    if (isApart) end = one.end
    return isApart
  })
}

/** The text with a bullet in place of each letter and digit of an identifier, as long as it was. */
export const masked = (text: string): string => hidden(text, identifiersIn(text))

function hidden(text: string, found: readonly Identifier[]): string {
  let result = ''
  let at = 0
  for (const { start, end } of found) {
    result += text.slice(at, start) + text.slice(start, end).replace(/[\p{L}\p{N}]/gu, '•')
    at = end
  }
  return result + text.slice(at)
}

/** Digits of Arabic, Persian and Chinese keyboards as others type them, each in its place. */
const withPlainDigits = (text: string): string =>
  text.replace(/[٠-٩۰-۹０-９]/g, (digit) => String((digit.codePointAt(0) ?? 0) & 0xf))

/** Digits that stand together, and where. */
interface Group {
  digits: string
  start: number
  end: number
}

/** What stands between two groups of one number: "130 692 544", "130-692-544", "130 - 692 - 544". */
const JOINT = /^(?:[ \u00A0\u202F\t.–-]| [–-] )$/
const LONGEST_JOINT = 3

/** Groups of digits in a row, as far as each is joined to the next. */
function runsOf(text: string): Group[][] {
  const runs: Group[][] = []
  for (const { 0: digits, index } of text.matchAll(/\d+/g)) {
    const run = runs.at(-1)
    const before = run?.at(-1)?.end ?? 0
    const group = { digits, start: index, end: index + digits.length }
    const isJoined = index - before <= LONGEST_JOINT && JOINT.test(text.slice(before, index))
    if (run !== undefined && isJoined) run.push(group)
    else runs.push([group])
  }
  return runs
}

const written = (groups: readonly Group[]): string => groups.map(({ digits }) => digits).join('')

/** The check digit of cards and social insurance numbers (Luhn, ISO/IEC 7812-1). */
function agrees(digits: string): boolean {
  let sum = 0
  for (let i = 0; i < digits.length; i += 1) {
    const digit = Number(digits.at(-1 - i))
    sum += i % 2 === 0 ? digit : digit * 2 - (digit > 4 ? 9 : 0)
  }
  return sum % 10 === 0
}

/** How far before a number a word is looked for that says what it is. */
const FAR = 40
const before = (text: string, at: number): string => text.slice(Math.max(0, at - FAR), at)

const TELEPHONE =
  /\b(?:t[eé]l(?:[eé]phone)?s?|cell(?:ulaire|phone)?|mobile|portable|phones?|whats ?app|call|text|appel(?:er|ez|le)|(?:re)?joindre|fax|celular|tel[eé]fono)\b|[☎+]/iu // prettier-ignore
const isTelephone = (text: string, at: number): boolean => TELEPHONE.test(before(text, at))

const SIN_DIGITS = 9
const SIN = /\b(?:n\.?a\.?s|s\.?i\.?n|social insurance|assurances? sociales?|seguro social)\b/giu
/** What may stand between such a word and its number: "numéro de NAS : ", "my SIN number is ". */
const LINKS = /^(?:[\s\p{P}=°º#]|\b(?:number|num[eé]ro|num|nb|no?|is|it|s|est|c|ce|les?|la|the|my|mon|here|voici|of|de|du|card|carte|es|suivant)\b)*$/iu // prettier-ignore

/** Whether a text says right before a place that a social insurance number follows. */
function announcesSin(text: string, at: number): boolean {
  const said = before(text, at)
  const last = [...said.matchAll(SIN)].at(-1)
  return last !== undefined && LINKS.test(said.slice(last.index + last[0].length))
}

/**
 * A social insurance number: nine digits after its word, whatever they are; without it, nine in one group or
 * three by three that agree with their check digit, and that nothing before says to be a telephone.
 */
function sinsIn(text: string, run: readonly Group[]): Identifier[] {
  const [first] = run
  if (first === undefined) return []
  const { start } = first
  const upTo = (count: number): Identifier[] => [{ kind: 'sin', start, end: run[count - 1]?.end ?? first.end }]
  if (announcesSin(text, start)) {
    const count = groupsOf(run, SIN_DIGITS)
    if (count !== null) return upTo(count)
  }
  // "130 692 544 2 enfants": a small number after it belongs to the sentence.
  const shape = /^(?:9|3 3 3)(?= [12]$|$)/.exec(run.map(({ digits }) => digits.length).join(' '))
  if (shape === null || isTelephone(text, start)) return []
  const count = shape[0].split(' ').length
  return agrees(written(run.slice(0, count))) ? upTo(count) : []
}

/** How many groups of a run have so many digits together; null when the last would be cut. */
function groupsOf(run: readonly Group[], digits: number): number | null {
  let sum = 0
  for (const [i, group] of run.entries()) {
    sum += group.digits.length
    if (sum === digits) return i + 1
    if (sum > digits) return null
  }
  return null
}

/** The longest telephone number, with its country (ITU-T E.164). */
const MOST_TELEPHONE = 15
const LEAST_CARD = 13
const MOST_CARD = 19

/** How the cards of each network begin, and how many digits they have, as the networks publish it. */
const CARDS: readonly { begins: RegExp; digits: readonly number[] }[] = [
  { begins: /^4/, digits: [13, 16, 19] }, // Visa
  { begins: /^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, digits: [16] }, // Mastercard
  { begins: /^3[47]/, digits: [15] }, // American Express
  { begins: /^(?:3095|3[689]|30[0-5])/, digits: [14, 15, 16, 17, 18, 19] }, // Diners Club
  { begins: /^35(?:2[89]|[3-8])/, digits: [16, 17, 18, 19] }, // JCB
  { begins: /^(?:50|5[6-9]|6)/, digits: [16, 17, 18, 19] }, // Discover, UnionPay, Maestro and debit cards
]

/** Payment cards: in one group, or four digits and others after. */
function cardsIn(text: string, run: readonly Group[]): Identifier[] {
  const found: Identifier[] = []
  for (let i = 0; i < run.length; i += 1) {
    const last = lastOfCard(text, run, i)
    if (last === null) continue
    found.push({ kind: 'card', start: run[i]!.start, end: run[last]!.end })
    i = last
  }
  return found
}

/** The last group of the longest card that begins with a group, or null. */
function lastOfCard(text: string, run: readonly Group[], from: number): number | null {
  let digits = ''
  let last: number | null = null
  for (let i = from; i < run.length && digits.length <= MOST_CARD; i += 1) {
    digits += run[i]?.digits ?? ''
    const { length } = digits
    if (i > from && run[from]?.digits.length !== 4) break
    if (length < LEAST_CARD || length > MOST_CARD) continue
    if (length <= MOST_TELEPHONE && isTelephone(text, run[from]?.start ?? 0)) continue
    const isKnown = CARDS.some((card) => card.begins.test(digits) && card.digits.includes(length))
    if (isKnown && agrees(digits)) last = i
  }
  return last
}

const PASSPORT = /(?:passe?ports?|passaportes?|pasaportes?|paspò|paspo)(?!\p{L})/giu
const PASSPORT_LINKS = new Set(['number', 'numero', 'numéro', 'número', 'num', 'nb', 'nr', 'n', 'no', 'is', 'it', 's', 'est', 'c', 'ce', 'le', 'la', 'the', 'my', 'mon', 'here', 'voici', 'of', 'de', 'du', 'es', ':', '#', '°', 'º', '=', '(', '«', '"', '-', ',']) // prettier-ignore
/** Words after "passport" whose number is another one, or a day. */
const OTHER_NUMBER = /^(?:dossier|file|demande|application|expir|valid|valable|iuc|uci|csq|caq|permis|permit|t[eé]l|phone|call|office|jusqu|until)/iu // prettier-ignore
/** A passport’s number has from 6 to 9 letters and digits (ICAO Doc 9303), here at least five digits. */
const SHAPE = /^(?=\p{L}*\d)[a-z\d]{6,9}$/iu
const MOST_SIGNS = 9
const LEAST_DIGITS = 5
/** What is looked at after the word. */
const AFTER = 80

/** Numbers of passports, each after its word: "passeport algérien n° 123456789", "passport: AB 123456". */
function passportsIn(text: string): Identifier[] {
  return [...text.matchAll(PASSPORT)].flatMap(({ 0: word, index }): Identifier[] => {
    const at = index + word.length
    const tokens = [...text.slice(at, at + AFTER).matchAll(/[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu)]
    let free = 1
    for (const [i, { 0: token }] of tokens.entries()) {
      const end = endOfPassport(tokens, i)
      if (end !== null) return [{ kind: 'passport', start: at + (tokens[i]?.index ?? 0), end: at + end }]
      const isLink =
        PASSPORT_LINKS.has(token.toLowerCase()) || (token === '.' && /^n[ou]?m?$/iu.test(tokens[i - 1]?.[0] ?? ''))
      if (isLink) continue
      // One more word may stand between: "canadien", "haïtien".
      free -= 1
      if (free < 0 || !/^\p{L}/u.test(token) || OTHER_NUMBER.test(token)) return []
    }
    return []
  })
}

/** Where a passport’s number ends that begins with a token; null when none does. */
function endOfPassport(tokens: readonly RegExpExecArray[], from: number): number | null {
  let signs = ''
  let end: number | null = null
  for (let i = from; i < tokens.length; i += 1) {
    const { 0: token, index } = tokens[i]!
    const previous = tokens[i - 1]
    if (i > from && previous !== undefined && index - previous.index - previous[0].length !== 1) break
    signs += token
    if (signs.length > MOST_SIGNS) break
    // Several groups of digits alone are a telephone or a day.
    const isOne = i === from || /\p{L}/u.test(signs)
    const digits = signs.replace(/\D/g, '').length
    if (isOne && SHAPE.test(signs) && digits >= LEAST_DIGITS && !isDay(signs)) end = index + token.length
  }
  return end
}

/** "20270312" */
const isDay = (signs: string): boolean => /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$/.test(signs)
