import { Temporal } from 'temporal-polyfill'
import { findOrCreateConversation, openConversation, readLog } from '../../services/conversations/index.ts'
import {
  closeConversation,
  readQueue,
  takeConversation,
  writeAsAgent,
  type Actor,
} from '../../services/handoff/index.ts'
import type { ConversationScript, HeardMessage, Session } from './conversation.ts'
import type { TestClock } from './clock.ts'
import type { TestServer } from './server.ts'

let people = 0

/** Runs a script through the whole server: the turn, the database, the bot; on a clock that waits on command. */
export function serverSession(server: TestServer, clock: TestClock): (script: ConversationScript) => Promise<Session> {
  let agent: Promise<Actor> | undefined
  const signedIn = (): Promise<Actor> =>
    (agent ??= server
      .signInAgent({ name: 'Camille Roy' })
      .then(({ agentId }) => ({ id: agentId, name: 'Camille Roy', role: 'agent' })))

  return async ({ lang, now }) => {
    const { turns, platform } = server.running
    const { database, keys } = platform
    clock.set(now.includes('T') ? now : `${now}T15:00:00Z`)
    const contact = `script-${(people += 1)}`
    const { id } = await findOrCreateConversation(database, keys, {
      channel: 'directline',
      contact,
      userId: contact,
      language: lang,
    })
    let seen = 0
    let messages = 0

    async function newlyHeard(): Promise<HeardMessage[]> {
      const page = await readLog(database.db, keys, id, { after: seen }, 1_000)
      seen = page.messages.at(-1)?.seq ?? seen
      return page.messages
        .filter(({ author, kind }) => author !== 'newcomer' && kind === 'message')
        .map(({ body }) => ({ text: body.text, choices: (body.choices ?? []).map(({ title }) => title) }))
    }
    return {
      async start() {
        await turns.take({
          conversationId: id,
          externalId: `${id}/start`,
          kind: 'start',
          body: { text: '' },
          language: lang,
        })
        return newlyHeard()
      },
      async say(text) {
        clock.advance({ seconds: 20 })
        await turns.take({
          conversationId: id,
          externalId: `${id}/${(messages += 1)}`,
          kind: 'message',
          body: { text },
        })
        return newlyHeard()
      },
      async agent(act) {
        const actor = await signedIn()
        clock.advance({ seconds: 20 })
        if (act === 'takes') await takeConversation(platform, actor, id)
        else if (act === 'closes') await closeConversation(platform, actor, id)
        else if (act === 'handsBack') await turns.handBack(id, actor.id)
        else await writeAsAgent(platform, actor, id, { text: act.says, clientMessageId: `m${(messages += 1)}` })
        return newlyHeard()
      },
      wait: (hours) => Promise.resolve(clock.advance(Temporal.Duration.from({ hours }))),
      async card() {
        const waiting = (await readQueue(platform)).find((one) => one.id === id)
        return JSON.stringify(waiting?.handoff?.summary ?? null)
      },
      file: () =>
        database.transaction(
          async (tx) => (await openConversation(tx, keys, id))?.answers ?? new Map<string, unknown>(),
        ),
    }
  }
}
