import type pg from 'pg'
import { startBot } from '../../../bots/bot.ts'
import { createTurns } from '../../../bots/turn.ts'
import { findOrCreateConversation, receiveMessage } from '../../../services/conversations/index.ts'
import { takeConversation, writeAsAgent, type Actor } from '../../../services/handoff/index.ts'
import { openBell } from '../../../services/platform/bell.ts'
import { openDatabase } from '../../../services/platform/database.ts'
import type { ConversationId } from '../../../services/platform/ids.ts'
import { openKeys } from '../../../services/platform/keys.ts'
import { openLog } from '../../../services/platform/log.ts'
import { openMetrics } from '../../../services/platform/metrics.ts'
import type { Platform } from '../../../services/platform/platform.ts'
import { readSettings } from '../../../services/platform/settings.ts'
import { testClock } from '../clock.ts'
import { countStatements, statements, type Exit } from './exitAt.ts'

/*
 * A node without a port, as a process: its parent tells it which conversation to go through from which
 * step on, and where to end. It answers after each step, as a server acknowledges: once it is committed.
 */

/** What the process is told at its start. */
export interface Given {
  connection: pg.PoolConfig
  masterKey: string
  agent: Actor
}

/** A conversation to go through. */
export interface Job {
  contact: string
  /** The first step that was not acknowledged. */
  from: number
  exit?: Exit
}

/** What the process says. */
export type Word = { ready: true } | { acknowledged: number } | { done: true; statements: number }

const given = JSON.parse(process.env['CRASH_DRIVER'] ?? '') as Given
const settings = readSettings({
  DATABASE_URL: 'postgres://tests.invalid/never-used',
  MASTER_KEY: given.masterKey,
  RATE_LIMIT: 'off',
})
const log = openLog('silent')
const database = openDatabase(given.connection, log)
const keys = openKeys(settings.masterKey)
const bell = openBell(given.connection, database.pool, log)
const clock = testClock('2026-11-24T15:00:00Z')
const platform: Platform = { settings, database, keys, bell, clock, log, metrics: openMetrics() }
const turns = createTurns(platform, await startBot(keys))

const say = (id: ConversationId, text: string): Promise<unknown> =>
  turns.take({ conversationId: id, externalId: `${id}/${text}`, kind: 'message', body: { text } })

/** From the first hello to the hand-back: a consent, an answer for the file, a person, an agent. */
const STEPS: readonly ((id: ConversationId) => Promise<unknown>)[] = [
  (id) =>
    turns.take({ conversationId: id, externalId: `${id}/start`, kind: 'start', body: { text: '' }, language: 'fr' }),
  (id) => say(id, 'Français'),
  (id) => say(id, 'oui, j’accepte'),
  (id) => say(id, 'Amina'),
  async (id) => {
    const message = { externalId: `${id}/person`, body: { text: 'une personne svp' }, at: new Date() }
    await database.hold(() => receiveMessage(database, keys, id, message))
    await turns.takeReceived(id)
  },
  (id) => takeConversation(platform, given.agent, id),
  (id) => writeAsAgent(platform, given.agent, id, { text: 'Bonjour Amina', clientMessageId: 'm1' }),
  (id) =>
    turns.handBack(id, given.agent.id).catch((error: { code?: string }) => {
      if (error.code !== 'notYours') throw error // it was given back, and the answer not heard
    }),
  (id) => say(id, 'à l’étranger'),
]

const tell = (word: Word): void => void process.send?.(word)

process.on('message', ({ contact, from, exit }: Job) => {
  void (async () => {
    countStatements(exit)
    const wanted = { channel: 'directline', contact, userId: contact, language: 'fr' }
    const { id } = await findOrCreateConversation(database, keys, wanted)
    for (let step = from; step < STEPS.length; step += 1) {
      await STEPS[step]?.(id)
      tell({ acknowledged: step })
    }
    tell({ done: true, statements: statements() })
    countStatements(undefined)
  })()
})
process.on('disconnect', () => process.exit()) // nobody is left to tell
tell({ ready: true })
