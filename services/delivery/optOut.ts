import type { Database } from '../platform/database.ts'
import type { ConversationId } from '../platform/ids.ts'

/** The person wants no more messages on the channel, or the carrier lets none through: nothing leaves from now on. */
export async function optOut(database: Database, id: ConversationId, how: 'word' | 'carrier'): Promise<void> {
  await database.db
    .insertInto('opt_outs')
    .columns(['channel', 'contact_index', 'how'])
    .expression((query) =>
      query
        .selectFrom('conversations')
        .select((row) => ['channel', 'contact_index', row.val(how).as('how')])
        .where('id', '=', id),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** They want messages again. */
export async function optIn(database: Database, id: ConversationId): Promise<void> {
  await database.db
    .deleteFrom('opt_outs as o')
    .using('conversations as c')
    .whereRef('c.channel', '=', 'o.channel')
    .whereRef('c.contact_index', '=', 'o.contact_index')
    .where('c.id', '=', id)
    .execute()
}
