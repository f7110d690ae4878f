import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../commands/parts/childServer.ts'
import { eventually } from './eventually.ts'

export { freePort }

/** `node index.ts` as a process of its own, with its own data: what a kill is tried on. */
export interface ServerProcess {
  readonly url: string
  readonly dataDir: string
  readonly pid: number
  /** Everything that it printed so far, all starts together. */
  output(): string
  /** Resolves when `/readyz` says yes. */
  ready(withinMs?: number): Promise<void>
  /** SIGKILL, and waits until it is gone. PostgreSQL is left as it is. */
  kill(): Promise<void>
  start(): Promise<void>
  /** The one-time link that the console showed. */
  signInLink(): string | undefined
  /** SIGTERM; resolves to the exit code. */
  terminate(): Promise<number | null>
  /** Ends it whatever its state and removes its data. */
  dispose(): Promise<void>
}

/** Starts a server on a free port. `env` adds to or replaces its settings. */
export async function startServerProcess(env: NodeJS.ProcessEnv = {}): Promise<ServerProcess> {
  const port = await freePort()
  const dataDir = env['DATA_DIR'] ?? mkdtempSync(join(tmpdir(), 'parcours-server-'))
  const chunks: string[] = []
  let child: ChildProcess | undefined
  let exited: Promise<number | null> = Promise.resolve(null)

  const start = (): Promise<void> => {
    const started = spawn(process.execPath, ['index.ts'], {
      env: {
        ...process.env,
        npm_lifecycle_event: undefined,
        NODE_ENV: undefined,
        PORT: String(port),
        DATA_DIR: dataDir,
        RATE_LIMIT: 'off',
        METRICS_PORT: '0',
        LOG_LEVEL: 'warn',
        LANG: 'en_CA.UTF-8',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    started.stdout.on('data', (chunk: Buffer) => chunks.push(chunk.toString()))
    started.stderr.on('data', (chunk: Buffer) => chunks.push(chunk.toString()))
    exited = new Promise((resolve) => started.once('exit', resolve))
    child = started
    return Promise.resolve()
  }
  const url = `http://localhost:${port}`
  await start()
  return {
    url,
    dataDir,
    get pid() {
      return child?.pid ?? 0
    },
    output: () => chunks.join(''),
    async ready(withinMs = 20_000) {
      await eventually(
        `${url}/readyz\n${chunks.join('').slice(-2000)}`,
        () =>
          fetch(`${url}/readyz`).then(
            (r) => r.ok,
            () => false,
          ),
        withinMs,
      )
    },
    async kill() {
      child?.kill('SIGKILL')
      await exited
    },
    start,
    signInLink: () => /https?:\/\/\S+#sign-in=\S+/.exec(chunks.join(''))?.[0],
    async terminate() {
      child?.kill('SIGTERM')
      return exited
    },
    async dispose() {
      child?.kill('SIGTERM')
      const late = setTimeout(() => child?.kill('SIGKILL'), 12_000)
      await exited
      clearTimeout(late)
      if (env['DATA_DIR'] === undefined) rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
