import type { Database } from './database.ts'
import { SealBroken, type Keys } from './keys.ts'
import { SettingsError } from './settings.ts'

/** The row of `data_keys` that seals nothing: it is there to be opened at each start. */
const WITNESS = 'master-key'

/**
 * Proves that this server's master key is the one of its database; the first server that starts on a
 * database makes it so. With another key everything that is kept could not be read, and what would be
 * written now could not be read by the other nodes: better not to start. Throws `SettingsError`.
 */
export async function proveMasterKey(database: Database, keys: Keys): Promise<void> {
  const { wrapped } = keys.newDataKey(WITNESS)
  const kept = await database.hold(async () => {
    await database.db
      .insertInto('data_keys')
      .values({ id: WITNESS, wrapped })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute()
    // A statement of its own: of two nodes that start at once, both read what the quicker one wrote.
    return database.db.selectFrom('data_keys').select('wrapped').where('id', '=', WITNESS).executeTakeFirstOrThrow()
  })
  try {
    keys.unwrap(WITNESS, kept.wrapped)
  } catch (error) {
    if (!(error instanceof SealBroken)) throw error
    throw new SettingsError('MASTER_KEY is not the key of this database (DATA_DIR/secrets.json, when it is not set)')
  }
}
