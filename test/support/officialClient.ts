import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { SeenActivity } from './directLineWire.ts'
import { eventually } from './eventually.ts'

/** The process in which the official client runs; one serves many conversations. */
export interface OfficialClients {
  connect(options: Options): OfficialClient
  /** Ends the process; throws when it had crashed. */
  end(): Promise<void>
}

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
  end(): void
}

interface Options {
  base: string
  token: string
  conversationId?: string
  webSocket?: boolean
  /** Divides the waits of a minute and more. */
  hurry?: number
}

type Told = { session: number } & (
  | { kind: 'ready' }
  | { kind: 'activity'; activity: SeenActivity }
  | { kind: 'status'; status: string }
  | { kind: 'error'; error: string }
  | { kind: 'token'; token: string }
  | { kind: 'posted'; mark: string; id: string }
  | { kind: 'refused'; mark: string; status: number }
)

const PROCESS = fileURLToPath(new URL('./officialClientProcess.mjs', import.meta.url))

export async function startOfficialClients(origin: string): Promise<OfficialClients> {
  const child = fork(PROCESS, [origin], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const told: Told[] = []
  let exit: number | null | undefined
  const exited = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve((exit = code))))
  child.on('message', (message) => told.push(message as Told))
  const waitFor = <T>(what: string, look: () => T | undefined | false, withinMs?: number): Promise<T> =>
    eventually(
      what,
      () => {
        if (exit !== undefined) throw new Error(`the official client ended with ${exit} while waiting for ${what}`)
        return look()
      },
      withinMs,
    )
  await waitFor('the official client', () => told.some(({ kind }) => kind === 'ready'), 20_000)
  let sessions = 0
  return {
    connect({ webSocket = true, hurry = 1, ...rest }) {
      const session = (sessions += 1)
      child.send({ session, connect: { ...rest, webSocket, hurry } })
      return official(session, told, (message) => child.send({ session, ...message }), waitFor)
    },
    async end() {
      if (exit === undefined) child.send({ exit: true })
      const code = await exited
      if (code !== 0) throw new Error(`the official client ended with ${code}`)
    },
  }
}

function official(
  session: number,
  told: readonly Told[],
  send: (message: object) => void,
  waitFor: <T>(what: string, look: () => T | undefined | false, withinMs?: number) => Promise<T>,
): OfficialClient {
  const of = <K extends Told['kind']>(kind: K) =>
    told.filter((one): one is Extract<Told, { kind: K }> => one.session === session && one.kind === kind)
  const client: OfficialClient = {
    activities: () => of('activity').map(({ activity }) => activity),
    texts: () =>
      client
        .activities()
        .filter(({ type }) => type === 'message')
        .map(({ text }) => text),
    statuses: () => of('status').map(({ status }) => status),
    errors: () => of('error').map(({ error }) => error),
    tokens: () => of('token').map(({ token }) => token),
    hears: (text, withinMs = 10_000) =>
      waitFor(`"${text}"`, () => client.activities().find((one) => one.text === text), withinMs),
    async posts(activity, mark) {
      send({ post: { from: { id: 'me', role: 'user' }, ...activity, channelData: { clientActivityID: mark } } })
      return waitFor(
        `the answer to ${mark}`,
        () => {
          const refused = of('refused').find((one) => one.mark === mark)
          return of('posted').find((one) => one.mark === mark)?.id ?? (refused && `refused ${refused.status}`)
        },
        10_000,
      )
    },
    end: () => send({ end: true }),
  }
  return client
}
