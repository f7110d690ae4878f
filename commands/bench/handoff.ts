import { randomBytes } from 'node:crypto'
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { HandoffTimes } from '../../bench/handoff.ts'
import type { IdleSockets } from '../../bench/idle.ts'
import type { Measured } from '../../bench/people.ts'
import { residentMb } from '../../bench/processes.ts'
import { inviteAgent, listAgents } from '../../services/agents/index.ts'
import { openLog } from '../../services/platform/log.ts'
import { openPlatform } from '../../services/platform/platform.ts'
import { readSettings } from '../../services/platform/settings.ts'
import { firstAdministratorLink, openSession } from '../../services/sign-in/index.ts'
import { talk, type Load } from './contest.ts'
import { analyse, measure, startDatabase, startParcours, type Subject } from './machine.ts'

/** How long until an agent hears of a message, while the others make `rate` turns a second. */
export async function measureHandoff(rate: number, seconds: number): Promise<HandoffTimes> {
  const database = await startDatabase()
  const masterKey = randomBytes(32)
  const subject = await startParcours(database, masterKey)
  try {
    const cookie = await agentCookie(subject, masterKey)
    await talk('parcours', subject, { people: 32, seconds: 2 })
    await analyse(database)
    return await measure<HandoffTimes>('handoff.ts', { url: subject.url, cookie, rate: Math.round(rate), seconds })
  } finally {
    await subject.stop()
    await database.dispose()
  }
}

/** What open pages that say nothing cost: memory, and the time of those who talk. */
export interface IdleCost {
  sockets: IdleSockets
  mbBefore: number
  mbAfter: number
  talking: Measured
}

/** Opens the sockets, then lets `load` talk beside them. */
export async function measureIdle(sockets: number, load: Load): Promise<IdleCost> {
  const database = await startDatabase()
  const subject = await startParcours(database)
  const script = fileURLToPath(new URL('../../bench/idle.ts', import.meta.url))
  try {
    await talk('parcours', subject, { people: 32, seconds: 2 })
    await analyse(database)
    const mbBefore = residentMb(subject.pid)
    const child = spawn(process.execPath, [script, `--url=${subject.url}`, `--sockets=${sockets}`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const line = await new Promise<Buffer>((resolve, reject) => {
      child.stdout.once('data', resolve)
      child.once('close', () => reject(new Error('the idle people left')))
    })
    const mbAfter = residentMb(subject.pid)
    const talking = await talk('parcours', subject, load)
    child.kill('SIGTERM')
    return { sockets: JSON.parse(line.toString()) as IdleSockets, mbBefore, mbAfter, talking }
  } finally {
    await subject.stop()
    await database.dispose()
  }
}

/** An agent with an open session, made through the domains' own doors. */
async function agentCookie({ postgres }: Subject, masterKey: Buffer): Promise<string> {
  if (postgres === undefined) throw new Error('no database')
  const settings = readSettings({
    DATABASE_URL: 'postgres://bench.invalid/never-used',
    MASTER_KEY: masterKey.toString('base64'),
  })
  const platform = openPlatform(settings, postgres.connection, { log: openLog('silent') })
  try {
    await firstAdministratorLink(platform)
    const founder = (await listAgents(platform)).find(({ role }) => role === 'administrator')
    if (founder === undefined) throw new Error('no administrator')
    const wanted = { name: 'Bench', role: 'agent' as const, languages: ['en', 'fr'], region: null }
    const { agent } = await inviteAgent(platform, founder, wanted)
    const { token } = await openSession(platform, agent.id)
    return `parcours_desk=${token}`
  } finally {
    await platform.close()
  }
}
