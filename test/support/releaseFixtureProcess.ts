import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { prepareDemo } from '../../commands/demo/prepare.ts'
import { runCommand } from './backups.ts'

/**
 * `node test/support/releaseFixtureProcess.ts`: writes the backup of this version, by which later versions prove that
 * they take over what it left: invented people only, and a key that opens nothing else. Run it for a version that is
 * not yet released, as often as its migrations change; never again afterwards.
 */
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
const target = join('test', 'fixtures', 'releases')
const folder = mkdtempSync(join(tmpdir(), 'parcours-release-'))
const dataDir = join(folder, 'data')
try {
  await prepareDemo({ ...process.env, DATABASE_URL: undefined, MASTER_KEY: undefined, DATA_DIR: dataDir }, () => {})
  const backup = await runCommand('backup', [join(folder, 'made')], { DATA_DIR: dataDir })
  if (backup.code !== 0) throw new Error(backup.complaints.join('\n'))
  if (!existsSync(target)) mkdirSync(target, { recursive: true })
  copyFileSync(join(folder, 'made'), join(target, `${version}.backup`))
  copyFileSync(join(dataDir, 'secrets.json'), join(target, `${version}.test-key.json`))
  console.log(backup.stdout.split('\n')[0])
} finally {
  rmSync(folder, { recursive: true, force: true })
}
process.exit(0)
