import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { setTimeout as delay } from 'node:timers/promises'
import { answers } from '../../../commands/parts/childServer.ts'
import { eventually } from '../eventually.ts'

const ENTRY = fileURLToPath(new URL('../../../index.ts', import.meta.url))
/** After an end that nobody asked for, so that a node that cannot start does not take all the time of the machine. */
const AGAIN_MS = 100

/** How a life of a node ended. */
export interface Exit {
  code: number | null
  signal: NodeJS.Signals | null
  /** It had answered that it is ready. */
  wasReady: boolean
  ms: number
}

/** A node of the world: `node index.ts`, started again whenever it has ended. */
export interface ServerNode {
  readonly index: number
  readonly url: string
  readonly metricsUrl: string
  readonly pid: number
  /** The `index.ts` that it runs. */
  readonly entry: string
  /** This life of it has said that it is ready. */
  readonly isServing: boolean
  /** Ends that the world did not ask for: a crash when it had been ready, a start that was refused otherwise. */
  readonly ownExits: readonly Exit[]
  /** Everything that it printed, in all its lives. */
  output(): string
  ready(withinMs?: number): Promise<void>
  /** SIGKILL, and a new life at once. Resolves when the old one is gone. */
  kill(): Promise<void>
  /** SIGTERM, and a new life with `entry` (another build) when the old one has ended. Resolves to how it did. */
  roll(entry?: string): Promise<Exit>
  /** No life after this one. */
  dispose(): Promise<void>
}

export function startServerNode(index: number, port: number, metricsPort: number, env: NodeJS.ProcessEnv): ServerNode {
  const url = `http://127.0.0.1:${port}`
  const chunks: string[] = []
  const ownExits: Exit[] = []
  let entry = ENTRY
  let asked = false
  let over = false
  let serving = false
  let child: ChildProcess
  let exited: Promise<Exit>

  function live(): void {
    const started = spawn(process.execPath, [entry], {
      env: {
        ...process.env,
        NODE_ENV: undefined,
        npm_lifecycle_event: 'world', // a test that is killed leaves no server
        ...env,
        PORT: String(port),
        METRICS_PORT: String(metricsPort),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const born = performance.now()
    let wasReady = false
    let here = ''
    const print = (chunk: Buffer): void => {
      chunks.push(chunk.toString())
      if (!wasReady) serving = wasReady = (here += chunk.toString()).includes('Ready in')
    }
    started.stdout.on('data', print)
    started.stderr.on('data', print)
    child = started
    asked = false
    serving = false
    exited = new Promise((resolve) =>
      started.once('exit', (code, signal) => {
        const exit = { code, signal, wasReady, ms: performance.now() - born }
        resolve(exit)
        if (over) return
        if (asked) return live()
        ownExits.push(exit)
        void delay(AGAIN_MS).then(() => over || live())
      }),
    )
  }
  async function end(signal: NodeJS.Signals): Promise<Exit> {
    asked = true
    const ending = exited
    child.kill(signal)
    return ending
  }
  live()
  return {
    index,
    url,
    metricsUrl: `http://127.0.0.1:${metricsPort}/metrics`,
    get pid() {
      return child.pid ?? 0
    },
    get entry() {
      return entry
    },
    get isServing() {
      return serving
    },
    ownExits,
    output: () => chunks.join(''),
    async ready(withinMs = 30_000) {
      await eventually(`node ${index} is ready\n${chunks.join('').slice(-1000)}`, () => answers(url), withinMs)
    },
    kill: async () => void (await end('SIGKILL')),
    async roll(next = entry) {
      entry = next
      const began = performance.now()
      const exit = await end('SIGTERM')
      return { ...exit, ms: performance.now() - began }
    },
    async dispose() {
      over = true
      const late = setTimeout(() => child.kill('SIGKILL'), 12_000)
      await end('SIGTERM')
      clearTimeout(late)
    },
  }
}
