import { languages } from './texts.ts'

/** The language of the person at the console, from `LC_ALL` or `LANG`; English when it does not ship. */
export function consoleLanguage(environment: NodeJS.ProcessEnv): string {
  const asked = (environment['LC_ALL'] ?? environment['LANG'] ?? '').slice(0, 2).toLowerCase()
  return languages.includes(asked) ? asked : 'en'
}
