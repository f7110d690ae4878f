import './services/platform/nodeVersion.ts'
import { join } from 'node:path'
import type pg from 'pg'
import { compose, type Running } from './api/compose.ts'
import { ensureWebBuild } from './api/webBuild.ts'
import { consoleLanguage, speak } from './services/locales/index.ts'
import { openLog, type Log } from './services/platform/log.ts'
import { migrate } from './services/platform/migrate.ts'
import { startPostgres, type LocalPostgres } from './services/platform/postgres/index.ts'
import { readSettings, type Settings } from './services/platform/settings.ts'
import { onStopSignal } from './services/platform/stopSignals.ts'
import { startUpLine } from './services/platform/startUpLine.ts'

/** How long requests that run may take to end when the server stops. */
const DRAIN_MS = 5_000
/** How long a stop may take in all. */
const STOP_MS = 10_000

/** Composition: settings → database → services → bot → channels → server; and the stop, in reverse. */
async function main(settings: Settings): Promise<void> {
  const log = openLog(settings.logLevel)
  let postgres: LocalPostgres | undefined
  let running: Running | undefined

  let stopping: Promise<void> | undefined
  const stop = (code: number): Promise<void> =>
    (stopping ??= (async () => {
      // Whatever hangs or throws on the way, the process ends: the next start recovers.
      setTimeout(() => process.exit(1), STOP_MS).unref()
      try {
        await running?.stop(DRAIN_MS)
      } finally {
        await postgres?.stop() // last: whatever drains still writes
        process.exit(code)
      }
    })())
  onStopSignal(() => void stop(0))
  // An end is safe at any instant (a turn is one transaction); going on with unknown state is not.
  for (const event of ['unhandledRejection', 'uncaughtException'] as const)
    process.on(event, (error) => {
      log.error('process.unhandled', { kind: event, error })
      void stop(1)
    })

  try {
    ;[postgres] = await Promise.all([startLocalPostgres(settings, log), ensureWebBuild()])
    const connection: pg.PoolConfig = postgres?.connection ?? { connectionString: settings.databaseUrl }
    await migrate(connection)
    running = await compose(settings, connection, { log })
  } catch (error) {
    console.error(`parcours: ${startUpLine(error)}`)
    await stop(1)
    return
  }
  await welcome(settings, running)
}

async function startLocalPostgres(settings: Settings, log: Log): Promise<LocalPostgres | undefined> {
  if (settings.databaseUrl !== undefined) return undefined
  return startPostgres({
    folder: join(settings.dataDir, 'postgres'),
    onEvent: ({ kind }) => log.info('postgres', { kind }),
  })
}

/** Tells the person at the console where to go. */
async function welcome(settings: Settings, running: Running): Promise<void> {
  const language = consoleLanguage(process.env)
  const say = (key: string, params: Record<string, string | number>): void =>
    console.log(speak(language, `console:${key}`, params))
  say('page', { url: `${settings.publicUrl}/` })
  say('desk', { url: `${settings.publicUrl}/desk` })
  const link = await running.firstAdministratorLink()
  if (link !== undefined) say('signIn', { url: link })
  say('ready', { seconds: Number(performance.now() / 1000).toFixed(1) })
}

function settingsOrExit(): Settings {
  try {
    return readSettings(process.env)
  } catch (error) {
    console.error(`parcours: ${startUpLine(error)}`)
    process.exit(1)
  }
}

await main(settingsOrExit())
