import type { Temporal } from 'temporal-polyfill'
import type { Turns } from '../../bots/inbound.ts'
import { inviteAgent, listAgents, type Agent } from '../../services/agents/index.ts'
import { findOrCreateConversation } from '../../services/conversations/index.ts'
import { addNote, closeConversation, markRead, takeConversation, writeAsAgent } from '../../services/handoff/index.ts'
import { randomId, type ConversationId } from '../../services/platform/ids.ts'
import type { Platform } from '../../services/platform/platform.ts'
import { firstAdministratorLink } from '../../services/sign-in/index.ts'
import type { Happening, Step, Story } from './story.ts'

/**
 * Plays a story through the same doors as the server: turns for what people say, the hand-off's
 * services for what agents do. `moveTo` sets the clock of the platform to the moment of each step.
 * For an empty database.
 */
export async function fill(
  platform: Platform,
  turns: Turns,
  { agents }: Story,
  happenings: readonly Happening[],
  moveTo: (at: Temporal.Instant) => void,
): Promise<void> {
  const first = happenings[0]
  if (first === undefined) return
  moveTo(first.at.subtract({ hours: 24 }))
  const founder = await theAdministrator(platform)
  const team = new Map<string, Agent>()
  for (const { key, ...invitee } of agents) team.set(key, (await inviteAgent(platform, founder, invitee)).agent)

  const conversations = new Map<string, ConversationId>()
  for (const { at, person, index, step } of happenings) {
    moveTo(at)
    const id = conversations.get(person.key) ?? (await open(platform, person.language))
    conversations.set(person.key, id)
    if (step === undefined)
      await turns.take({
        conversationId: id,
        externalId: `${id}/start`,
        kind: 'start',
        body: { text: '' },
        language: person.language,
      })
    else if ('says' in step)
      await turns.take({
        conversationId: id,
        externalId: `${id}/client:demo-${index}`,
        kind: 'message',
        body: { text: step.says },
      })
    else await act(platform, turns, memberOf(team, step.agent), id, step, index)
  }
}

async function act(
  platform: Platform,
  turns: Turns,
  agent: Agent,
  id: ConversationId,
  step: Exclude<Step, { says: string }>,
  index: number,
): Promise<void> {
  if ('writes' in step) await writeAsAgent(platform, agent, id, { text: step.writes, clientMessageId: `demo-${index}` })
  else if ('notes' in step) await addNote(platform, agent, id, step.notes)
  else if (step.does === 'take') await takeConversation(platform, agent, id)
  else if (step.does === 'close') await closeConversation(platform, agent, id)
  else await turns.handBack(id, agent.id)
  // Whoever acts has read what was there; nobody reads what they have just ended.
  if (!('does' in step) || step.does === 'take') await markRead(platform, agent, id, Number.MAX_SAFE_INTEGER)
}

async function open({ database, keys }: Platform, language: string): Promise<ConversationId> {
  const id = randomId() as ConversationId
  const wanted = { id, channel: 'directline', contact: id, userId: `dl_${randomId()}`, language }
  return (await findOrCreateConversation(database, keys, wanted)).id
}

/** The first administrator, made if need be: who invites the others and gives them links. */
export async function theAdministrator(platform: Platform): Promise<Agent> {
  await firstAdministratorLink(platform)
  const found = (await listAgents(platform)).find(({ role }) => role === 'administrator')
  if (found === undefined) throw new Error('no administrator')
  return found
}

function memberOf(team: ReadonlyMap<string, Agent>, key: string): Agent {
  const agent = team.get(key)
  if (agent === undefined) throw new Error(`the story has no agent ${key}`)
  return agent
}
