import { spawn } from 'node:child_process'
import { connect } from 'node:net'

/** What a start came to that was meant to be refused. */
export interface RefusedStart {
  code: number | null
  /** All that it printed. */
  line: string
  /** Whether its port took a connection at any moment. */
  opened: boolean
}

/** Runs `node index.ts` with exactly these settings until it ends by itself (30 s at most), knocking at its port all the while. */
export async function startAndEnd(env: NodeJS.ProcessEnv, port: number): Promise<RefusedStart> {
  const { PATH, HOME, TMPDIR } = process.env
  const child = spawn(process.execPath, ['index.ts'], {
    env: { PATH, HOME, TMPDIR, LANG: 'en_CA.UTF-8', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let line = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => void (line += chunk.toString()))
  let opened = false
  const knocking = setInterval(() => {
    const knock = connect(port, '127.0.0.1', () => {
      opened = true
      knock.destroy()
    })
    knock.on('error', () => {})
  }, 20)
  const late = setTimeout(() => child.kill('SIGKILL'), 30_000)
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  clearInterval(knocking)
  clearTimeout(late)
  return { code, line, opened }
}
