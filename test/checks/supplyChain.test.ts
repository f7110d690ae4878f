import { execFile } from 'node:child_process'
import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import {
  brokenLock,
  HAVE_SCRIPTS,
  nameOf,
  remoteLoads,
  type LockedPackage,
  type Manifest,
} from '../support/lockRules.ts'
import { proves } from '../support/proofs.ts'

const long = process.env['TEST_LONG'] === '1'
const exec = promisify(execFile)
const readJson = <T>(file: string): T => JSON.parse(readFileSync(file, 'utf8')) as T
const lockOf = (): Record<string, LockedPackage> =>
  readJson<{ packages: Record<string, LockedPackage> }>('package-lock.json').packages

const GOOD: LockedPackage = { version: '1.0.0', integrity: `sha512-${'A'.repeat(86)}==`, license: 'MIT' }
/** Packages that must not be let in, each wrong in one way. */
const PLANTED: { what: string; packages?: Record<string, LockedPackage>; manifest?: Manifest }[] = [
  { what: 'no integrity', packages: { 'node_modules/a': { version: '1.0.0', license: 'MIT' } } },
  { what: 'a weak integrity', packages: { 'node_modules/a': { ...GOOD, integrity: 'sha1-AAAA' } } },
  {
    what: 'a git repository',
    packages: { 'node_modules/a': { ...GOOD, resolved: 'git+ssh://git@example.org/a.git#1' } },
  },
  { what: 'a tarball elsewhere', packages: { 'node_modules/a': { ...GOOD, resolved: 'https://example.org/a.tgz' } } },
  { what: 'a folder', packages: { 'node_modules/a': { ...GOOD, link: true } } },
  { what: 'a folder beside', packages: { 'tools/a': GOOD } },
  { what: 'a licence that forbids', packages: { 'node_modules/a': { ...GOOD, license: 'AGPL-3.0' } } },
  { what: 'half a licence', packages: { 'node_modules/a': { ...GOOD, license: '(MIT AND SSPL-1.0)' } } },
  { what: 'no licence', packages: { 'node_modules/a': { version: '1.0.0', integrity: GOOD.integrity ?? '' } } },
  { what: 'an install script', packages: { 'node_modules/a': { ...GOOD, hasInstallScript: true } } },
  ...['^1.0.0', '~1.0.0', '*', 'latest', 'github:a/a', 'file:../a', 'https://example.org/a.tgz', 'npm:b@1.0.0'].map(
    (wish) => ({ what: `asked for as ${wish}`, manifest: { dependencies: { a: wish } } }),
  ),
  { what: 'an override of a range', manifest: { overrides: { a: '>1' } } },
]

/** Pages that load from elsewhere. */
const LOADS = [
  '<script src="https://cdn.example/x.js"></script>',
  "<link rel=stylesheet href='//cdn.example/x.css'>",
  '.a { background: url(https://cdn.example/x.png) }',
  '@import "https://fonts.example/css";',
  'import("https://cdn.example/x.js")',
  "import x from 'https://cdn.example/x.js'",
  'const s = document.createElement("script"); s.src = "https://cdn.example/x.js"',
  'new WebSocket("wss://example.org")',
]

describe('what comes from others', function () {
  this.timeout(long ? 300_000 : 30_000)

  proves('I5', 'is named, exact, whole, licensed, and runs nothing when it is installed', async (proof) => {
    const packages = lockOf()
    const manifest = readJson<Manifest>('package.json')
    const here = brokenLock(packages, manifest)
    const missed = PLANTED.filter((one) => brokenLock(one.packages ?? {}, one.manifest ?? {}).length === 0)
    const all = Object.entries(packages).filter(([path]) => path !== '')
    const scripts = all
      .filter(([, one]) => one.hasInstallScript === true)
      .map(([path]) => path.replace('node_modules/', ''))
    const planted = await installPlanted()
    const running = all.filter(([, one]) => one.dev !== true).length
    proof.tried(
      `${all.length} packages (${running} to run), ${scripts.length} with install scripts, none allowed; ${PLANTED.length} planted; npm installs one with 4 scripts`,
    )
    proof.figure(
      `${here.length} broken; ${PLANTED.length - missed.length}/${PLANTED.length} planted caught; ${planted.ran.length} scripts run (${planted.control} without our .npmrc), git refused`,
    )
    expect(here).to.deep.equal([])
    expect(missed.map(({ what }) => what)).to.deep.equal([])
    expect(scripts, 'whose scripts are known').to.have.members(HAVE_SCRIPTS)
    expect(planted.ran).to.deep.equal([])
    expect(planted.control, 'scripts that run elsewhere').to.be.above(0)
    expect(planted.git).to.equal('EALLOWGIT')
  })

  proves('I5', 'the pages load nothing from elsewhere', async (proof) => {
    const files = globSync('web/**/*.{html,css,ts,tsx,js,svg,json,webmanifest}', { exclude: ['web/dist.*/**'] })
    const found = files.flatMap((file) => remoteLoads(readFileSync(file, 'utf8')).map((what) => `${file}: ${what}`))
    const missed = LOADS.filter((one) => remoteLoads(one).length === 0)
    const built = files.filter((file) => file.startsWith(join('web', 'dist')))
    const builds = long ? await buildTwice() : undefined
    proof.tried(
      `${files.length} files of the pages, ${built.length} of them built${builds === undefined ? '' : '; two builds'}; ${LOADS.length} planted`,
    )
    proof.figure(
      `${found.length} load from elsewhere; ${LOADS.length - missed.length}/${LOADS.length} planted caught${builds === undefined ? '' : `; builds differ in ${builds.differ} of ${builds.files} files`}`,
    )
    expect(built.length, 'built files').to.be.above(4)
    expect(found).to.deep.equal([])
    expect(missed).to.deep.equal([])
    if (builds !== undefined) expect(builds.differ).to.equal(0)
  })

  if (long)
    proves('I5', 'the bill of materials says the same as the lockfile', async (proof) => {
      const { stdout } = await exec('npm', ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'], {
        maxBuffer: 64 * 1024 * 1024,
      })
      const { components } = JSON.parse(stdout) as {
        components: { name: string; version: string; hashes?: unknown[] }[]
      }
      const named = new Set(components.map(({ name, version }) => `${name}@${version}`))
      const locked = new Set(
        Object.entries(lockOf()).flatMap(([path, one]) => (path === '' ? [] : [`${nameOf(path, one)}@${one.version}`])),
      )
      const unlike = [...named].filter((one) => !locked.has(one)).concat([...locked].filter((one) => !named.has(one)))
      proof.tried(`npm sbom, CycloneDX: ${components.length} components`)
      proof.figure(`${unlike.length} differ from the ${locked.size} of the lockfile`)
      expect(unlike).to.deep.equal([])
      expect(components.every(({ hashes }) => hashes !== undefined)).to.equal(true)
    })
})

/** Installs a package whose every script leaves a mark, under our `.npmrc` and without; and asks for one from git. */
async function installPlanted(): Promise<{ ran: string[]; control: number; git: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'parcours-planted-'))
  try {
    const mark = join(folder, 'ran.txt')
    const script = (name: string): string => `node -e "require('fs').appendFileSync(process.env.MARK, '${name} ')"`
    const scripts = Object.fromEntries(
      ['preinstall', 'install', 'postinstall', 'prepare'].map((name) => [name, script(name)]),
    )
    mkdirSync(join(folder, 'package'))
    writeFileSync(
      join(folder, 'package', 'package.json'),
      JSON.stringify({ name: 'planted', version: '1.0.0', scripts }),
    )
    await exec('tar', ['-czf', 'planted.tgz', 'package'], { cwd: folder })
    const npm = async (project: string, rc: boolean, wish: string): Promise<string> => {
      const cwd = join(folder, project)
      mkdirSync(cwd)
      if (rc) cpSync('.npmrc', join(cwd, '.npmrc'))
      writeFileSync(
        join(cwd, 'package.json'),
        JSON.stringify({ name: project, version: '1.0.0', scripts, dependencies: { planted: wish } }),
      )
      // npm of a parent's run hands its settings down; only the project's own count here.
      const clean = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name))
      const env = {
        ...Object.fromEntries(clean),
        MARK: mark,
        npm_config_userconfig: join(folder, 'none'),
        npm_config_cache: join(folder, 'cache'),
      }
      const args = ['install', '--offline', '--no-audit', '--no-fund']
      return exec('npm', args, { cwd, env }).then(
        () => 'installed',
        (error: { stderr?: string }) => /code (E\w+)/.exec(error.stderr ?? '')?.[1] ?? 'failed',
      )
    }
    const marks = (): string[] => (existsSync(mark) ? readFileSync(mark, 'utf8').trim().split(' ') : [])
    const [ours, git] = await Promise.all([
      npm('ours', true, 'file:../planted.tgz'),
      npm('git', true, `git+file://${resolve('.')}`),
    ])
    const ran = marks()
    if (ours !== 'installed' || !existsSync(join(folder, 'ours', 'node_modules', 'planted')))
      throw new Error(`not installed: ${ours}`)
    await npm('control', false, 'file:../planted.tgz')
    return { ran, control: marks().length, git }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Builds the pages into two folders and counts the files that are not the same to the byte. */
async function buildTwice(): Promise<{ files: number; differ: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'parcours-builds-'))
  try {
    const build = async (name: string): Promise<Map<string, string>> => {
      const out = join(folder, name)
      const args = ['build', '--config', 'web/vite.config.ts', '--outDir', out, '--emptyOutDir', '--logLevel', 'error']
      await exec(process.execPath, [resolve('node_modules/vite/bin/vite.js'), ...args])
      const files = globSync('**/*.*', { cwd: out }).concat(globSync('.vite/*', { cwd: out }))
      return new Map(files.map((file) => [file, readFileSync(join(out, file)).toString('latin1')]))
    }
    const one = await build('one')
    const two = await build('two')
    const names = new Set([...one.keys(), ...two.keys()])
    return { files: names.size, differ: [...names].filter((name) => one.get(name) !== two.get(name)).length }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
