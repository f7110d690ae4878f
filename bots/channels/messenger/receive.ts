import {
  findOrCreateConversation,
  type MessageBody,
  receiveMessage,
  rewriteMessage,
  silenceUntil,
} from '../../../services/conversations/index.ts'
import { confirmPart, confirmUntil } from '../../../services/delivery/index.ts'
import { REFERENCE } from '../../../services/locales/index.ts'
import { toDate } from '../../../services/platform/clock.ts'
import type { ConversationId } from '../../../services/platform/ids.ts'
import type { Platform } from '../../../services/platform/platform.ts'
import { masked } from '../../../services/understanding/index.ts'
import type { MessengerEvent } from './events.ts'
import { accountOf, CHANNEL } from './provider.ts'
import type { MessengerSettings } from './settings.ts'

/** How long the assistant only listens after somebody wrote for the Page elsewhere, or another app had the conversation. */
const SILENT_HOURS = 12

/**
 * Keeps what a batch brought: messages as rows `received`, what became of ours in their deliveries. Each in its own
 * small transaction and twice the same is once, so that a batch that is cut short is simply sent again. Returns the
 * conversations in which something waits for its turn.
 */
export async function receiveEvents(
  platform: Platform,
  settings: MessengerSettings,
  events: readonly MessengerEvent[],
): Promise<ConversationId[]> {
  const { database, keys, clock, log } = platform
  const account = accountOf(settings)
  const waiting = new Set<ConversationId>()
  const known = new Map<string, ConversationId>()

  async function conversationOf(psid: string): Promise<ConversationId> {
    const at = known.get(psid)
    if (at !== undefined) return at
    const { id } = await findOrCreateConversation(database, keys, {
      channel: CHANNEL,
      contact: `${settings.pageId}:${psid}`,
      userId: CHANNEL,
      language: REFERENCE,
      address: psid,
    })
    known.set(psid, id)
    return id
  }

  for (const event of events) {
    const now = toDate(clock.now())
    switch (event.kind) {
      case 'said': {
        const id = await conversationOf(event.psid)
        if (event.standby) await silenceUntil(database, id, hoursAfter(now, SILENT_HOURS))
        await receiveMessage(database, keys, id, { externalId: event.externalId, body: event.body, at: now })
        waiting.add(id)
        break
      }
      case 'unsent':
        await rewriteMessage(database, keys, { channel: CHANNEL, externalId: event.externalId }, () => ({
          text: '',
          unsent: true,
        }))
        break
      case 'edited':
        await rewriteMessage(database, keys, { channel: CHANNEL, externalId: event.externalId }, (body) =>
          edited(body, event.text),
        )
        break
      case 'echo':
        await confirmPart(database, {
          account,
          mark: event.mark,
          providerId: event.mid,
          state: 'sent',
          at: now,
        })
        break
      case 'saidByOthers':
        await silenceUntil(database, await conversationOf(event.psid), hoursAfter(now, SILENT_HOURS))
        break
      case 'delivered':
        for (const mid of event.mids)
          await confirmPart(database, { account, mark: null, providerId: mid, state: 'delivered', at: now })
        if (event.until !== undefined) await confirm(event.psid, event.until, 'delivered', now)
        break
      case 'read':
        await confirm(event.psid, event.until, 'read', now)
        break
      case 'policy':
        log.error('messenger.policy', { code: event.action })
        break
      case 'other':
        log.info('messenger.event_ignored', { code: event.name })
        break
    }
  }
  return [...waiting]

  async function confirm(psid: string, until: Date, state: 'delivered' | 'read', at: Date): Promise<void> {
    await confirmUntil(database, { account, conversationId: await conversationOf(psid), until, state, at })
  }
}

/** What is written anew is masked as what was written first is: it is not heard again, so nobody else would. */
function edited(body: MessageBody, written: string): MessageBody {
  const text = masked(written)
  return { ...body, text, edited: true, ...(text === written ? {} : { masked: true }) }
}

const hoursAfter = (date: Date, hours: number): Date => new Date(date.getTime() + hours * 3_600_000)
