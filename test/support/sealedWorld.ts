import { findOrCreateConversation, openConversation, readLog } from '../../services/conversations/index.ts'
import { dueHeads } from '../../services/delivery/index.ts'
import { readFile, receiveFile, storeFiles } from '../../services/files/index.ts'
import {
  addNote,
  closeConversation,
  readConversation,
  requestPerson,
  takeConversation,
} from '../../services/handoff/index.ts'
import { giveConsent, saveAnswer } from '../../services/newcomers/index.ts'
import { randomId, type ConversationId } from '../../services/platform/ids.ts'
import { SealBroken } from '../../services/platform/keys.ts'
import { openDeskWorld, type DeskWorld } from './deskWorld.ts'

/** One sealed value where it is kept. */
export interface Sealed {
  /** `table.column` */
  column: string
  /** The row, as a condition of SQL. */
  row: string
  value: Buffer
}

/** A conversation in which every sealed column has a value, most of them two, all readable. */
export interface SealedWorld {
  readonly world: DeskWorld
  /** Every sealed value of it and of another person's, as they were written. */
  readonly values: readonly Sealed[]
  /** Of those, one a column: what a test changes and restores. */
  readonly targets: readonly Sealed[]
  put(target: Sealed, value: Buffer): Promise<void>
  /** Reads all of the conversation as the product does: `readable`, `broken` (SealBroken), or what else happened. */
  read(): Promise<string>
  close(): Promise<void>
}

/** The columns that are sealed, as the tables say it. */
const COLUMNS = `select table_name as t, column_name as c from information_schema.columns
  where table_schema = 'public' and data_type = 'bytea' and (column_name like '%\\_sealed' or column_name = 'wrapped')
  order by 1, 2`
const KEYS: Record<string, string[]> = { file_answers: ['newcomer_id', 'name'] }

/** Opens one on a database of its own. */
export async function openSealedWorld(): Promise<SealedWorld> {
  const world = await openDeskWorld()
  const { platform } = world
  const { database, keys } = platform
  const agent = await world.agent('Camille Roy', 'supervisor')
  const id = await conversation('one')
  const other = await conversation('two')
  // The other conversation under the first one's key: what does not open there is kept out by its place alone.
  const keyOf = database.db.selectFrom('conversations').select('data_key_id').where('id', '=', id)
  await database.db.updateTable('conversations').set({ data_key_id: keyOf }).where('id', '=', other).execute()

  async function conversation(name: string): Promise<ConversationId> {
    const contact = randomId()
    const { id: made } = await findOrCreateConversation(database, keys, {
      // Heads of line are read all together: only one of them has an address.
      channel: name === 'one' ? 'sealed' : 'directline',
      contact,
      userId: contact,
      language: 'fr',
      ...(name === 'one' ? { address: 'an address' } : {}),
    })
    await world.says(made, `${name}: bonjour`)
    await world.turn(made, (tx, c, at) => {
      giveConsent(tx, keys, c, { purpose: 'file', wordsKey: 'x', seq: c.seq, at })
      for (const answer of ['preferredName', 'whereNow'])
        saveAnswer(tx, c, { name: answer, value: `${name} ${answer}`, author: 'newcomer', dialog: 'x', seq: c.seq, at })
      storeFiles(
        tx,
        c,
        randomId(),
        ['a', 'b'].map((file) => receiveFile(`${file}.txt`, Buffer.from(`${name} ${file}`))),
        at,
      )
      c.state = { of: name }
    })
    for (const reason of ['asked', 'failure'] as const) {
      await world.turn(made, (tx, c, at) => requestPerson(tx, c, { reason, lastWords: name, known: {}, at }))
      await takeConversation(platform, agent, made)
      await addNote(platform, agent, made, `${name}: ${reason}`)
      if (reason === 'asked') await closeConversation(platform, agent, made)
    }
    return made
  }

  const { rows: columns } = await database.pool.query<{ t: string; c: string }>(COLUMNS)
  const values: Sealed[] = []
  for (const { t, c } of columns) {
    const row = (KEYS[t] ?? ['id']).map((key) => `'${key} = ' || quote_literal(${key})`).join(` || ' and ' || `)
    const { rows } = await database.pool.query<{ row: string; value: Buffer }>(
      `select ${row} as row, ${c} as value from ${t} where ${c} is not null order by 1`,
    )
    values.push(...rows.map((one) => ({ column: `${t}.${c}`, ...one })))
  }

  async function readAll(): Promise<void> {
    const c = await database.transaction((tx) => openConversation(tx, keys, id))
    if (c?.state === null || c?.answers.size !== 2) throw new Error('no state or no answers')
    const { messages } = await readLog(database.db, keys, id, { after: 0 }, 100)
    const heads = await dueHeads(database, keys, { channels: ['sealed'], limit: 10, clock: platform.clock })
    if (!heads.some(({ address }) => address === 'an address')) throw new Error('no address')
    const sheet = await readConversation(platform, agent, id)
    const files = await database.db.selectFrom('attachments').select('id').where('conversation_id', '=', id).execute()
    for (const file of files) await readFile(database, keys, file.id)
    if (messages.length < 3 || files.length !== 2 || sheet.notes.length !== 2) throw new Error('something was not read')
    if (sheet.card.handoff === null || sheet.file?.answers.length !== 2) throw new Error('no hand-off or no file')
  }

  async function put({ column, row }: Sealed, value: Buffer): Promise<void> {
    const [table, name] = column.split('.')
    await database.pool.query(`update ${table} set ${name} = $1 where ${row}`, [value])
  }
  const read = (): Promise<string> =>
    readAll().then(
      () => 'readable',
      (error: unknown) => (error instanceof SealBroken ? 'broken' : `failed otherwise: ${String(error)}`),
    )

  /** The first value of each column without which the conversation does not read. */
  async function findTargets(): Promise<Sealed[]> {
    const found: Sealed[] = []
    for (const { t, c } of columns) {
      for (const one of values.filter(({ column }) => column === `${t}.${c}`)) {
        await put(one, Buffer.alloc(40))
        const breaks = (await read()) === 'broken'
        await put(one, one.value)
        if (breaks) {
          found.push(one)
          break
        }
      }
      if (found.at(-1)?.column !== `${t}.${c}`) throw new Error(`nothing reads ${t}.${c}: teach sealedWorld to`)
    }
    return found
  }

  return { world, values, targets: await findTargets(), put, read, close: () => world.close() }
}
