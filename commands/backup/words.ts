import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { has, speak } from '../../services/locales/index.ts'
import { BackupRefused } from '../../services/platform/backup/index.ts'
import { startUpLine } from '../../services/platform/startUpLine.ts'

/** The disk, or what this user may take of it, is full. */
const NO_ROOM = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

/** Not one file was named. The message says how to. */
class WrongUse extends Error {}

/**
 * The one file that was named, absolute: seen from where npm was called, not from where it runs us.
 * `usage` is what to say when there is not exactly one.
 */
export function namedFile(args: string[], environment: NodeJS.ProcessEnv, usage: string): string {
  const { positionals } = parseArgs({ args, allowPositionals: true, strict: false })
  const [file] = positionals
  if (file === undefined || file === '' || positionals.length > 1) throw new WrongUse(usage)
  return resolve(environment['INIT_CWD'] ?? '.', file)
}

/** Why a backup was not made or not restored: one line, in the console's language. */
export function backupLine(error: unknown, language: string): string {
  if (error instanceof BackupRefused)
    return speak(language, `console:backup.refused.${error.code}`, { detail: error.detail })
  if (error instanceof WrongUse) return error.message
  const { code, path, name } = error as NodeJS.ErrnoException
  if (name === 'AbortError') return speak(language, 'console:backup.stopped')
  if (code !== undefined && NO_ROOM.has(code)) return speak(language, 'console:backup.noRoom', { code })
  if (path !== undefined && has(language, `console:backup.file.${code}`))
    return speak(language, `console:backup.file.${code}`)
  return startUpLine(error)
}

/** When a backup was made, as it is said at the console: its own time zone is UTC. */
export const momentText = (iso: string): string => `${iso.slice(0, 19).replace('T', ' ')} UTC`
