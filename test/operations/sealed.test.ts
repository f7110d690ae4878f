import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import pg from 'pg'
import { openKeys, SealBroken } from '../../services/platform/keys.ts'
import { proveMasterKey } from '../../services/platform/masterKey.ts'
import { everyRow } from '../support/databaseDisk.ts'
import type { TestDatabase } from '../support/database.ts'
import { openDirectLineUser } from '../support/directLineUser.ts'
import { eventually } from '../support/eventually.ts'
import { proves } from '../support/proofs.ts'
import { openSealedWorld, type Sealed, type SealedWorld } from '../support/sealedWorld.ts'
import { randomFrom, seedOfThisRun } from '../support/seeded.ts'
import { startTestServer } from '../support/server.ts'
import { startServerProcess } from '../support/serverProcess.ts'

const long = process.env['TEST_LONG'] === '1'
const SEALS = long ? 1_000_000 : 20_000
const STARTS = long ? 20 : 5
const RACES = long ? 100 : 10
const STORED_FLIPS = long ? 1_000 : 60
/** A sealed value: version (1 byte), nonce (12), tag (16), what was sealed. */
const CLASSES = { version: [0, 1], nonce: [1, 13], tag: [13, 29], body: [29, Infinity] } as const

describe('what people said is sealed where it is kept', function () {
  this.timeout(long ? 600_000 : 60_000)

  describe('and opens nowhere else, nor changed', () => {
    let world: SealedWorld
    before(async () => void (world = await openSealedWorld()))
    after(() => world.close())

    proves('H2', 'a sealed value that was put into another place does not open', async (proof) => {
      expect(await world.read(), 'before').to.equal('readable')
      let tried = 0
      const passed: string[] = []
      for (const target of world.targets) {
        for (const donor of world.values) {
          if (donor.value.equals(target.value)) continue
          await world.put(target, donor.value)
          tried += 1
          const outcome = await world.read()
          if (outcome !== 'broken') passed.push(`${donor.column} in ${target.column}: ${outcome}`)
        }
        await world.put(target, target.value)
      }
      expect(await world.read(), 'restored').to.equal('readable')
      const columns = world.targets.length
      proof.tried(
        `${tried} ciphertexts put into another row or column of the ${columns} sealed columns, most under the same key`,
      )
      proof.figure(`${tried - passed.length}/${tried} refused by SealBroken`)
      expect(tried).to.be.above(columns * 10)
      expect(passed).to.deep.equal([])
    })

    proves('H2', 'a flipped bit is always noticed', async (proof) => {
      const seed = seedOfThisRun()
      proof.seed(seed)
      const random = randomFrom(seed)
      const below = (n: number): number => Math.floor(random() * n)
      const { key } = openKeys(randomBytes(32)).newDataKey('k')
      const missed: string[] = []
      let inMemory = 0
      for (const name of Object.keys(CLASSES) as (keyof typeof CLASSES)[])
        for (let i = 0; i < 250; i += 1) {
          const whole = key.seal('t.c:1', 'x'.repeat(1 + below(300)))
          inMemory += 1
          if (opens(() => key.open('t.c:1', flipped(whole, name, below)))) missed.push(`${name} of a value`)
        }
      const whole = key.sealBytes('t.c:1', randomBytes(64))
      for (let length = 0; length < whole.length; length += 1)
        if (opens(() => key.openBytes('t.c:1', whole.subarray(0, length)))) missed.push(`cut at ${length}`)
      if (opens(() => key.openBytes('t.c:1', Buffer.concat([whole, Buffer.of(0)])))) missed.push('a byte more')

      const names = Object.keys(CLASSES) as (keyof typeof CLASSES)[]
      for (let i = 0; i < STORED_FLIPS; i += 1) {
        const target = world.targets[i % world.targets.length] as Sealed
        const name = names[below(names.length)] ?? 'body'
        await world.put(target, flipped(target.value, name, below))
        const outcome = await world.read()
        if (outcome !== 'broken') missed.push(`${name} of ${target.column}: ${outcome}`)
        await world.put(target, target.value)
      }
      expect(await world.read(), 'restored').to.equal('readable')
      const tried = inMemory + whole.length + 1 + STORED_FLIPS
      proof.tried(
        `${inMemory} flips (250 each in version, nonce, tag, body), ${STORED_FLIPS} in the database's columns, ${whole.length + 1} cut or longer`,
      )
      proof.figure(`${tried - missed.length}/${tried} noticed`)
      expect(missed).to.deep.equal([])
    })
  })

  proves('H2', 'no nonce comes twice', async (proof) => {
    const { key } = openKeys(randomBytes(32)).newDataKey('k')
    const nonces = new Set<string>()
    for (let i = 0; i < SEALS; i += 1) nonces.add(key.seal('t.c:1', i).toString('latin1', 1, 13))
    proof.tried(`${SEALS} seals under one key`)
    proof.figure(`${SEALS - nonces.size} nonces twice`)
    expect(nonces.size).to.equal(SEALS)
  })

  proves('H2', 'a server with another master key does not start', async (proof) => {
    const first = await startTestServer()
    const { database } = first
    const { platform } = first.running
    const client = new pg.Client(database.connection)
    await client.connect()
    try {
      await (await openDirectLineUser(first.url)).say('bonjour')
      const before = await everyRow(client)
      const refused: string[] = []
      for (let i = 0; i < STARTS; i += 1) refused.push(await startTestServer({ database }).then(nameOf, nameOf))
      expect((await everyRow(client)).bytes.equals(before.bytes), 'the rows are as they were').to.equal(true)
      if (long) await refuseAsProcess(database)

      // Nodes that start at once on an empty database with a key each: one of them makes it its own.
      let winners = 0
      for (let i = 0; i < RACES; i += 1) {
        await client.query("delete from data_keys where id = 'master-key'")
        const racers = Array.from({ length: 8 }, () => proveMasterKey(platform.database, openKeys(randomBytes(32))))
        winners += (await Promise.allSettled(racers)).filter(({ status }) => status === 'fulfilled').length
      }
      proof.tried(
        `${STARTS} starts on a used database with another MASTER_KEY; ${RACES} races of 8 nodes with a key each on an empty one`,
      )
      proof.figure(
        `${refused.filter((one) => one === 'SettingsError').length}/${STARTS} refused, no row written; ${winners} winners of ${RACES} races`,
      )
      expect(refused).to.deep.equal(Array.from({ length: STARTS }, () => 'SettingsError'))
      expect(winners).to.equal(RACES)
    } finally {
      await client.end()
      await first.stop()
    }
  })
})

/** As an operator sees it: one line, no port. */
async function refuseAsProcess({ connection: { host, port, user, database: name } }: TestDatabase): Promise<void> {
  const other = await startServerProcess({
    DATABASE_URL: `postgres://${user}@localhost:${port}/${name}?host=${encodeURIComponent(String(host))}`,
    MASTER_KEY: randomBytes(32).toString('base64'),
  })
  try {
    await eventually('the refusal', () => other.output().includes('parcours: '), 20_000)
    expect(await other.terminate(), 'exit code').to.equal(1)
    expect(other.output().trim()).to.match(/^parcours: MASTER_KEY is not the key of this database.*$/)
    expect(
      await fetch(`${other.url}/healthz`).then(
        () => 'open',
        () => 'closed',
      ),
    ).to.equal('closed')
  } finally {
    await other.dispose()
  }
}

const nameOf = (outcome: object): string => outcome.constructor.name

/** A copy with one bit of a part flipped. */
function flipped(sealed: Buffer, part: keyof typeof CLASSES, below: (n: number) => number): Buffer {
  const [from, to] = CLASSES[part]
  const at = from + below(Math.min(to, sealed.length) - from)
  const changed = Buffer.from(sealed)
  changed[at] = (changed[at] ?? 0) ^ (1 << below(8))
  return changed
}

function opens(open: () => unknown): boolean {
  try {
    open()
    return true
  } catch (error) {
    if (error instanceof SealBroken) return false
    throw error
  }
}
