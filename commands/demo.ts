import { consoleLanguage, speak } from '../services/locales/index.ts'
import { readSettings } from '../services/platform/settings.ts'
import { startUpLine } from '../services/platform/startUpLine.ts'
import { onStopSignal } from '../services/platform/stopSignals.ts'
import { demoLinks, demoSettings, prepareDemo } from './demo/prepare.ts'
import { startChildServer, type ChildServer } from './parts/childServer.ts'

/** `npm run demo`: a small program to look at, in a folder of its own. A second run finds it as it was left. */
async function main(): Promise<number> {
  const language = consoleLanguage(process.env)
  const say = (key: string, params: Record<string, string> = {}): void =>
    console.log(speak(language, `console:demo.${key}`, params))
  const env = demoSettings(process.env)
  let server: ChildServer | undefined
  onStopSignal(() => {
    if (server === undefined) process.exit(0)
    void server.stop()
  })
  await prepareDemo(env, () => say('filling', { folder: env.DATA_DIR }))
  say('sample')
  for (const { name, role, url } of await demoLinks(env))
    say('signInAs', { name, role: speak(language, `desk:role.${role}`), url })
  server = startChildServer(readSettings(env).publicUrl, env, { shown: true })
  return (await server.ended) ?? 0
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(`parcours: ${startUpLine(error)}`)
    process.exit(1)
  },
)
