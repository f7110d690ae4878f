import type { Temporal } from 'temporal-polyfill'
import type { Readings, Want } from '../../services/understanding/index.ts'
import type { Answers } from './field.ts'
import type { Say } from './say.ts'

/** Where the turn puts its port on botbuilder's `turnContext.turnState`, in which `'turn'` itself is the framework's. */
export const TURN = Symbol('parcours.turn')

/** What a dialog's `act` may do: the services of the turn, bound to its transaction and its person. */
export interface TurnServices {
  readonly newcomers: {
    /** Records a clear yes for one purpose; the first opens the person's file. `wordsKey`: the text that was agreed to. */
    giveConsent(purpose: string, how: { wordsKey: string }): void | Promise<void>
    /** Records that a consent is taken back, and erases the answers that only it allowed to keep. */
    withdrawConsent(purpose: string, how: { wordsKey: string; erases: readonly string[] }): void | Promise<void>
    /** The person confirmed the summary of what they said. */
    confirm(answers: Answers): void | Promise<void>
  }
  readonly conversation: {
    /** The language of everything said from now on. */
    setLanguage(lang: string): void | Promise<void>
  }
}

/** Why a dialog takes up again: an interruption was answered, the person comes back, an agent gave the conversation back. */
export type Pause = 'interruption' | 'absence' | 'agent'

/** An answer to be written to the person's file, in this turn. */
export interface SavedAnswer {
  name: string
  value: unknown
  /** Where it was asked. */
  dialog: string
  step: string
}

/**
 * What a dialog needs of the turn that runs it, and nothing else. The turn implements it and puts it
 * on `turnContext.turnState.set(TURN, port)`. Everything it is given commits with the turn.
 */
export interface TurnPort {
  /** Read after the effects of an answer: the answer to "which language" is said in that language. */
  readonly lang: string
  /** One moment for the whole turn. */
  readonly now: Temporal.Instant
  /** The person's IANA zone, when known. */
  readonly zone?: string
  /** The person's file by answer name, as it is before this turn's answers; empty without consent. */
  readonly file: ReadonlyMap<string, unknown>
  /** Set while the bot makes the open dialog take up again (`repromptDialog`); an interruption by default. */
  readonly pause?: Pause
  readonly services: TurnServices
  /** Says something, rendered in the language of the conversation at this moment. */
  say(say: Say): void
  save(answer: SavedAnswer): void | Promise<void>
  /** The question was missed three times: a person was offered. What was said is for them. */
  offerPerson(trouble: { dialog: string; step: string; said: string }): void | Promise<void>
  /** What was read in the message of this turn, with what the open question wants beyond the rules. */
  readings(wants: ReadonlySet<Want>): Promise<Readings>
}
