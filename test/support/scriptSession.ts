import { Temporal } from 'temporal-polyfill'
import { freeTalk } from '../../dialogs/freeTalk.ts'
import { advance, type ScriptInput } from '../../dialogs/kit/advance.ts'
import type { TurnServices } from '../../dialogs/kit/context.ts'
import { actOf } from '../../dialogs/kit/scriptDialog.ts'
import { render } from '../../dialogs/kit/render.ts'
import type { Say } from '../../dialogs/kit/say.ts'
import type { Script } from '../../dialogs/kit/script.ts'
import { ruleReader } from '../../services/understanding/index.ts'
import type { ConversationScript, HeardMessage, Session } from './conversation.ts'

const read = ruleReader()

/** Runs a script of `dialogs/` alone: `advance`, a file in memory, a clock that waits on command. */
export function scriptSession(dialog: Script): (story: ConversationScript) => Promise<Session> {
  return async ({ lang: first, now }) => {
    let lang = first
    let at = now.includes('T') ? Temporal.Instant.from(now) : Temporal.Instant.from(`${now}T15:00:00Z`)
    let kept: unknown = null
    let onboarded = false
    const file = new Map<string, unknown>()
    const services: TurnServices = {
      newcomers: {
        giveConsent: () => void file.set('consent', true),
        withdrawConsent(_purpose, { erases }) {
          for (const name of erases) file.delete(name)
        },
        confirm: () => {
          onboarded = true
        },
      },
      conversation: {
        setLanguage: (wanted) => {
          lang = wanted
        },
      },
    }
    const shown = (says: readonly Say[]): HeardMessage[] =>
      says
        .map((say) => render(say, lang))
        .map(({ text, choices }) => ({ text, choices: choices.map(({ title }) => title) }))

    async function step(input: ScriptInput): Promise<HeardMessage[]> {
      const result = advance(dialog, kept, input, { lang, now: at, file })
      // as the database does: what is kept is JSON
      kept = result.outcome === null ? (JSON.parse(JSON.stringify(result.state)) as unknown) : null
      for (const effect of result.effects) {
        if (effect.kind === 'save') file.set(effect.name, effect.value)
        if (effect.kind === 'act') await actOf(dialog, effect.step)(services, effect.answers)
      }
      return shown(result.says)
    }

    return {
      start: () => step({ kind: 'begin' }),
      async say(text) {
        const readings = read(text, { now: at })
        if (kept !== null) return step({ kind: 'text', readings })
        const answer = freeTalk(readings, { file, onboarded })
        if ('say' in answer) return shown([answer.say])
        if ('unless' in answer) return shown([answer.unless])
        return step({
          kind: 'begin',
          ...(answer.from === undefined ? {} : { from: answer.from }),
          ...(answer.hears === true ? { readings } : {}),
        })
      },
      async wait(hours) {
        at = at.add({ hours })
      },
      async upgrade() {
        kept = { ...(kept as object), version: 0, step: 'somewhereElse' }
      },
      file: async () => file,
    }
  }
}
