import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/** A server that a command runs as a process of its own, and stops. */
export interface ChildServer {
  readonly url: string
  readonly pid: number
  /** Resolves to the exit code once it has ended, by itself or not; null after a signal. */
  readonly ended: Promise<number | null>
  /** Resolves when `/readyz` says yes; throws with the last line of its errors when it ended instead. */
  ready(): Promise<void>
  /** Asks it to drain and stop; resolves when it has. May be called twice. */
  stop(): Promise<void>
}

const ENTRY = fileURLToPath(new URL('../../index.ts', import.meta.url))
const READY_LOOK_MS = 50

/**
 * Starts `index.ts` with these settings. `shown`: its lines go to this console; otherwise they are
 * kept, and only its reason not to start is told. It ends with us, however we end.
 */
export function startChildServer(url: string, env: NodeJS.ProcessEnv, { shown }: { shown: boolean }): ChildServer {
  const child = spawn(process.execPath, [ENTRY], {
    // Its own watch over the process that started it, as under npm: a killed command leaves no server.
    env: { ...env, npm_lifecycle_event: env['npm_lifecycle_event'] ?? 'command' },
    stdio: ['ignore', shown ? 'inherit' : 'ignore', shown ? 'inherit' : 'pipe'],
  })
  let errors = ''
  child.stderr?.on('data', (chunk: Buffer) => void (errors = (errors + chunk.toString()).slice(-2_000)))
  let over = false
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve)).then((code) => {
    over = true
    return code
  })
  return {
    url,
    pid: child.pid ?? 0,
    ended,
    async ready() {
      while (!(await answers(url))) {
        if (over) throw new Error(errors.trim().split('\n').at(-1) ?? '')
        await delay(READY_LOOK_MS)
      }
    },
    async stop() {
      if (!over) child.kill('SIGTERM')
      await ended
    },
  }
}

/** Whether a server of ours answers there and may be given work. */
export const answers = (url: string): Promise<boolean> =>
  fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) }).then(
    async (response) => response.ok && ((await response.json()) as { ready?: unknown }).ready === true,
    () => false,
  )

/** A port of this machine that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return address.port
}

/** Settings of a server that shares nothing with the one that the environment describes: its own folder, port and keys. */
export const apart = (env: NodeJS.ProcessEnv, own: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...env,
  DATABASE_URL: undefined,
  MASTER_KEY: undefined,
  PUBLIC_URL: undefined,
  HOST: undefined,
  METRICS_PORT: '0',
  ...own,
})
