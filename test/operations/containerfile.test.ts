import { spawn } from 'node:child_process'
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { expect } from 'chai'
import { ensureWebBuild } from '../../api/webBuild.ts'
import { freePort } from '../../commands/parts/childServer.ts'
import { eventually } from '../support/eventually.ts'

/** Lines that the Containerfile goes on with are one line here; comments are none. */
const LINES = readFileSync('Containerfile', 'utf8')
  .replace(/^#.*\n/gm, '')
  .replaceAll('\\\n', ' ')
  .split('\n')
  .filter((line) => line.trim() !== '')
const stageOf = (n: number): string[] => {
  const starts = LINES.flatMap((line, at) => (line.startsWith('FROM ') ? [at] : []))
  return LINES.slice(starts[n], starts[n + 1])
}
const of = (stage: string[], word: string): string[] =>
  stage.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1))
const BUILD = stageOf(0)
const FINAL = stageOf(1)

// No container engine is needed here, and none is run: that the image builds is not shown, only that what is in it serves.
// Copies what the image holds, and starts it: for the long run.
if (process.env['TEST_LONG'] === '1')
  describe('the container image', function () {
    this.timeout(30_000)
    let folder: string
    before(async () => {
      await ensureWebBuild()
      folder = mkdtempSync(join(tmpdir(), 'parcours-image-'))
      for (const copied of of(BUILD, 'COPY')) copyAsTold(copied, join(folder, 'app'))
      // What `RUN npm ci --omit=dev` and the build of the pages put there.
      linkPackages(join(folder, 'app'))
      cpSync('web/dist', join(folder, 'app', 'web', 'dist'), { recursive: true })
    })
    after(() => rmSync(folder, { recursive: true, force: true }))

    it('is built from what .containerignore lets in, which is nothing of the data folder', () => {
      const admitted = readFileSync('.containerignore', 'utf8').split('\n')
      expect(
        admitted.find((line) => line !== '' && !line.startsWith('#')),
        'first, nothing',
      ).to.equal('*')
      const sources = of(BUILD, 'COPY').flatMap((line) => line.split(' ').slice(0, -1))
      for (const source of sources) expect(admitted, source).to.include(`!${source.replace(/^\.\//, '')}`)
      expect(admitted.some((line) => /^!(data|node_modules|test|\*)/.test(line))).to.equal(false)
    })

    it('installs what runs, from the lockfile, without scripts', () => {
      expect(of(BUILD, 'RUN').some((line) => /^npm ci --omit=dev\b/.test(line))).to.equal(true)
      expect(of(BUILD, 'COPY').some((line) => / \.npmrc /.test(` ${line} `))).to.equal(true)
      expect(readFileSync('.npmrc', 'utf8')).to.include('ignore-scripts=true')
      expect(LINES.filter((line) => /npm (install|i|add|exec)\b|npx|curl|wget|ADD /.test(line))).to.deep.equal([])
    })

    it('runs as an account without rights, keeps its data in one volume, and is asked whether it is ready', () => {
      expect(of(FINAL, 'USER')).to.deep.equal(['node'])
      expect(of(FINAL, 'VOLUME')).to.deep.equal(['/data'])
      expect(of(FINAL, 'ENV').join(' ')).to.include('DATA_DIR=/data')
      expect(of(FINAL, 'HEALTHCHECK').join()).to.include('/readyz')
      // A signal must reach node itself, not a shell: else it is killed after ten seconds.
      expect(of(FINAL, 'CMD')).to.deep.equal(['["node", "index.ts"]'])
    })

    it('serves with nothing else than the files and packages in it, and writes none beside its data', async () => {
      const app = join(folder, 'app')
      const before = filesIn(app)
      const port = await freePort()
      const child = spawn(process.execPath, ['index.ts'], {
        cwd: app,
        env: {
          PATH: process.env['PATH'],
          NODE_ENV: 'production',
          DATA_DIR: join(folder, 'data'),
          PORT: String(port),
          METRICS_PORT: '0',
          LOG_LEVEL: 'warn',
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      let said = ''
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
      const ended = new Promise<number | null>((done) => child.once('exit', done))
      try {
        const url = `http://localhost:${port}`
        await eventually('its start', () => child.exitCode !== null || said.includes('Ready in'), 20_000)
        expect(child.exitCode, said).to.equal(null)
        expect(await healthOf(port), 'its health').to.equal(0)
        const pages = await Promise.all(['/', '/desk'].map(async (path) => (await fetch(url + path)).status))
        expect(pages).to.deep.equal([200, 200])
        expect(filesIn(app), 'its own files').to.deep.equal(before)
      } finally {
        child.kill('SIGTERM')
        expect(await ended, said).to.equal(0)
      }
      expect(await healthOf(port), 'its health, once it has ended').to.equal(1)
    })
  })

/** `COPY from… to`, within the folder that stands for the build's. */
function copyAsTold(line: string, workdir: string): void {
  const words = line.split(' ')
  const to = words.pop() ?? ''
  for (const from of words) {
    const target = words.length > 1 || to === './' ? join(workdir, to, from) : join(workdir, to)
    mkdirSync(dirname(target), { recursive: true })
    cpSync(from, target, { recursive: true, filter: (path) => !/^web[\\/]dist/.test(path) })
  }
}

/** The packages that `npm ci --omit=dev` installs, by the lockfile, as far as this machine has them. */
function linkPackages(app: string): void {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Record<string, { dev?: boolean }>
  }
  for (const [path, { dev }] of Object.entries(packages)) {
    // The one that the image has from its base.
    if (!/^node_modules\/(@[^/]+\/)?[^/]+$/.test(path) || dev === true || /\/node-linux-/.test(path)) continue
    if (!existsSync(path)) continue // of another platform
    mkdirSync(dirname(join(app, path)), { recursive: true })
    symlinkSync(resolve(path), join(app, path))
  }
}

/** How the image's own check of its health ends. */
async function healthOf(port: number): Promise<number | null> {
  const [, command = ''] = /CMD (\[.*\])/.exec(of(FINAL, 'HEALTHCHECK')[0] ?? '') ?? []
  const [, ...args] = JSON.parse(command) as string[]
  const child = spawn(process.execPath, args, { env: { PORT: String(port) }, stdio: 'ignore' })
  return new Promise((done) => child.once('exit', done))
}

const filesIn = (folder: string): string[] =>
  globSync('**/*', { cwd: folder, exclude: (name) => name === 'node_modules' })
    .filter((path) => statSync(join(folder, path)).isFile())
    .concat(readdirSync(join(folder, 'node_modules')))
    .sort()
