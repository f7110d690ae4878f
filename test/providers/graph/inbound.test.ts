import { expect } from 'chai'
import { PAGE_INBOX } from './events.ts'
import type { Acts } from './acts.ts'
import { graphSuite, verdict } from './suite.ts'

const OTHER_APP = 777

describe('what the stand-in tells our webhook', () => {
  const world = graphSuite()

  /** What an act posts, without the ids and times that are drawn. */
  const ACTS: [string, (acts: Acts) => ReturnType<Acts['says']>, Record<string, unknown>][] = [
    ['a text', (acts) => acts.says('Bonjour'), { message: { mid: 'm', text: 'Bonjour' } }],
    ['a reply', (acts) => acts.says('Oui', { replyTo: 'm_0' }), { message: { mid: 'm', text: 'Oui', reply_to: { mid: 'm_0' } } }],
    ['an ad', (acts) => acts.says('Oui', { referral: { ref: 'r', adId: '7' } }), { message: { mid: 'm', text: 'Oui', referral: { ref: 'r', ad_id: '7', source: 'ADS', type: 'OPEN_THREAD' } } }],
    ['a quick reply', (acts) => acts.taps('YES', 'Oui'), { message: { mid: 'm', text: 'Oui', quick_reply: { payload: 'YES' } } }],
    ['a postback', (acts) => acts.postback('GET_STARTED', 'Débuter'), { postback: { title: 'Débuter', payload: 'GET_STARTED' } }],
    ['a postback with mid', (acts) => acts.postback('A', 'A', { mid: 'm_1' }), { postback: { title: 'A', payload: 'A', mid: 'm_1' } }],
    ['an image', (acts) => acts.sendsAttachment('image', 'https://a.example/1'), { message: { mid: 'm', attachments: [{ type: 'image', payload: { url: 'https://a.example/1' } }] } }],
    ['a sticker', (acts) => acts.sendsSticker(), { message: { mid: 'm', attachments: [{ type: 'sticker', payload: { url: 'https://scontent.example/thumb.png', sticker_id: 369239263222822 } }] } }],
    ['an old sticker', (acts) => acts.sendsSticker({ old: true }), { message: { mid: 'm', attachments: [{ type: 'image', payload: { url: 'https://scontent.example/thumb.png', sticker_id: 369239263222822 } }] } }],
    ['a place', (acts) => acts.sendsLocation(45.5, -73.6), { message: { mid: 'm', attachments: [{ type: 'location', payload: { coordinates: { lat: 45.5, long: -73.6 } } }] } }],
    ['a link', (acts) => acts.sendsLink('https://a.example', 'A'), { message: { mid: 'm', text: 'https://a.example', attachments: [{ type: 'fallback', payload: { url: 'https://a.example', title: 'A' } }] } }],
    ['a reaction', (acts) => acts.reacts('m_0'), { reaction: { reaction: 'love', emoji: '❤', action: 'react', mid: 'm_0' } }],
    ['its end', (acts) => acts.unreacts('m_0'), { reaction: { action: 'unreact', mid: 'm_0' } }],
    ['an edit', (acts) => acts.edits('m_0', 'b'), { message_edit: { mid: 'm_0', text: 'b', num_edit: 1 } }],
    ['an unsending', (acts) => acts.unsends('m_0'), { message: { mid: 'm_0', is_deleted: true } }],
    ['reading', (acts) => acts.reads(), { read: { watermark: 0 } }],
    ['a way in', (acts) => acts.opensReferral({ ref: 'r1' }), { referral: { ref: 'r1', source: 'SHORTLINK', type: 'OPEN_THREAD' } }],
    ['a consent', (acts) => acts.optsIn('x'), { optin: { ref: 'x' } }],
    ['an account', (acts) => acts.linksAccount('c'), { account_linking: { status: 'linked', authorization_code: 'c' } }],
    ['no account', (acts) => acts.unlinksAccount(), { account_linking: { status: 'unlinked' } }],
    ['something new', (acts) => acts.does('poke', { times: 2 }), { poke: { times: 2 } }],
  ] // prettier-ignore

  for (const [what, act, expected] of ACTS)
    it(what, async () => {
      const person = graph().person()
      await graph().send([act(person.event)])
      const [{ sender, recipient, timestamp, ...kind } = {}] = world.receiver.events()
      const { mid, ...message } = (kind['message'] ?? {}) as Record<string, unknown>
      if (typeof mid === 'string' && mid !== 'm_0') kind['message'] = { ...message, mid: 'm' }
      expect(kind).to.deep.equal(expected)
      expect({ sender, recipient, timestamp }).to.deep.equal({
        sender: { id: person.psid },
        recipient: { id: person.page },
        timestamp: world.now,
      })
    })

  const graph = (): typeof world.graph => world.graph

  it('somebody of whom only a reference is known', async () => {
    await graph().person().optsInAs('ref-9', 'x')
    expect(world.receiver.events()[0]).to.deep.include({
      sender: { user_ref: 'ref-9' },
      optin: { ref: 'x', user_ref: 'ref-9' },
    })
  })

  it('a warning to the Page, without a sender', async () => {
    await graph().policy('warning', 'spam')
    const [event] = world.receiver.events()
    expect(event).to.have.deep.property('policy_enforcement', { action: 'warning', reason: 'spam' })
    expect(event).not.to.have.property('sender')
  })

  it('tells order by time even when the clock stands still', async () => {
    const person = graph().person()
    await person.says('a')
    await person.says('b')
    expect(world.receiver.events().map(({ timestamp }) => timestamp)).to.deep.equal([world.now, world.now + 1])
  })

  it('one entry an event, or all in one', async () => {
    const { event } = graph().person()
    const all = [event.says('a'), event.says('b')]
    await graph().send(all)
    await graph().send(all, { together: true })
    const shapes = world.receiver.got.map(({ text }) =>
      (JSON.parse(text) as { entry: { messaging: unknown[] }[] }).entry.map(({ messaging }) => messaging.length),
    )
    expect(shapes).to.deep.equal([[1, 1], [2]])
  })

  it('a thousand at once, and no more', async () => {
    const { event } = graph().person()
    const most = Array.from({ length: 1_000 }, (_one, i) => event.says(String(i)))
    expect((await graph().send(most)).isTaken).to.equal(true)
    expect(world.receiver.events()).to.have.length(1_000)
    const tooMany = await graph()
      .send([...most, event.says('one more')])
      .catch((error: unknown) => error)
    expect(tooMany).to.be.instanceOf(RangeError)
  })

  it('any bytes that a test likes', async () => {
    await graph().post('{"object":"page","entry":[')
    await graph().post(Buffer.from([0x7b, 0xff]))
    expect(world.receiver.got.map(({ text }) => text)).to.deep.equal(['{"object":"page","entry":[', '{\ufffd'])
  })

  describe('when another app has the thread', () => {
    it('puts us on standby, and refuses what we send', async () => {
      const person = await world.somebody()
      await person.isHandedTo(OTHER_APP)
      await person.says('Il y a quelqu’un ?')
      await person.postback('HELP', 'Aide')
      const [pass, text, postback] = world.receiver.events()
      expect(pass).to.have.deep.property('pass_thread_control', {
        previous_owner_app_id: graph().appId,
        new_owner_app_id: OTHER_APP,
        metadata: '',
      })
      expect(world.receiver.got[1]?.text).to.include('"standby"')
      expect(text).to.have.nested.property('message.text', 'Il y a quelqu’un ?')
      expect(postback).to.have.deep.property('postback', { title: 'Aide' })
      expect(verdict(await world.send(person.psid, { text: 'a' }))).to.equal('10/2018300')
      await person.isHandedBack()
      expect(verdict(await world.send(person.psid, { text: 'a' }))).to.equal('ok')
    })

    it('echoes what a human wrote from the inbox', async () => {
      const person = await world.somebody()
      await person.isAnsweredElsewhere('Je suis là')
      const message = world.receiver.events()[0]?.['message'] as Record<string, unknown>
      expect(message).to.include({ is_echo: true, app_id: PAGE_INBOX, text: 'Je suis là' })
      expect(message).not.to.have.property('metadata')
      expect(person.sees.map(({ text }) => text)).to.deep.equal(['Je suis là'])
      expect(graph().record.messages).to.deep.equal([])
    })
  })

  describe('when it is not answered 200', () => {
    it('sends the same bytes again, when asked', async () => {
      world.receiver.answer = (response) => void response.writeHead(503).end()
      const posted = await graph().person().says('a')
      expect(posted).to.include({ status: 503, isTaken: false })
      world.receiver.answer = (response) => void response.end()
      expect((await graph().redeliver()).map(({ isTaken }) => isTaken)).to.deep.equal([true])
      expect(await graph().redeliver()).to.deep.equal([])
      const [first, second] = world.receiver.got
      expect(second?.text).to.equal(first?.text)
    })

    it('counts no answer in time as none', async () => {
      world.receiver.answer = () => {}
      expect(await graph().person().says('a')).to.include({ status: 0, isTaken: false })
    })

    it('storms: everything, several times, at once', async () => {
      const person = graph().person()
      await person.says('a')
      await person.says('b')
      await graph().redeliver({ all: true, times: 3, atOnce: true })
      expect(world.receiver.got).to.have.length(8)
    })

    it('warns after 15 minutes, and unsubscribes after an hour', async () => {
      world.receiver.answer = (response) => void response.writeHead(500).end()
      const person = graph().person()
      await person.says('a')
      world.now += 15 * 60_000
      await person.says('b')
      expect(graph().record.alerts).to.deep.equal([`webhook of ${person.page} fails`])
      world.now += 45 * 60_000
      await person.says('c')
      world.receiver.answer = (response) => void response.end()
      expect(await person.says('d')).to.include({ isDropped: true })
      expect(await graph().redeliver()).to.deep.equal([])
      await world.call('POST', '/me/subscribed_apps?subscribed_fields=messages')
      expect(await person.says('e')).to.include({ isTaken: true })
      expect(await person.reads()).to.include({ isDropped: true })
    })
  })
})
