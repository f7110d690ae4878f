import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { consoleLanguage, languages, speak } from '../services/locales/index.ts'
import { onStopSignal } from '../services/platform/stopSignals.ts'
import { answers, apart, freePort, startChildServer } from './parts/childServer.ts'
import { openLine } from './talk/directLine.ts'
import { linesOf, pressables, said, type Pressable } from './talk/show.ts'

const POLL_MS = 400

/** `npm run talk`: the bot in the terminal, through the same door as any Direct Line client. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { lang: { type: 'string' } } })
  const language = values.lang ?? consoleLanguage(process.env)
  if (!languages.includes(language))
    throw new Error(speak('en', 'console:talk.whichLanguage', { languages: languages.join(', ') }))
  const server = await aServer(language)
  try {
    await talk(server.url, language)
  } finally {
    await server.stop()
  }
}

/** The server that answers at `PUBLIC_URL` or `PORT`; without one, a server of our own for the time of this talk. */
async function aServer(language: string): Promise<{ url: string; stop(): Promise<void> }> {
  const running = (process.env['PUBLIC_URL'] ?? `http://localhost:${process.env['PORT'] ?? 3978}`).replace(/\/+$/, '')
  if (await answers(running)) return { url: running, stop: () => Promise.resolve() }
  console.log(speak(language, 'console:talk.ownServer'))
  const folder = mkdtempSync(join(tmpdir(), 'parcours-talk-'))
  const port = await freePort()
  const server = startChildServer(
    `http://localhost:${port}`,
    apart(process.env, { PORT: String(port), DATA_DIR: folder, LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'silent' }),
    { shown: false },
  )
  const stop = async (): Promise<void> => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await server.ready()
  } catch (error) {
    await stop()
    throw error
  }
  return { url: server.url, stop }
}

/** Reads lines and says them one after the other, until the input ends (Ctrl-D); what was typed before is still said. */
async function talk(url: string, language: string): Promise<void> {
  const line = await openLine(url, language)
  const input = createInterface({
    input: process.stdin,
    output: process.stdout,
    prompt: '> ',
    terminal: process.stdin.isTTY,
  })
  let buttons: Pressable[] = []
  let work = Promise.resolve()
  let failure: unknown

  /** One thing at a time: what is said and what is shown keep their order. */
  const next = (step: () => Promise<void>): void => {
    work = work.then(step).catch((error: unknown) => {
      failure ??= error
      input.close()
    })
  }
  const show = async (): Promise<void> => {
    const activities = await line.poll()
    const lines = activities.flatMap((activity) => linesOf(activity, language))
    for (const activity of activities) if (activity.type === 'message') buttons = pressables(activity)
    if (lines.length === 0) return
    process.stdout.write(`${process.stdin.isTTY ? '\r' : ''}${lines.join('\n')}\n`)
    if (process.stdin.isTTY) input.prompt(true)
  }

  console.log(speak(language, 'console:talk.how', { url }))
  next(show)
  const polls = setInterval(() => next(show), POLL_MS)
  input.on('line', (typed) =>
    next(async () => {
      const text = said(typed, buttons)
      if (text !== '') await line.post(text)
      await show()
    }),
  )
  input.on('SIGINT', () => input.close())
  onStopSignal(() => input.close())
  await new Promise<void>((resolve) => input.once('close', resolve))
  clearInterval(polls)
  await work
  if (failure !== undefined) throw failure
  console.log(`\n${speak(language, 'console:talk.bye')}`)
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(`parcours: ${error instanceof Error ? error.message : 'stopped'}`)
    process.exit(1)
  },
)
