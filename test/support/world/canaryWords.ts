import { randomInt } from 'node:crypto'

/** The words of one run: each is given once, and says whose it is. */
export interface CanaryWords {
  /** What all of them begin with. */
  readonly stem: string
  /** `CNRY-<run>-<field>-<n>`: a word for a field of the conversation of `owner`. Letters only, so that it passes for a name. */
  give(field: string, owner: string): string
  /** Whose the canaries in a text are. */
  ownersIn(text: string): string[]
}

export function canaryWords(): CanaryWords {
  const run = Array.from({ length: 6 }, () => CONSONANTS[randomInt(CONSONANTS.length)]).join('')
  const stem = `CNRY-${run}-`
  const owners = new Map<string, string>()
  const pattern = new RegExp(`${stem}[a-z]+-[${CONSONANTS}]+`, 'gi')
  return {
    stem,
    give(field, owner) {
      const word = `${stem}${field}-${inLetters(owners.size)}`
      owners.set(word.toLowerCase(), owner)
      return word
    },
    ownersIn: (text) => (text.match(pattern) ?? []).map((word) => owners.get(word.toLowerCase()) ?? 'nobody'),
  }
}

/** Without vowels no word of a language comes out of it. */
const CONSONANTS = 'bcdfghjklmnpqrtvwxz'

function inLetters(n: number): string {
  const letter = CONSONANTS[n % CONSONANTS.length] ?? ''
  const rest = Math.floor(n / CONSONANTS.length)
  return rest === 0 ? letter : inLetters(rest) + letter
}
