import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { wordsOf } from './normalise.ts'
import { anyOf } from './pattern.ts'

/** The ways by which people come, in plain words (quebec.md, section 1); `unknown` when they say that they do not know. */
export const categories = ['economic', 'worker', 'student', 'family', 'refugee', 'asylum', 'citizen', 'visitor', 'unknown'] as const // prettier-ignore
export type Category = (typeof categories)[number]

const file = z.object({
  categories: z.record(z.enum(categories), z.array(z.string().min(1))),
  /** A claim that was accepted: whoever names it is a refugee by now, whatever else they name. */
  accepted: z.array(z.string().min(1)),
})

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

/** The category that a message names; null when none or not one alone. Never a judgement of a right to it. */
export type CategoryReader = (text: string) => Category | null

export function categoryReader(): CategoryReader {
  const content = file.parse(
    JSON.parse(readFileSync(new URL('../../content/categories.json', import.meta.url), 'utf8')),
  )
  const rules = categories.map((name) => ({ name, rule: anyOf(content.categories[name] ?? []) }))
  const accepted = anyOf(content.accepted)
  return (text) => {
    const words = wordsOf(text)
    if (accepted?.test(words) === true) return 'refugee'
    const named = rules.flatMap(({ name, rule }) => (rule?.test(words) ? [name] : []))
    const left = named.filter((name) => !YIELDS[name]?.some((other) => named.includes(other)))
    return left.length === 1 ? (left[0] ?? null) : null
  }
}
