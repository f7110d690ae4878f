import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { consoleLanguage, speak } from '../services/locales/index.ts'
import { BackupRefused, expectRestorable, openBackup, restoreBackup } from '../services/platform/backup/index.ts'
import { openKeys } from '../services/platform/keys.ts'
import { readSettings } from '../services/platform/settings.ts'
import { onStopSignal } from '../services/platform/stopSignals.ts'
import { takeDatabase } from './backup/database.ts'
import { backupLine, momentText, namedFile } from './backup/words.ts'

const language = consoleLanguage(process.env)
const say = (key: string, params: Record<string, string | number>): void =>
  console.log(speak(language, `console:restore.${key}`, params))

/** `npm run restore -- FILE`: a backup into an empty database, with the key that it was made with. */
async function main(): Promise<void> {
  const file = namedFile(process.argv.slice(2), process.env, speak(language, 'console:restore.usage'))
  const started = performance.now()
  const backup = await openBackup(file)
  const settings = readSettings(withKey(process.env))
  await expectRestorable(backup, openKeys(settings.masterKey))
  const stop = new AbortController()
  onStopSignal(() => stop.abort())
  say('restoring', { at: momentText(backup.header.createdAt) })
  const database = await takeDatabase(settings)
  try {
    const { rows, tables } = await restoreBackup(database.connection, backup, stop.signal)
    say('restored', { rows, tables, seconds: ((performance.now() - started) / 1000).toFixed(1) })
  } finally {
    await database.leave()
  }
}

/** The environment, once it is known that it has a key: to read the settings would make a new one, which opens nothing. */
function withKey(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const file = join(resolve(environment['DATA_DIR'] || './data'), 'secrets.json')
  if ((environment['MASTER_KEY'] ?? '') === '' && !existsSync(file)) throw new BackupRefused('noKey')
  return environment
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(`parcours: ${backupLine(error, language)}`)
    process.exit(1)
  },
)
