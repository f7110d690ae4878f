import { expect } from 'chai'
import { plainSigns, segmentsOf } from '../../bots/channels/twilio/segments.ts'
import type { Delivered } from '../providers/twilio/webhooks.ts'
import { openSmsWorld, type SmsWorld } from '../support/smsWorld.ts'

const ANA = '+15145550100'

/** The status that the last attempt was answered with. */
function statusOf({ attempts }: Delivered): number | undefined {
  const end = attempts.at(-1)?.end
  return typeof end === 'object' ? end.status : undefined
}

describe('SMS', function () {
  this.timeout(30_000)
  let world: SmsWorld
  beforeEach(async () => (world = await openSmsWorld()))
  afterEach(() => world.stop())

  const phone = () => world.twilio.phone(ANA)
  async function writes(text: string): Promise<number | undefined> {
    world.clock.advance({ seconds: 1 })
    const { status } = await phone().writes(text)
    await world.settled()
    // A long code carries a segment a second.
    world.clock.advance({ seconds: 30 })
    world.twilio.carry()
    return status
  }
  const texts = (): string => phone().texts().join('\n---\n')
  const pool = () => world.server.running.platform.database.pool
  async function states(): Promise<string[]> {
    const { rows } = await pool().query<{ said: string }>(
      `select d.state || coalesce(' ' || d.code, '') as said
         from deliveries d join messages m on m.id = d.message_id order by m.seq, d.part`,
    )
    return rows.map(({ said }) => said)
  }
  async function later(seconds: number): Promise<void> {
    world.clock.advance({ seconds })
    await world.server.running.dispatcher.settle()
    await world.server.running.dispatcher.drain()
    world.twilio.carry()
  }

  it('is a whole conversation: choices are numbers, and words do too', async () => {
    expect(await writes('Bonjour, je voudrais de l’aide pour mon arrivée')).to.equal(200)
    expect(texts()).to.match(/un programme, pas une personne/)
    expect(texts()).to.match(/^1\. Oui, j'accepte$/m)
    await writes('1')
    expect(texts()).to.match(/Comment voulez-vous qu'on vous appelle/)
    await writes('Ana')
    await writes('À l’étranger')
    expect(texts()).to.match(/Merci, Ana/)
    expect(texts()).to.match(/Quand arrivez-vous/)
  })

  it('takes only what the account signed, for its own number', async () => {
    const fields = {
      AccountSid: world.twilio.account.sid,
      MessageSid: `SM${'a'.repeat(32)}`,
      From: ANA,
      To: '+15145550199',
      Body: 'x',
    }
    for (const signature of ['bad', 'absent', 'sha256'] as const)
      expect(statusOf(await world.twilio.post(fields, { signature })), signature).to.equal(403)
    expect(statusOf(await world.twilio.post({ ...fields, AccountSid: `AC${'0'.repeat(32)}` }))).to.equal(403)
    expect(statusOf(await world.twilio.post({ ...fields, To: '+15005550006' }))).to.equal(403)
    const { rows } = await pool().query('select 1 from conversations')
    expect(rows).to.have.lengthOf(0)
  })

  it('verifies forms that a parser would change: plus signs, brackets, names that come twice', async () => {
    const { sid } = world.twilio.account
    const own = await world.twilio.post([
      ['AccountSid', sid],
      ['Body', '1 + é'],
      ['From', ANA],
      ['MessageSid', `SM${'c'.repeat(32)}`],
      ['To', world.server.running.platform.settings.twilio?.smsFrom ?? ''],
      ['a[b]', '1'],
      ['z', '2'],
      ['z', '1'],
    ])
    expect(statusOf(own)).to.equal(200)
  })

  it('takes a message once, however often it comes', async () => {
    const first = await phone().writes('Bonjour, merci de votre aide pour la suite')
    await Promise.all([first.again(), first.again()])
    await world.settled()
    world.clock.advance({ seconds: 30 })
    world.twilio.carry()
    expect(texts().match(/un programme, pas une personne/g)).to.have.lengthOf(1)
  })

  describe('opting out', () => {
    for (const word of ['arrêt', ' Arret. ', 'DESABONNER'])
      it(`${word.trim()}: is confirmed once, and nothing leaves any more, also what waited; DEBUT restores it`, async () => {
        await writes('Bonjour, je voudrais de l’aide pour mon arrivée')
        const before = phone().texts().length
        await writes(word)
        expect(phone().texts().slice(before)).to.deep.equal([
          'Parcours : vous ne recevrez plus de textos de nous. Pour en recevoir, ecrivez DEBUT.',
        ])
        await writes('aide-moi quand même s’il te plaît')
        expect(phone().texts().length).to.equal(before + 1)
        expect((await states()).at(-1)).to.equal('failed optedOut')
        await writes('DEBUT')
        await writes('Oui, j’accepte')
        expect(texts()).to.match(/appelle/)
      })

    it('STOP is answered by the carrier, and not by us', async () => {
      await writes('Bonjour, je voudrais de l’aide pour mon arrivée')
      const ours = world.twilio.record.messages.length
      await writes('STOP')
      expect(world.twilio.record.messages.length).to.equal(ours)
      await writes('START')
      await writes('Oui, j’accepte')
      expect(texts()).to.match(/appelle/)
    })

    it('a refusal of the carrier’s is an opt-out too', async () => {
      await writes('Bonjour, je voudrais de l’aide pour mon arrivée')
      world.twilio.fail({ twilio: { status: 400, code: 21610 } })
      await writes('zzz')
      expect((await states()).at(-1)).to.equal('failed 21610')
      const { rows } = await pool().query<{ how: string }>('select how from opt_outs')
      expect(rows).to.deep.equal([{ how: 'carrier' }])
    })
  })

  describe('what became of a message', () => {
    it('is known from statuses in any order, twice, and before the answer', async () => {
      world.twilio.callbacks({ when: 'flush', order: 'reversed', times: 2 })
      await writes('Bonjour, je voudrais de l’aide pour mon arrivée')
      await world.twilio.flushCallbacks()
      expect(new Set(await states())).to.deep.equal(new Set(['delivered']))
      world.twilio.callbacks({ when: 'beforeAnswer' })
      await writes('zzz')
      await world.twilio.flushCallbacks()
      expect((await states()).at(-1)).to.match(/^(sent|delivered)$/)
    })

    it('is a failure where the carrier says so, with its code', async () => {
      await writes('Bonjour, je voudrais de l’aide pour mon arrivée')
      world.twilio.ends({ undelivered: 30006 })
      await writes('zzz')
      await world.twilio.flushCallbacks()
      expect((await states()).at(-1)).to.equal('failed 30006')
    })

    for (const fault of ['truncated', 'acceptThenReset', 'acceptThen500', 'acceptThen502html'] as const)
      it(`${fault}: nothing is sent again before Twilio was asked, which has it`, async () => {
        await writes('Bonjour, je voudrais de l’aide pour mon arrivée')
        const before = world.twilio.record.messages.length
        world.twilio.fail(fault)
        await writes('zzz')
        expect((await states()).at(-1)).to.match(/^unclear/)
        await later(21)
        expect((await states()).at(-1)).to.match(/^sent/)
        expect(world.twilio.record.messages.length).to.equal(before + 1)
      })

    for (const fault of ['resetBefore', '502html', 500, 503] as const)
      it(`${String(fault)}: it is sent once more, when Twilio has twice not had it`, async () => {
        await writes('Bonjour, je voudrais de l’aide pour mon arrivée')
        const before = world.twilio.record.messages.length
        world.twilio.fail(fault)
        await writes('zzz')
        await later(21)
        expect(world.twilio.record.messages.length).to.equal(before)
        await later(61)
        expect((await states()).at(-1)).to.match(/^sent/)
        expect(world.twilio.record.messages.length).to.equal(before + 1)
      })

    it('429: the account rests as long as Twilio asked, and the message leaves then', async () => {
      await writes('Bonjour, je voudrais de l’aide pour mon arrivée')
      const before = world.twilio.record.messages.length
      world.twilio.fail({ tooMany: { retryAfter: 120 } })
      await writes('zzz')
      await later(60)
      expect(world.twilio.record.messages.length).to.equal(before)
      await later(40)
      expect(world.twilio.record.messages.length).to.equal(before + 1)
    })
  })

  it('writes only to numbers that are allowed', async () => {
    await world.twilio.phone('+4479460958').writes('Hello, I would like some help please')
    await world.settled()
    expect((await states()).at(0)).to.equal('failed prefixNotAllowed')
  })

  it('counts segments as the carriers do', () => {
    const table: readonly (readonly [string, number])[] = [
      ['é'.repeat(160), 1],
      ['é'.repeat(161), 2],
      ['ê'.repeat(70), 1],
      ['ê'.repeat(71), 2],
      ['😀'.repeat(35), 1],
      ['😀'.repeat(36), 2],
      ['€'.repeat(80), 1],
      ['€'.repeat(81), 2],
    ]
    for (const [text, segments] of table) expect(segmentsOf(text), `${text[0]} × ${text.length}`).to.equal(segments)
    expect(plainSigns('« L’été… » – œuf\u00a0!')).to.equal('"L\'été..." - oeuf !')
  })
})

describe('WhatsApp', function () {
  this.timeout(30_000)
  let world: SmsWorld
  beforeEach(async () => (world = await openSmsWorld()))
  afterEach(() => world.stop())

  it('is the same conversation, within a day of the last word', async () => {
    const person = world.twilio.phone(`whatsapp:${ANA}`)
    await person.writes('Bonjour, je voudrais de l’aide pour mon arrivée')
    await world.settled()
    world.twilio.carry()
    expect(person.texts().join('\n')).to.match(/un programme, pas une personne/)
  })
})
