import { fileURLToPath } from 'node:url'
import { consoleLanguage, speak } from '../services/locales/index.ts'
import { readSettings } from '../services/platform/settings.ts'
import { startUpLine } from '../services/platform/startUpLine.ts'
import { onStopSignal } from '../services/platform/stopSignals.ts'
import { demoLinks, demoSettings, prepareDemo } from './demo/prepare.ts'
import { watchSources } from './dev/watch.ts'
import { startChildServer, type ChildServer } from './parts/childServer.ts'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const SOURCES = ['index.ts', 'api', 'bots', 'content', 'dialogs', 'locales', 'services', 'web']

/**
 * `npm run dev`: the server on the demonstration's folder, started again at each change of its sources.
 * Its PostgreSQL stops and starts with it (0.2 s), and the pages are built again when theirs changed.
 */
async function main(): Promise<void> {
  const language = consoleLanguage(process.env)
  const say = (key: string, params: Record<string, string> = {}): void =>
    console.log(speak(language, `console:${key}`, params))
  const env = demoSettings(process.env)
  let url = ''
  let server: ChildServer | undefined
  let stopping = false
  let queued = false
  let work: Promise<void> = Promise.resolve()

  const tellWhenOver = async (mine: ChildServer): Promise<void> => {
    await mine.ended
    if (!stopping && server === mine) say('dev.ended')
  }
  const start = (): void => {
    const mine = startChildServer(url, env, { shown: true })
    server = mine
    void tellWhenOver(mine)
  }
  const restart = async (): Promise<void> => {
    queued = false
    const old = server
    server = undefined
    await old?.stop()
    if (!stopping) start()
  }

  onStopSignal(() => {
    stopping = true
    void work.then(async () => {
      await server?.stop()
      process.exit(0)
    })
  })
  await prepareDemo(env, () => say('demo.filling', { folder: env.DATA_DIR }))
  url = readSettings(env).publicUrl
  for (const link of await demoLinks(env))
    say('demo.signInAs', { name: link.name, role: speak(language, `desk:role.${link.role}`), url: link.url })
  say('dev.watching')
  start()
  watchSources(ROOT, SOURCES, (file) => {
    say('dev.changed', { file })
    if (queued) return // one that waits already starts with this change too
    queued = true
    work = work.then(restart)
  })
}

main().catch((error: unknown) => {
  console.error(`parcours: ${startUpLine(error)}`)
  process.exit(1)
})
