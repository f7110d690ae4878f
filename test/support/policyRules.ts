/** A content security policy, by directive. */
export function readPolicy(policy: string): ReadonlyMap<string, readonly string[]> {
  return new Map(
    policy.split(';').flatMap((directive): [string, string[]][] => {
      const [name, ...sources] = directive.trim().split(/\s+/)
      return name === undefined || name === '' ? [] : [[name.toLowerCase(), sources]]
    }),
  )
}

/** What loads with a directive that is not named: `default-src`, for those that fall back to it. */
const FETCHES = [
  'script-src',
  'style-src',
  'img-src',
  'connect-src',
  'font-src',
  'object-src',
  'frame-src',
  'worker-src',
]
const WIDE = /^(?:\*|https?:|wss?:|ftp:|\*\..*|.*\*.*)$/
const SCRIPT_HOLES = /^(?:'unsafe-.*|data:|blob:|filesystem:)$/

/**
 * What is weak in a page's policy, in the words of the catalogue; empty when nothing is. `ours` are the
 * only hosts that it may name.
 */
export function weaknesses(policy: string | null, ours: readonly string[]): string[] {
  if (policy === null) return ['no policy']
  const directives = readPolicy(policy)
  const sourcesOf = (name: string): readonly string[] | undefined =>
    directives.get(name) ?? directives.get('default-src')
  const found: string[] = []
  for (const name of FETCHES) {
    const sources = sourcesOf(name)
    if (sources === undefined) found.push(`${name} is open`)
    for (const source of sources ?? []) {
      if (WIDE.test(source)) found.push(`${name} is as wide as ${source}`)
      else if (/[.:/]/.test(source) && !/^(?:data|blob):$/.test(source) && !ours.includes(source))
        found.push(`${name} names ${source}`)
    }
  }
  for (const name of ['script-src', 'style-src'])
    for (const source of sourcesOf(name) ?? []) if (SCRIPT_HOLES.test(source)) found.push(`${name} has ${source}`)
  for (const name of ['object-src', 'base-uri', 'frame-ancestors', 'form-action']) {
    const sources = name === 'object-src' ? sourcesOf(name) : directives.get(name)
    if (sources?.join(' ') !== "'none'") found.push(`${name} is not 'none'`)
  }
  if (directives.get('require-trusted-types-for')?.join(' ') !== "'script'") found.push('no Trusted Types')
  if (directives.get('trusted-types')?.join(' ') !== "'none'") found.push('any script may make a Trusted Types policy')
  return found
}
