import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Temporal } from 'temporal-polyfill'
import { startBot } from '../../bots/bot.ts'
import { createTurns } from '../../bots/turn.ts'
import type { Turns } from '../../bots/inbound.ts'
import { listAgents, renewLink } from '../../services/agents/index.ts'
import { openCalendar } from '../../services/calendar/index.ts'
import { openCatalogue } from '../../services/catalogue/index.ts'
import { systemClock } from '../../services/platform/clock.ts'
import { openLog } from '../../services/platform/log.ts'
import { migrate } from '../../services/platform/migrate.ts'
import { openPlatform, type Platform } from '../../services/platform/platform.ts'
import { startPostgres } from '../../services/platform/postgres/index.ts'
import { readSettings } from '../../services/platform/settings.ts'
import { fill, theAdministrator } from './fill.ts'
import { happenings, readStory } from './story.ts'

/** Somebody to sign in as. */
export interface DemoLink {
  name: string
  role: 'agent' | 'supervisor'
  url: string
}

/** The demonstration's settings: a folder and a database of its own, beside the real ones. */
export function demoSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv & { DATA_DIR: string } {
  const folder = join(environment['DATA_DIR'] ?? 'data', 'demo')
  return {
    ...environment,
    DATABASE_URL: undefined,
    MASTER_KEY: undefined,
    DATA_DIR: folder,
    // Nobody sits at the invented agents' desks: what they hold stays with them for as long as can be.
    DESK_GRACE_SECONDS: environment['DESK_GRACE_SECONDS'] ?? '3600',
  }
}

/**
 * Fills the demonstration's folder unless it is there. It is filled beside and renamed, so that a
 * folder that is there is a whole one, whatever was killed. Resolves to whether it filled it.
 */
export async function prepareDemo(env: NodeJS.ProcessEnv & { DATA_DIR: string }, before: () => void): Promise<boolean> {
  if (existsSync(env.DATA_DIR)) return false
  before()
  const fresh = `${env.DATA_DIR}.new`
  await removeLeftover(fresh)
  await withPlatform({ ...env, DATA_DIR: fresh }, async (platform, turns, moveTo) => {
    const calendar = openCalendar(await openCatalogue())
    const story = readStory()
    const now = systemClock.now()
    await fill(
      platform,
      turns,
      story,
      happenings(story, now, (day) => calendar.isBusinessDay(day)),
      moveTo,
    )
    moveTo(now)
    // Statements that were planned on empty tables read them whole until this.
    await platform.database.pool.query('analyze')
  })
  await rename(fresh, env.DATA_DIR)
  return true
}

/** A fresh one-time link for a supervisor and an agent of the demonstration. For a server that does not run yet. */
export async function demoLinks(env: NodeJS.ProcessEnv & { DATA_DIR: string }): Promise<DemoLink[]> {
  const links: DemoLink[] = []
  await withPlatform(env, async (platform) => {
    const founder = await theAdministrator(platform)
    const agents = await listAgents(platform)
    for (const { name, role } of readStory().agents) {
      if (links.some((link) => link.role === role)) continue
      const agent = agents.find((one) => one.name === name && one.active)
      if (agent !== undefined) links.push({ name, role, url: (await renewLink(platform, founder, agent.id)).link.url })
    }
  })
  return links
}

/** What a killed fill left: its PostgreSQL, which may still run, is taken over and stopped first. */
async function removeLeftover(folder: string): Promise<void> {
  if (existsSync(join(folder, 'postgres'))) await (await startPostgres({ folder: join(folder, 'postgres') })).stop()
  await rm(folder, { recursive: true, force: true })
}

/** The server's parts without its port, on a clock that can be set. */
async function withPlatform(
  env: NodeJS.ProcessEnv & { DATA_DIR: string },
  work: (platform: Platform, turns: Turns, moveTo: (at: Temporal.Instant) => void) => Promise<void>,
): Promise<void> {
  const settings = readSettings(env)
  const postgres = await startPostgres({ folder: join(settings.dataDir, 'postgres') })
  try {
    await migrate(postgres.connection)
    let at: Temporal.Instant | undefined
    const clock = { now: () => at ?? systemClock.now() }
    const platform = openPlatform(settings, postgres.connection, { log: openLog('silent'), clock })
    const bot = await startBot(platform.keys)
    try {
      await work(platform, createTurns(platform, bot), (moment) => void (at = moment))
    } finally {
      await bot.stop()
      await platform.close()
    }
  } finally {
    await postgres.stop()
  }
}
