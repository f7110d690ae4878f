import type { TurnContext } from 'botbuilder-core'
import { Dialog, type DialogContext, type DialogInstance, type DialogTurnResult } from 'botbuilder-dialogs'
import type { Want } from '../../services/understanding/index.ts'
import { advance, type Advance, type ScriptInput } from './advance.ts'
import { TURN, type TurnPort } from './context.ts'
import type { Effect, ScriptContext } from './course.ts'
import type { Script } from './script.ts'

/** How to begin a script: at a step other than the first; `hears`: the message says what is wanted there. */
export interface ScriptOptions {
  from?: string | undefined
  hears?: boolean | undefined
}

/**
 * Runs a script as a botbuilder dialog: stacks, interruptions and waiting stay the framework's, and
 * what is said and decided is `advance`'s. It ends with the script's `Outcome` as its result.
 */
export class ScriptDialog extends Dialog<ScriptOptions> {
  readonly script: Script

  constructor(script: Script) {
    super(script.name)
    this.script = script
  }

  override getVersion(): string {
    return `${this.script.name}@${this.script.version}`
  }

  override async beginDialog(dc: DialogContext, options: ScriptOptions = {}): Promise<DialogTurnResult> {
    const { from, hears } = options
    const readings = hears === true ? { readings: await portOf(dc.context).readings(new Set()) } : {}
    return this.#step(dc, { kind: 'begin', ...(from === undefined ? {} : { from }), ...readings })
  }

  override async continueDialog(dc: DialogContext): Promise<DialogTurnResult> {
    const port = portOf(dc.context)
    const wants = wantsOf(this.script, dc.activeDialog?.state)
    const readings = await port.readings(wants)
    return this.#step(dc, { kind: 'text', readings })
  }

  override async resumeDialog(dc: DialogContext): Promise<DialogTurnResult> {
    return this.#step(dc, { kind: 'returned' })
  }

  /** Called by `dc.repromptDialog()`: a word of context, then the question again. */
  override async repromptDialog(context: TurnContext, instance: DialogInstance<unknown>): Promise<void> {
    const port = portOf(context)
    const result = advance(
      this.script,
      instance.state,
      { kind: 'resume', after: port.pause ?? 'interruption' },
      contextOf(port),
    )
    instance.state = result.state
    await this.#carryOut(port, result)
  }

  async #step(dc: DialogContext, input: ScriptInput): Promise<DialogTurnResult> {
    const port = portOf(dc.context)
    const instance: DialogInstance<unknown> | undefined = dc.activeDialog
    if (instance === undefined) throw new Error(`dialog ${this.script.name} is not on the stack`)
    const result = advance(this.script, instance.state, input, contextOf(port))
    instance.state = result.state
    await this.#carryOut(port, result)
    const child = result.effects.find((effect): effect is Extract<Effect, { kind: 'run' }> => effect.kind === 'run')
    if (child !== undefined) return dc.beginDialog(child.dialog)
    return result.outcome === null ? Dialog.EndOfTurn : dc.endDialog(result.outcome)
  }

  /** What is done comes before what is said: an answer may change the language it is answered in. */
  async #carryOut(port: TurnPort, { effects, says }: Advance): Promise<void> {
    const dialog = this.script.name
    for (const effect of effects) {
      if (effect.kind === 'save') await port.save({ name: effect.name, value: effect.value, dialog, step: effect.name })
      else if (effect.kind === 'offerPerson') await port.offerPerson({ dialog, step: effect.step, said: effect.said })
      else if (effect.kind === 'act') await actOf(this.script, effect.step)(port.services, effect.answers)
    }
    for (const say of says) port.say(say)
  }
}

function portOf(context: TurnContext): TurnPort {
  const port = context.turnState.get<TurnPort | undefined>(TURN)
  if (port === undefined) throw new Error('no turn on the context')
  return port
}

function contextOf({ lang, now, zone, file }: TurnPort): ScriptContext {
  return { lang, now, file, ...(zone === undefined ? {} : { zone }) }
}

/**
 * What the open question wants to be read beyond the rules. Only that one: a reading that costs a
 * worker's time is not asked for on the chance that a message answers another question too.
 */
function wantsOf({ steps }: Script, state: { asked?: unknown } | undefined): ReadonlySet<Want> {
  const open = steps.find(({ name }) => name === state?.asked)
  return new Set(open?.kind === 'ask' && open.field.wants !== undefined ? [open.field.wants] : [])
}

/** The function of a script's act step. */
export function actOf({ steps }: Script, name: string) {
  const step = steps.find((s) => s.kind === 'act' && s.name === name)
  if (step?.kind !== 'act') throw new Error(`no act ${name}`)
  return step.act
}
