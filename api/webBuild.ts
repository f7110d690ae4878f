import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
/** Where the built pages are. */
export const WEB_DIST = join(ROOT, 'web', 'dist')
const STAMP = join(WEB_DIST, '.sources')
const SOURCES = ['web', 'locales', 'api/types.ts', 'package-lock.json']

/**
 * Builds the pages when they are missing or were made from other sources; a digest of the sources
 * tells, because a clone or a copy changes every file's time. Resolves to whether it built.
 */
export async function ensureWebBuild(): Promise<boolean> {
  const digest = await digestOfSources()
  if (existsSync(STAMP) && (await readFile(STAMP, 'utf8')) === digest) return false
  // Built beside and renamed, so that two starts at once, or a kill, never leave half a page.
  const fresh = `${WEB_DIST}.${process.pid}`
  await vite('--outDir', fresh)
  await drawFirstPages(fresh)
  await compressAll(fresh)
  await writeFile(join(fresh, '.sources'), digest)
  await rm(WEB_DIST, { recursive: true, force: true })
  await rename(fresh, WEB_DIST).catch(async (error: unknown) => {
    await rm(fresh, { recursive: true, force: true })
    if (!existsSync(STAMP)) throw error // else another start was first
  })
  return true
}

async function vite(...options: string[]): Promise<void> {
  const bin = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js')
  const child = spawn(
    process.execPath,
    [bin, 'build', '--config', 'web/vite.config.ts', '--emptyOutDir', '--logLevel', 'error', ...options],
    { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] },
  )
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', resolve)
  })
  if (code !== 0) throw new Error(`the web build failed (vite exited with ${code})`)
}

/** The newcomer's page as it is sent first: welcome and input are there before any script is. */
async function drawFirstPages(folder: string): Promise<void> {
  const drawing = join(folder, '.prerender')
  await vite('--ssr', 'chat/prerender.tsx', '--outDir', drawing)
  const { prerender } = (await import(pathToFileURL(join(drawing, 'prerender.js')).href)) as Prerender
  const template = await readFile(join(folder, 'chat', 'index.html'), 'utf8')
  for (const { language, newcomer, html } of await prerender(template))
    await writeFile(join(folder, firstPageFile(language, newcomer)), html)
  await rm(join(folder, 'chat', 'index.html'))
  await rm(drawing, { recursive: true })
}

interface Prerender {
  prerender(template: string): Promise<{ language: string; newcomer: boolean; html: string }[]>
}

/** The newcomer's page in a language, for somebody new or somebody who comes back; below `WEB_DIST`. */
export const firstPageFile = (language: string, newcomer: boolean): string =>
  `chat/${language}-${newcomer ? 'new' : 'known'}.html`

/** Writes `.br` and `.gz` beside each text file, once, so that no request compresses anything. */
async function compressAll(folder: string): Promise<void> {
  const files = await filesBelow(folder)
  await Promise.all(
    files
      .filter((file) => /\.(html|js|css|svg|json|webmanifest)$/.test(file))
      .map(async (file) => {
        const bytes = await readFile(file)
        const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }
        await writeFile(`${file}.br`, await promisify(brotliCompress)(bytes, quality))
        await writeFile(`${file}.gz`, await promisify(gzip)(bytes, { level: 9 }))
      }),
  )
}

async function digestOfSources(): Promise<string> {
  const hash = createHash('sha256')
  for (const source of SOURCES) {
    const path = join(ROOT, source)
    const files = source.includes('.') ? [path] : (await filesBelow(path)).filter((file) => !isBuilt(file))
    for (const file of files) hash.update(`${file.slice(ROOT.length)}\0`).update(await readFile(file))
  }
  return hash.digest('hex')
}

const isBuilt = (path: string): boolean => /[\\/]web[\\/]dist(\.\d+)?[\\/]/.test(path)

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}
