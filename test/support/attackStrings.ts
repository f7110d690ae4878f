import { isSafe } from 'redos-detector'

/** What an expression is read over repeatedly, whatever it looks for. */
const GENERIC = [
  'a', '0', ' ', '\t', '\n', '.', '-', '/', '\\', '"', "'", '=', '{', '(', '[', '<', '@', ':', '%', 'é', '\ud83d\ude00',
  'a ', 'a.', 'a@', '0/', '1-', '\\"', '{{', '{{a', ' \n', '. ', 'a-', '://', 'https://', 'a@a.', 'filename=', 'api/',
] // prettier-ignore

/** What stands after the repeated part, so that a match almost comes and does not. */
const ENDS = ['\u0001', ' x', '']

/** What a checker of expressions says of one. `unjudged`: it stopped before it knew. */
export interface Judgement {
  verdict: 'safe' | 'risky' | 'unjudged'
  /** What it would attack with. */
  trails: string[]
}

/** Asks `redos-detector`, within so many steps. Some expressions are more than it can read. */
export function judge(rule: RegExp, steps: number, timeoutMs: number): Judgement {
  try {
    const { safe, error, trails } = isSafe(rule, { maxSteps: steps, timeout: timeoutMs, maxScore: 60 })
    const words = trails
      .slice(0, 12)
      .map(({ trail }) => trail.map(({ a }) => characterOf(a.node.source, rule)).join(''))
    return { verdict: safe ? 'safe' : error === 'hitMaxScore' ? 'risky' : 'unjudged', trails: [...new Set(words)] }
  } catch {
    return { verdict: 'unjudged', trails: [] }
  }
}

/** A character that a piece of an expression takes. */
function characterOf(piece: string, rule: RegExp): string {
  const takes = new RegExp(`^(?:${piece})$`, rule.flags.replaceAll(/[gy]/g, ''))
  return GENERIC.find((one) => one.length === 1 && takes.test(one)) ?? piece.replace(/^\\/, '').slice(0, 1)
}

/** Strings of `length` code units that an expression may take long over: what it looks for, begun again and again, and never ended. */
export function attacksOn(rule: RegExp, length: number, trails: readonly string[], most: number): string[] {
  const words = [
    ...new Set(
      rule.source.replaceAll(/\\[a-zA-Z](?:\{[^}]*\})?|\[[^\]]*\]|[{]\d+,?\d*[}]/g, ' ').match(/[\p{L}\p{N}]+/gu),
    ),
  ]
  const joined = words.map((word, i) => `${word} ${words[i + 1] ?? ''} `)
  // Prefixes that gaps begin after, one after another: each begins a match, none ends one.
  const gapped = [...rule.source.matchAll(/\(\?:([\p{L} |]+)\) \)\(\?:\[\^ \]\+ \)\{0,4\}/gu)].map(
    ([, word = '']) => `${word.split('|')[0]} `,
  )
  const spread = <T>(all: readonly T[], count: number): T[] =>
    all.filter((_one, i) => Math.floor((i * count) / all.length) !== Math.floor(((i - 1) * count) / all.length))
  const pumps = [
    ...trails,
    ...spread([...new Set(gapped)], most),
    gapped.join(''),
    ...spread(words, most).flatMap((word) => [word, `${word} `]),
    ...spread(joined, most),
    ...GENERIC,
  ].filter((pump) => pump.length > 0)
  return [...new Set(pumps)].flatMap((pump) =>
    ENDS.map((end) => ` ${pump.repeat(Math.ceil(length / pump.length)).slice(0, length - end.length - 1)}${end}`),
  )
}

/** The shortest of some times that an expression takes over a string; more than one only when the first was long. */
export function timeOf(rule: RegExp, text: string, patienceMs: number): number {
  let best = Infinity
  for (let round = 0; round < 3 && best > patienceMs; round += 1) {
    const started = performance.now()
    if (rule.global) text.replace(rule, '')
    else rule.test(text)
    best = Math.min(best, performance.now() - started)
  }
  return best
}
