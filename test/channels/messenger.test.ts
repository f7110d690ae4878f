import { expect } from 'chai'
import { setProfile } from '../../bots/channels/messenger/index.ts'
import { openMessengerWorld, type MessengerWorld } from '../support/messengerWorld.ts'
import type { Person } from '../providers/graph/person.ts'

const wordsOf = ({ sees }: Person): string => sees.map(({ text }) => text).join('\n')

describe('Messenger', function () {
  this.timeout(30_000)
  let world: MessengerWorld
  beforeEach(async () => (world = await openMessengerWorld()))
  afterEach(() => world.stop())

  /** Somebody who has begun, in French, and is asked whether a file may be kept. */
  async function amina(): Promise<Person> {
    const person = world.graph.person()
    await person.says('Bonjour, je voudrais de l’aide pour mon arrivée')
    await world.settled()
    return person
  }
  const presses = async (person: Person, title: string): Promise<void> => {
    const choice = person.choices.find((one) => one.title === title)
    if (choice === undefined) throw new Error(`no [${title}] among ${person.choices.map((one) => one.title).join()}`)
    await person.taps(choice.payload, choice.title)
    await world.settled()
  }

  describe('the webhook', () => {
    it('answers Meta’s question with the challenge, byte for byte, and nobody else’s', async () => {
      const said = await world.graph.verify('a verify token of the tests', { challenge: '1158201444' })
      expect([said.status, said.text]).to.deep.equal([200, '1158201444'])
      expect((await world.graph.verify('another', { challenge: '1' })).status).to.equal(403)
      expect((await world.graph.verify('a verify token of the tests', { mode: 'unsubscribe' })).status).to.equal(403)
    })

    it('takes what is signed, as it was escaped, and nothing else', async () => {
      const person = world.graph.person()
      const one = person.event.says('déjà / là « é »')
      for (const signature of ['bad', 'absent', 'sha1', 'short', 'uppercase', 'otherSecret'] as const) {
        const { status } = await world.graph.send([one], { signature })
        expect(status, signature).to.equal(403)
      }
      await world.settled()
      expect(person.sees, 'nothing was kept of it').to.have.lengthOf(0)
      expect((await world.graph.send([person.event.says('déjà')], { escape: true })).status).to.equal(200)
      expect((await world.graph.send([person.event.says('é / raw')], { escape: false })).status).to.equal(200)
    })

    it('checks the signature before it reads, and is no Page’s for another object', async () => {
      expect((await world.graph.post('{not json', { signature: 'bad' })).status).to.equal(403)
      expect((await world.graph.post('{not json')).status).to.equal(404)
      expect((await world.graph.post({ object: 'user', entry: [] })).status).to.equal(404)
    })

    it('keeps the good ones of a batch that has bad ones in it', async () => {
      const person = world.graph.person()
      const { entry } = JSON.parse(
        (await world.graph.send([person.event.says('Bonjour tout le monde, merci')])).body.toString(),
      ) as { entry: { id: string; messaging: object[] }[] }
      const other = world.graph.person()
      const good = JSON.parse(
        (await world.graph.send([other.event.says('x')], { signature: 'bad' })).body.toString(),
      ) as {
        entry: { messaging: object[] }[]
      }
      const page = entry[0]?.id
      const status = (
        await world.graph.post({
          object: 'page',
          entry: [
            { id: page, time: 1, messaging: [{ message: { mid: 7 } }, 'nonsense', { sender: { id: '1' } }] },
            { id: page },
            {},
            { id: page, time: 1, messaging: good.entry[0]?.messaging },
          ],
        })
      ).status
      expect(status).to.equal(200)
      await world.settled()
      expect(other.sees.length).to.be.above(0)
    })

    it('takes a message once, however often it comes: in one batch, again, and at once', async () => {
      const person = world.graph.person()
      const one = person.event.says('Bonjour et merci de votre aide')
      await world.graph.send([one, one])
      await Promise.all([world.graph.send([one]), world.graph.send([one])])
      await world.graph.redeliver({ all: true })
      await world.settled()
      const greetings = person.sees.filter(({ text }) => text.includes('un programme, pas une personne'))
      expect(greetings).to.have.lengthOf(1)
    })
  })

  describe('a conversation', () => {
    it('begins with the first words, or with the button that opens it', async () => {
      const first = await amina()
      expect(wordsOf(first)).to.match(/un programme, pas une personne/)
      expect(wordsOf(first)).to.match(/Puis-je garder vos réponses/)
      const second = world.graph.person()
      await second.postback('GET_STARTED', 'Débuter')
      await world.settled()
      expect(second.choices.map(({ title }) => title)).to.deep.equal(['Français', 'English'])
      expect(second.sees.filter(({ text }) => /programme/.test(text))).to.have.lengthOf(1)
    })

    it('goes on by quick replies, whose titles may have been too long for a button', async () => {
      const person = await amina()
      await presses(person, 'Oui, j’accepte')
      await person.says('Amina')
      await world.settled()
      expect(wordsOf(person)).to.match(/Merci, Amina/)
      await presses(person, 'À l’étranger')
      await person.says('en mars')
      await world.settled()
      // One way of coming to Québec has a longer name than a quick reply: they are listed, and numbered.
      expect(person.sees.at(-1)?.text).to.match(/^1\. /m)
      expect(person.choices[0]?.title).to.equal('1')
      await presses(person, '2')
      expect(wordsOf(person)).to.match(/De quel pays/)
    })

    it('takes the number of a choice for the choice, where choices were numbered', async () => {
      const person = await amina()
      await presses(person, 'Oui, j’accepte')
      await presses(person, 'Passer')
      await presses(person, 'À l’étranger')
      await person.says('en mars')
      await world.settled()
      const [second] = person.sees.at(-1)?.text.match(/(?<=^2\. ).*/m) ?? []
      await person.says('2')
      await world.settled()
      expect(second).to.be.a('string')
      expect(wordsOf(person)).to.match(/De quel pays/)
    })

    it('marks each part, keeps the order, and is known as delivered and read', async () => {
      const person = await amina()
      await world.graph.flushEchoes()
      await person.receives()
      await person.reads()
      const { rows } = await world.server.running.platform.database.pool.query<{ state: string; n: string }>(
        'select state, count(*) as n from deliveries group by state',
      )
      expect(rows).to.deep.equal([{ state: 'read', n: String(person.sees.length) }])
      expect(world.graph.record.duplicates().size).to.equal(0)
      expect(person.sees.every(({ metadata }) => metadata !== undefined)).to.equal(true)
    })

    it('says nothing where somebody answers elsewhere, and danger is still heard', async () => {
      const person = await amina()
      await person.isAnsweredElsewhere('Bonjour, ici Julie de la Page')
      const before = person.sees.length
      await person.says('merci Julie')
      await world.settled()
      expect(person.sees.length).to.equal(before)
      await person.says('mon mari me frappe')
      await world.settled()
      expect(wordsOf(person)).to.match(/911/)
    })

    it('forgets what a person took back, and knows what they wrote again', async () => {
      const person = await amina()
      const said = await person.says('Je m’appelle Zorglub')
      const { mid } = (JSON.parse(said.body.toString()) as { entry: { messaging: { message: { mid: string } }[] }[] })
        .entry[0]!.messaging[0]!.message
      await world.settled()
      await person.edits(mid, 'Je m’appelle Zoé')
      expect(await log())
        .to.include('Je m’appelle Zoé')
        .and.not.include('Je m’appelle Zorglub')
      await person.unsends(mid)
      expect(await log()).to.not.include('Je m’appelle Zoé')
    })

    it('says plainly that nobody can open a picture or a place, and asks again', async () => {
      const person = await amina()
      const asked = person.sees.at(-1)?.text
      for (const send of [() => person.sendsAttachment('image'), () => person.sendsLocation(45.5, -73.6)]) {
        const before = person.sees.length
        await send()
        await world.settled()
        expect(person.sees[before]?.text).to.match(/ni moi ni l’équipe ne pouvons ouvrir/)
        expect(person.sees.at(-1)?.text).to.equal(asked)
      }
    })

    it('masks the number in what they wrote again', async () => {
      const person = await amina()
      const said = await person.says('Je m’appelle Zoé')
      const { mid } = (JSON.parse(said.body.toString()) as { entry: { messaging: { message: { mid: string } }[] }[] })
        .entry[0]!.messaging[0]!.message
      await world.settled()
      await person.edits(mid, 'Je m’appelle Zoé, mon NAS est le 046 454 286')
      expect(await log())
        .to.include('Je m’appelle Zoé, mon NAS')
        .and.not.include('046 454 286')
    })
  })

  describe('the profile of the Page', () => {
    it('is set as Meta takes it, and what its buttons say is understood', async () => {
      const { messenger } = world.server.running.platform.settings
      if (messenger === undefined) throw new Error('Messenger is set')
      expect(await setProfile(messenger)).to.equal(undefined)
      const profile = world.graph.profile() as {
        persistent_menu: { locale: string; call_to_actions: { title: string; payload: string }[] }[]
      }
      expect(profile.persistent_menu.map(({ locale }) => locale)).to.deep.equal(['default', 'en_US'])
      const [person] = profile.persistent_menu[0]?.call_to_actions ?? []
      const someone = await amina()
      await someone.postback(person?.payload ?? '', person?.title)
      await world.settled()
      expect(wordsOf(someone)).to.match(/Je demande une personne/)
    })

    it('is told not to be set when Meta refuses it', async () => {
      const { messenger } = world.server.running.platform.settings
      world.graph.fail({ graph: { code: 190 } }, { on: 'profile' })
      expect(messenger === undefined ? '' : await setProfile(messenger)).to.equal('190')
    })
  })

  describe('what may be sent', () => {
    it('is nothing after a day without a word, and that is on record', async () => {
      const person = await amina()
      const before = person.sees.length
      const { running } = world.server
      world.clock.advance({ hours: 25 })
      const [id] = await conversations()
      await running.turns.take({ conversationId: id!, externalId: 'late', kind: 'message', body: { text: 'aide' } })
      // The turn was ours alone: nobody wrote on Messenger.
      await running.platform.database.pool.query(`update conversations set newcomer_wrote_at = $1`, [
        new Date(world.clock.now().epochMilliseconds - 25 * 3_600_000),
      ])
      await world.settled()
      expect(person.sees.length).to.equal(before)
      expect(await states()).to.include('failed windowClosed')
      expect(world.graph.record.humanAgent()).to.have.lengthOf(0)
    })
  })

  async function conversations() {
    const { rows } = await world.server.running.platform.database.pool.query<{ id: string }>(
      'select id from conversations',
    )
    return rows.map(({ id }) => id) as Parameters<typeof world.server.running.turns.takeReceived>[0][]
  }
  async function states(): Promise<string[]> {
    const { rows } = await world.server.running.platform.database.pool.query<{ said: string }>(
      `select state || coalesce(' ' || code, '') as said from deliveries order by claimed_at`,
    )
    return rows.map(({ said }) => said)
  }
  async function log(): Promise<string> {
    const { readLog } = await import('../../services/conversations/index.ts')
    const { database, keys } = world.server.running.platform
    const pages = await Promise.all((await conversations()).map((id) => readLog(database.db, keys, id, 'last')))
    return pages.flatMap(({ messages }) => messages.map(({ body }) => body.text)).join('\n')
  }
})
