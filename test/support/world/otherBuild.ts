import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** What a server runs from. */
const PARTS = [
  'api',
  'bots',
  'commands',
  'content',
  'dialogs',
  'index.ts',
  'locales',
  'package.json',
  'package-lock.json',
  'services',
  'web',
]

/** A build of the same sources in a folder of its own: what a release is rolled to, while there is only one. */
export interface OtherBuild {
  readonly entry: string
  remove(): void
}

export function otherBuild(): OtherBuild {
  const folder = mkdtempSync(join(tmpdir(), 'parcours-build-'))
  for (const part of PARTS) cpSync(part, join(folder, part), { recursive: true })
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
  return { entry: join(folder, 'index.ts'), remove: () => rmSync(folder, { recursive: true, force: true }) }
}
