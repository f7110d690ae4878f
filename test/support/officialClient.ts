import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { eventually } from './eventually.ts'
import type { SeenActivity } from './directLineWire.ts'

/** The official Direct Line client, as a page would use it. */
export interface OfficialClient {
  activities(): SeenActivity[]
  /** Texts of messages in the order in which the client gave them to its page. */
  texts(): (string | undefined)[]
  statuses(): string[]
  /** What would have reached the page's error handler. */
  errors(): string[]
  /** Tokens that it took after its first. */
  tokens(): string[]
  hears(text: string, withinMs?: number): Promise<SeenActivity>
  /** Posts; resolves to the id, to `retry`, or to `refused <status>`. */
  posts(activity: { type: string; text?: string; attachments?: unknown[] }, mark: string): Promise<string>
  end(): Promise<void>
}

interface Options {
  base: string
  token: string
  conversationId?: string
  webSocket?: boolean
  /** Divides the waits of a minute and more. */
  hurry?: number
}

type Told =
  | { kind: 'ready' }
  | { kind: 'activity'; activity: SeenActivity }
  | { kind: 'status'; status: string }
  | { kind: 'error'; error: string }
  | { kind: 'token'; token: string }
  | { kind: 'posted'; mark: string; id: string }
  | { kind: 'refused'; mark: string; status: number }

const PROCESS = fileURLToPath(new URL('./officialClientProcess.mjs', import.meta.url))

export async function startOfficialClient({ webSocket = true, hurry = 1, ...rest }: Options): Promise<OfficialClient> {
  const child = fork(PROCESS, [JSON.stringify({ ...rest, webSocket, hurry })], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const told: Told[] = []
  let exit: number | null | undefined
  const exited = new Promise<void>((resolve) => child.on('exit', (code) => ((exit = code), resolve())))
  child.on('message', (message) => told.push(message as Told))
  const of = <K extends Told['kind']>(kind: K) => told.filter((one): one is Extract<Told, { kind: K }> => one.kind === kind)
  const waitFor = <T>(what: string, look: () => T | undefined | false, withinMs?: number): Promise<T> =>
    eventually(
      what,
      () => {
        if (exit !== undefined) throw new Error(`the official client ended with ${exit} while waiting for ${what}`)
        return look()
      },
      withinMs,
    )
  await waitFor('the official client', () => of('ready').length > 0, 15_000)
  const client: OfficialClient = {
    activities: () => of('activity').map(({ activity }) => activity),
    texts: () => client.activities().filter(({ type }) => type === 'message').map(({ text }) => text),
    statuses: () => of('status').map(({ status }) => status),
    errors: () => of('error').map(({ error }) => error),
    tokens: () => of('token').map(({ token }) => token),
    hears: (text, withinMs = 10_000) => waitFor(`"${text}"`, () => client.activities().find((one) => one.text === text), withinMs),
    async posts(activity, mark) {
      child.send({ ask: 'post', activity: { from: { id: 'me', role: 'user' }, ...activity, channelData: { clientActivityID: mark } } })
      return waitFor(`the answer to ${mark}`, () => {
        const posted = of('posted').find((one) => one.mark === mark)
        if (posted !== undefined) return posted.id
        const refused = of('refused').find((one) => one.mark === mark)
        return refused && `refused ${refused.status}`
      })
    },
    async end() {
      if (exit === undefined) child.send({ ask: 'end' })
      await exited
    },
  }
  return client
}
