import { z } from 'zod'
import type { Answer } from './field.ts'
import type { Ask, Script } from './script.ts'

const answer = z.union([z.string(), z.number(), z.boolean(), z.null()])

const stateSchema = z.strictObject({
  /** The script's version that wrote it. */
  version: z.int(),
  /** The step whose question is on the screen. */
  asked: z.string().nullable(),
  answers: z.record(z.string(), answer),
  /** Steps that are behind without an answer: told, done, or before the place where the dialog was begun. */
  passed: z.array(z.string()),
  /** Answers that are not in the file yet. */
  unsaved: z.array(z.string()),
  /** Whether answers may be written to the file. */
  keeping: z.boolean(),
  /** Questions answered in this order since the last act: the way back. */
  trail: z.array(z.string()),
  /** A step that is asked though it has an answer, which holds until there is another. */
  reopened: z.string().nullable(),
  /** "Which one?" is on the screen. */
  choosingChange: z.boolean(),
  /** A reading in doubt, asked about. */
  doubt: z.strictObject({ step: z.string(), values: z.array(answer) }).nullable(),
  /** Times in a row that the question on the screen was not understood. */
  misses: z.int(),
  /** The person starts over: what the file says does not count as answered. */
  afresh: z.boolean(),
  /** When the person was last here, in ms since 1970. */
  at: z.number(),
})

/** Where a dialog is: small versioned JSON, all that is kept of it between two messages. */
export type ScriptState = z.infer<typeof stateSchema>

/** The state before the first step. A script without a `keep` step saves from the start. */
export const freshState = (script: Script, at: number): ScriptState => ({
  version: script.version,
  asked: null,
  answers: {},
  passed: [],
  unsaved: [],
  keeping: !script.steps.some(({ kind }) => kind === 'keep'),
  trail: [],
  reopened: null,
  choosingChange: false,
  doubt: null,
  misses: 0,
  afresh: false,
  at,
})

/**
 * The kept state as this version of the script can run it. `excuse` says that the questions changed
 * under the person: what still fits is kept, what does not is asked again. Never throws.
 */
export function restore(script: Script, kept: unknown, at: number): { state: ScriptState; excuse: boolean } {
  const read = stateSchema.safeParse(kept)
  if (read.success && read.data.version === script.version && fits(script, read.data))
    return { state: structuredClone(read.data), excuse: false }
  const migrated = stateSchema.safeParse(script.migrate?.(kept))
  if (migrated.success && fits(script, migrated.data)) return { state: migrated.data, excuse: false }
  return { state: salvage(script, read.success ? read.data : looseAnswers(kept), at), excuse: true }
}

const askNamed = (script: Script, name: string): Ask | undefined =>
  script.steps.find((step): step is Ask => step.kind === 'ask' && step.name === name)

/** Every name in it is a step, every answer one that its field accepts. */
function fits(script: Script, { answers, asked, reopened, doubt }: ScriptState): boolean {
  const names = new Set(script.steps.map(({ name }) => name))
  const known = [asked, reopened, doubt?.step ?? null].every((name) => name === null || names.has(name))
  return known && Object.entries(answers).every(([name, value]) => acceptable(script, name, value))
}

const acceptable = (script: Script, name: string, value: unknown): value is Answer =>
  value === null ? askNamed(script, name) !== undefined : (askNamed(script, name)?.field.accepts(value) ?? false)

type Remains = Pick<ScriptState, 'answers' | 'passed' | 'unsaved'> & Partial<ScriptState>

/** What an unreadable state may still tell. */
function looseAnswers(kept: unknown): Remains {
  const shape = z.object({
    answers: z.record(z.string(), z.unknown()).catch({}),
    passed: z.array(z.string()).catch([]),
    keeping: z.boolean().optional().catch(undefined),
    asked: z.string().nullable().catch(null),
  })
  const read = shape.safeParse(kept)
  if (!read.success) return { answers: {}, passed: [], unsaved: [] }
  const { answers, passed, keeping, asked } = read.data
  return {
    answers: answers as ScriptState['answers'],
    passed,
    asked,
    unsaved: Object.keys(answers),
    ...(keeping === undefined ? {} : { keeping }),
  }
}

function salvage(script: Script, remains: Remains, at: number): ScriptState {
  const fresh = freshState(script, at)
  const names = new Set(script.steps.map(({ name }) => name))
  const answers = Object.fromEntries(
    Object.entries(remains.answers).filter(([name, value]) => acceptable(script, name, value)),
  )
  const asked = remains.asked ?? null
  return {
    ...fresh,
    answers,
    asked: asked !== null && names.has(asked) ? asked : null,
    passed: [...new Set(remains.passed.filter((name) => names.has(name)))],
    unsaved: remains.unsaved.filter((name) => name in answers),
    keeping: remains.keeping ?? fresh.keeping,
  }
}
