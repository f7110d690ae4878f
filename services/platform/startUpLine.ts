import { consoleLanguage, has, speak } from '../locales/index.ts'
import { PostgresStartError } from './postgres/index.ts'
import { SettingsError } from './settings.ts'

/**
 * Why the server could not start, in one line without any value of the settings, in the language of the
 * person at the console. PostgreSQL's and the system's codes have their words in `console:cannotStart`.
 */
export function startUpLine(error: unknown, environment: NodeJS.ProcessEnv = process.env): string {
  if (error instanceof SettingsError || error instanceof PostgresStartError) return error.message
  const language = consoleLanguage(environment)
  const code = (error as { code?: unknown } | null)?.code
  if (typeof code === 'string' && has(language, `console:cannotStart.${code}`))
    return speak(language, `console:cannotStart.${code}`)
  const reason = typeof code === 'string' ? code : error instanceof Error ? error.message : typeof error
  return speak(language, 'console:cannotStart.other', { reason })
}
