import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { consoleLanguage, speak } from '../services/locales/index.ts'
import { BackupRefused, writeBackup } from '../services/platform/backup/index.ts'
import { openKeys } from '../services/platform/keys.ts'
import { readSettings } from '../services/platform/settings.ts'
import { onStopSignal } from '../services/platform/stopSignals.ts'
import { visitDatabase } from './backup/database.ts'
import { backupLine, momentText, namedFile } from './backup/words.ts'

const language = consoleLanguage(process.env)
const say = (key: string, params: Record<string, string | number> = {}): void =>
  console.log(speak(language, `console:backup.${key}`, params))

/** `npm run backup -- FILE`: everything that the database holds, at one instant, while the server runs or not. */
async function main(): Promise<void> {
  const file = namedFile(process.argv.slice(2), process.env, speak(language, 'console:backup.usage'))
  const started = performance.now()
  const settings = readSettings(withoutNewDatabase(process.env))
  const stop = new AbortController()
  onStopSignal(() => stop.abort())
  const database = await visitDatabase(settings)
  try {
    const keys = openKeys(settings.masterKey)
    const { rows, tables, bytes, createdAt } = await writeBackup(database.connection, file, keys, stop.signal)
    const size = (bytes / 1e6).toFixed(1)
    say('written', { file, rows, tables, size, at: momentText(createdAt), seconds: secondsSince(started) })
  } finally {
    await database.leave()
  }
  if ((process.env['MASTER_KEY'] ?? '') !== '') say('keyInSetting')
  else say('keyInFile', { file: join(settings.dataDir, 'secrets.json') })
  say('try')
}

/** The environment, once it is known that there is a database: to read the settings would make the key of a new one. */
function withoutNewDatabase(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const folder = resolve(environment['DATA_DIR'] || './data', 'postgres')
  if ((environment['DATABASE_URL'] ?? '') === '' && !existsSync(folder)) throw new BackupRefused('noDatabase')
  return environment
}

const secondsSince = (started: number): string => ((performance.now() - started) / 1000).toFixed(1)

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(`parcours: ${backupLine(error, language)}`)
    process.exit(1)
  },
)
