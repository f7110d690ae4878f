import { expect } from 'chai'
import { pauseAccount } from '../../services/delivery/index.ts'
import { repeated } from '../providers/twilio/index.ts'
import { seedOfThisRun } from '../support/seeded.ts'
import type { TestServer } from '../support/server.ts'
import { openSmsWorld, type SmsWorld } from '../support/smsWorld.ts'

const LONG = process.env['TEST_LONG'] === '1'
/** Each is answered by three messages. */
const PEOPLE = LONG ? 3_334 : 150

describe('delivery under faults', function () {
  this.timeout(LONG ? 900_000 : 60_000)
  let world: SmsWorld
  let node2: TestServer
  before(async () => {
    world = await openSmsWorld()
    node2 = await world.secondNode()
  })
  after(async () => {
    await node2.stop()
    await world.stop()
  })

  it('loses nothing and doubles nothing but what it says is uncertain, while one call in five fails in every way', async () => {
    const seed = seedOfThisRun()
    const { platform, dispatcher } = world.server.running
    const { pool } = platform.database
    const numbers = Array.from({ length: PEOPLE }, (_, i) => `+1514555${String(1000 + i).padStart(4, '0')}`)
    // Everybody writes once, while the account rests: all that is said to them waits, and then leaves at once.
    const { sid } = world.twilio.account
    const rest = { account: `sms:${sid}`, code: 'rests', forMs: 3_600_000 }
    await pauseAccount(platform.database, rest, world.clock)
    for (const number of numbers) await world.twilio.phone(number).writes('Bonjour, je voudrais de l’aide pour arriver')
    world.twilio.callbacks({ when: 'flush' })
    world.twilio.soak({
      seed,
      faults: {
        truncated: 0.04,
        acceptThenReset: 0.03,
        acceptThen500: 0.03,
        resetBefore: 0.03,
        '500': 0.03,
        '502html': 0.02,
        '503': 0.02,
      },
      callbacks: { never: 0.3, doubled: 0.2, reversed: 0.2 },
    })
    await world.server.running.webhooksTaken()
    expect(world.twilio.record.messages, 'left too early').to.have.lengthOf(0)
    world.clock.advance({ hours: 1 })
    const started = performance.now()
    let seconds = 0
    let first = 0
    for (let round = 0; round < 40; round += 1) {
      // Both nodes go for the same heads of line.
      await Promise.all([dispatcher.drain(), node2.running.dispatcher.drain()])
      if (round === 0) first = world.twilio.record.requests.length
      if (round === 0) seconds = (performance.now() - started) / 1000
      world.clock.advance({ seconds: 61 })
      world.twilio.carry()
      await world.twilio.flushCallbacks()
      await Promise.all([dispatcher.settle(), node2.running.dispatcher.settle()])
      const { rows } = await pool.query<{ open: string }>(
        `select count(*) as open from messages where delivery in ('pending', 'sending')`,
      )
      if (rows[0]?.open === '0') break
    }
    const { rows } = await pool.query<{ delivery: string; n: string }>(
      `select delivery, count(*) as n from messages where author <> 'newcomer' group by delivery order by delivery`,
    )
    const by = Object.fromEntries(rows.map(({ delivery, n }) => [delivery, Number(n)]))
    const { rows: resent } = await pool.query<{ n: string }>('select count(*) as n from deliveries where resent')
    const twice = repeated(world.twilio.record, ({ callbackQuery }) => String(callbackQuery['mark']))
    const accepted = new Set(world.twilio.record.messages.map(({ callbackQuery }) => String(callbackQuery['mark'])))
    const total = Object.values(by).reduce((sum, n) => sum + n, 0)
    const failed = world.twilio.record.requests.filter(({ fault }) => fault !== undefined).length
    console.log(
      `      ${total} messages to ${PEOPLE} people, 2 nodes, 20 % of calls fail → ${JSON.stringify(by)}, ${resent[0]?.n} sent a second time, ${twice.length} doubled; ${failed} calls failed; the first round ${(first / seconds).toFixed(0)} a second (SEED=${seed})`,
    )
    expect(by['pending'] ?? 0, 'left').to.equal(0)
    expect(by['sending'] ?? 0, 'left').to.equal(0)
    expect(failed, 'calls that failed').to.be.above(total / 20)
    expect(twice, 'doubled').to.deep.equal([])
    const { rows: sent } = await pool.query<{ id: string }>(
      `select id from deliveries where state in ('sent', 'delivered', 'read')`,
    )
    expect(
      sent.filter(({ id }) => !accepted.has(id)),
      'said to be sent, and were not',
    ).to.have.lengthOf(0)
  })
})
