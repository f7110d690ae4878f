import { createHmac } from 'node:crypto'
import { expect } from 'chai'
import { eventually } from '../support/eventually.ts'
import { appSecretProof } from './graph/access.ts'
import type { Fault } from './graph/faults.ts'
import { escapedJson, signature } from './graph/signature.ts'
import { graphSuite, verdict, type Reply } from './graph/suite.ts'

const HOUR = 3_600_000

describe("the stand-in of Meta's Graph API", () => {
  const world = graphSuite()

  describe('signing', () => {
    it('agrees with the vectors that were captured', () => {
      expect(signature('sesame', 'hello world')).to.equal(
        'sha256=f39034b29165ec6a5104d9aef27266484ab26c8caa7bca8bcb2dd02e8be61b17',
      )
      expect(signature('sesame', 'hello world2')).to.equal(
        'sha256=60905fdf409d0b4f721e99f6f25b31567a68a6b45e933d814e17a246be4c5a53',
      )
    })

    it('escapes as Meta does, and signs the escaped bytes', async () => {
      expect(escapedJson({ t: 'é/😀' })).to.equal(String.raw`{"t":"\u00e9\/\ud83d\ude00"}`)
      await world.graph.person().says('Montréal/Québec')
      const [{ text, headers } = { text: '', headers: {} }] = world.receiver.got
      expect(text).to.include(String.raw`Montr\u00e9al\/Qu\u00e9bec`)
      expect(headers['x-hub-signature-256']).to.equal(
        `sha256=${createHmac('sha256', world.graph.appSecret).update(text).digest('hex')}`,
      )
    })

    it('signs what is sent unescaped over what is sent', async () => {
      await world.graph.post({ object: 'page', entry: [], note: 'é/' }, { escape: false })
      const [{ text, headers } = { text: '', headers: {} }] = world.receiver.got
      expect(text).to.include('é/')
      expect(headers['x-hub-signature-256']).to.equal(signature(world.graph.appSecret, text))
    })

    it('signs badly, or not, when asked', async () => {
      const kinds = ['bad', 'absent', 'sha1', 'short', 'uppercase', 'otherSecret'] as const
      for (const kind of kinds) await world.graph.post({ object: 'page', entry: [] }, { signature: kind })
      const good = signature(world.graph.appSecret, '{"object":"page","entry":[]}')
      const [bad, absent, sha1, short, uppercase, other] = world.receiver.got.map(
        ({ headers }) => headers['x-hub-signature-256'],
      )
      expect(bad)
        .to.match(/^sha256=[0-9a-f]{64}$/)
        .and.not.equal(good)
      expect([absent, sha1]).to.deep.equal([undefined, undefined])
      expect(world.receiver.got[2]?.headers['x-hub-signature']).to.match(/^sha1=[0-9a-f]{40}$/)
      expect(short).to.have.length(good.length - 1)
      expect(uppercase).to.equal(good.replace('sha256', 'SHA256'))
      expect(other)
        .to.match(/^sha256=[0-9a-f]{64}$/)
        .and.not.equal(good)
    })
  })

  describe('the challenge', () => {
    it('is confirmed by its bytes alone', async () => {
      const asked: URLSearchParams[] = []
      world.receiver.answer = (response, query) => {
        asked.push(query)
        response.end(query.get('hub.challenge'))
      }
      expect(await world.graph.verify('T')).to.deep.equal({ status: 200, text: '1158201444', isConfirmed: true })
      expect(Object.fromEntries(asked[0] ?? [])).to.deep.equal({
        'hub.mode': 'subscribe',
        'hub.challenge': '1158201444',
        'hub.verify_token': 'T',
      })
      world.receiver.answer = (response, query) => void response.end(JSON.stringify(query.get('hub.challenge')))
      expect((await world.graph.verify('T')).isConfirmed).to.equal(false)
      world.receiver.answer = (response) => void response.writeHead(403).end()
      expect(await world.graph.verify('wrong')).to.deep.equal({ status: 403, text: '', isConfirmed: false })
    })
  })

  describe('a good send', () => {
    it('is answered, seen and echoed with its metadata', async () => {
      const person = await world.somebody()
      const quickReplies = [{ content_type: 'text', title: 'Oui', payload: 'YES' }]
      const { status, json, headers } = await world.send(person.psid, {
        text: 'Choisir',
        metadata: 'out_1',
        quick_replies: quickReplies,
      })
      expect(status).to.equal(200)
      expect(Object.keys(json)).to.deep.equal(['recipient_id', 'message_id'])
      expect(json['recipient_id']).to.equal(person.psid)
      expect(JSON.parse(headers.get('x-app-usage') ?? '')).to.have.property('call_count', 3)
      await world.graph.settled()
      const [echo] = world.receiver.events()
      expect(echo).to.deep.include({ sender: { id: person.page }, recipient: { id: person.psid } })
      expect(echo?.['message']).to.deep.equal({
        mid: json['message_id'],
        is_echo: true,
        text: 'Choisir',
        app_id: world.graph.appId,
        metadata: 'out_1',
      })
      expect(person.sees.map(({ text }) => text)).to.deep.equal(['Choisir'])
      expect(person.choices).to.deep.equal([{ title: 'Oui', payload: 'YES' }])
      await person.taps('YES', 'Oui')
      expect(person.choices).to.deep.equal([])
      expect(world.graph.record.byMetadata('out_1')).to.have.length(1)
      expect([...world.graph.record.duplicates()]).to.deep.equal([])
    })

    it("may name the Page instead of 'me', and bring the token as a bearer with its proof", async () => {
      const person = await world.somebody()
      const { psid, page } = person
      const body = JSON.stringify({ recipient: { id: psid }, messaging_type: 'RESPONSE', message: { text: 'a' } })
      const at = (proof: string): Promise<Response> =>
        fetch(`${world.graph.url}/v25.0/${page}/messages?appsecret_proof=${proof}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${world.graph.token}` },
          body,
        })
      expect((await at(appSecretProof(world.graph.appSecret, world.graph.token))).status).to.equal(200)
      const refused = (await (await at('0'.repeat(64))).json()) as Reply['json']
      expect(refused.error).to.include({ code: 100, type: 'GraphMethodException' })
      expect(world.graph.record.requests.map(({ token, hasProof }) => [token, hasProof])).to.deep.equal([
        ['bearer', true],
        ['bearer', true],
      ])
    })

    it('shows typing for 20 seconds, and what was seen, without a message', async () => {
      const person = await world.somebody()
      const act = (action: string): Promise<Reply> =>
        world.call('POST', '/me/messages', { recipient: { id: person.psid }, sender_action: action })
      expect((await act('typing_on')).json).to.deep.equal({ recipient_id: person.psid })
      expect(person.seesTyping).to.equal(true)
      world.now += 20_000
      expect(person.seesTyping).to.equal(false)
      await act('mark_seen')
      expect(person.isSeen).to.equal(true)
      expect(person.sees).to.deep.equal([])
    })
  })

  describe('refuses as Meta does', () => {
    const text = (length: number): string => 'é'.repeat(length)
    const reply = (title = 'Oui', payload = 'YES'): object => ({ content_type: 'text', title, payload })
    const button = (title = 'Oui', payload = 'YES'): object => ({ type: 'postback', title, payload })
    const template = (payload: object): object => ({ attachment: { type: 'template', payload } })
    const buttons = (words: string, list: object[]): object =>
      template({ template_type: 'button', text: words, buttons: list })
    const elements = (list: object[]): object => template({ template_type: 'generic', elements: list })
    const element = (more: object = {}): object => ({ title: 'Cours', subtitle: 'Rimouski', ...more })
    const times = <T>(count: number, one: T): T[] => Array.from({ length: count }, () => one)

    const MESSAGES: [string, unknown, string][] = [
      ['1999 characters', { text: text(1999) }, 'ok'],
      ['2000 characters', { text: text(2000) }, '100'],
      ['no text', { text: '' }, '100/2018034'],
      ['nothing', {}, '100/2018034'],
      ['text and attachment', { text: 'a', attachment: { type: 'image', payload: { url: 'https://a.example/1' } } }, '100/2018015'],
      ['a key that is none', { text: 'a', reply_to: { mid: 'm' } }, '100'],
      ['metadata of 1000', { text: 'a', metadata: text(1000) }, 'ok'],
      ['metadata of 1001', { text: 'a', metadata: text(1001) }, '100'],
      ['13 quick replies', { text: 'a', quick_replies: times(13, reply()) }, 'ok'],
      ['14 quick replies', { text: 'a', quick_replies: times(14, reply()) }, '105'],
      ['no quick reply', { text: 'a', quick_replies: [] }, '194'],
      ['a title of 20', { text: 'a', quick_replies: [reply(text(20), text(1000))] }, 'ok'],
      ['a title of 21', { text: 'a', quick_replies: [reply(text(21))] }, '100'],
      ['a payload of 1001', { text: 'a', quick_replies: [reply('Oui', text(1001))] }, '100'],
      ['a reply without payload', { text: 'a', quick_replies: [{ content_type: 'text', title: 'Oui' }] }, '100'],
      ['a reply with the phone number', { text: 'a', quick_replies: [{ content_type: 'user_phone_number' }] }, 'ok'],
      ['a reply with the place', { text: 'a', quick_replies: [{ content_type: 'location' }] }, '100'],
      ['three buttons', buttons(text(640), times(3, button())), 'ok'],
      ['a link', buttons('a', [{ type: 'web_url', url: 'https://a.example/', title: 'Lire' }]), 'ok'],
      ['buttons under 641', buttons(text(641), [button()]), '100'],
      ['four buttons', buttons('a', times(4, button())), '105'],
      ['no button', buttons('a', []), '194'],
      ['a button of 21', buttons('a', [button(text(21))]), '100'],
      ['a button to nowhere', buttons('a', [{ type: 'web_url', url: '/here', title: 'Lire' }]), '100'],
      ['ten elements', elements(times(10, element({ buttons: times(3, button()) }))), 'ok'],
      ['eleven elements', elements(times(11, element())), '105'],
      ['an element with its title only', elements([{ title: 'Cours' }]), '100'],
      ['an element with 81', elements([element({ subtitle: text(81) })]), '100'],
      ['an element with four buttons', elements([element({ buttons: times(4, button()) })]), '105'],
      ['a template of another kind', template({ template_type: 'list' }), '100'],
      ['an image', { attachment: { type: 'image', payload: { url: 'https://a.example/1', is_reusable: true } } }, 'ok'],
      ['an image by id', { attachment: { type: 'image', payload: { attachment_id: '1' } } }, 'ok'],
      ['an image of nowhere', { attachment: { type: 'image', payload: { url: 'file:///1' } } }, '100/2018008'],
      ['an attachment of another kind', { attachment: { type: 'poem', payload: { url: 'https://a.example/1' } } }, '100'],
    ] // prettier-ignore

    for (const [what, message, expected] of MESSAGES)
      it(`${what}: ${expected}`, async () => {
        const person = await world.somebody()
        const answer = await world.send(person.psid, message)
        expect(verdict(answer), answer.text).to.equal(expected)
        expect(answer.status).to.equal(expected === 'ok' ? 200 : 400)
        expect(person.sees).to.have.length(expected === 'ok' ? 1 : 0)
      })

    const REQUESTS: [string, (psid: string) => object, string][] = [
      ['no recipient', () => ({ messaging_type: 'RESPONSE', message: { text: 'a' } }), '100'],
      ['a recipient that is no number', () => ({ recipient: { id: 'amina' }, message: { text: 'a' } }), '100'],
      ['somebody unknown', () => ({ recipient: { id: '99' }, messaging_type: 'RESPONSE', message: { text: 'a' } }), '100/2018001'],
      ['no message', (id) => ({ recipient: { id }, messaging_type: 'RESPONSE' }), '100'],
      ['no messaging type', (id) => ({ recipient: { id }, message: { text: 'a' } }), '100'],
      ['typing with a message', (id) => ({ recipient: { id }, message: { text: 'a' }, sender_action: 'typing_on' }), '100/2018014'],
      ['an action that is none', (id) => ({ recipient: { id }, sender_action: 'dance' }), '100'],
      ['a persona that is none', (id) => ({ recipient: { id }, messaging_type: 'RESPONSE', message: { text: 'a' }, persona_id: '1' }), '100'],
      ['a tag that is none', (id) => ({ recipient: { id }, messaging_type: 'MESSAGE_TAG', tag: 'BIRTHDAY', message: { text: 'a' } }), '100'],
      ['a tag that is missing', (id) => ({ recipient: { id }, messaging_type: 'MESSAGE_TAG', message: { text: 'a' } }), '100'],
      ...['CONFIRMED_EVENT_UPDATE', 'ACCOUNT_UPDATE', 'POST_PURCHASE_UPDATE'].map(
        (tag): [string, (psid: string) => object, string] => [
          tag,
          (id) => ({ recipient: { id }, messaging_type: 'MESSAGE_TAG', tag, message: { text: 'a' } }),
          '100/1893061',
        ],
      ),
      ['a utility message', (id) => ({ recipient: { id }, messaging_type: 'UTILITY', message: { text: 'a' } }), '10'],
    ] // prettier-ignore

    for (const [what, body, expected] of REQUESTS)
      it(`${what}: ${expected}`, async () => {
        const { psid } = await world.somebody()
        expect(verdict(await world.call('POST', '/me/messages', body(psid)))).to.equal(expected)
        expect(world.graph.record.messages).to.deep.equal([])
      })

    it('somebody who blocked the Page, or is gone', async () => {
      const person = await world.somebody()
      person.blocks()
      expect(verdict(await world.send(person.psid, { text: 'a' }))).to.equal('551/1545041')
      person.unblocks()
      expect(verdict(await world.send(person.psid, { text: 'a' }))).to.equal('ok')
      person.leaves()
      expect(verdict(await world.send(person.psid, { text: 'a' }))).to.equal('100/2018001')
    })

    it('a token that is none, one that is missing, and versions that are dead or to come', async () => {
      const { psid } = await world.somebody()
      const at = async (path: string): Promise<string> => {
        const body = JSON.stringify({ recipient: { id: psid }, messaging_type: 'RESPONSE', message: { text: 'a' } })
        const response = await fetch(`${world.graph.url}${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body,
        })
        const json = (await response.json()) as Reply['json']
        return verdict({ json })
      }
      expect(await at('/v26.0/me/messages?access_token=EAAwrong')).to.equal('190')
      expect(await at('/v26.0/me/messages')).to.equal('104')
      expect(await at(`/v20.0/me/messages?access_token=${world.graph.token}`)).to.equal('2635')
      expect(await at(`/v99.0/me/messages?access_token=${world.graph.token}`)).to.equal('2500')
      expect(await at(`/v26.0/me/poems?access_token=${world.graph.token}`)).to.equal('2500')
      expect(await at(`/v21.0/me/messages?access_token=${world.graph.token}`)).to.equal('ok')
    })
  })

  describe('the window', () => {
    it('closes 24 hours after the last act of the person, by the clock of Meta', async () => {
      const person = await world.somebody()
      world.now += 24 * HOUR - 1
      expect(verdict(await world.send(person.psid, { text: 'a' }))).to.equal('ok')
      world.now += 1
      expect(verdict(await world.send(person.psid, { text: 'b' }))).to.equal('10/2018278')
      await person.postback('MENU', 'Menu')
      expect(verdict(await world.send(person.psid, { text: 'c' }))).to.equal('ok')
    })

    it('is opened by messages, postbacks, reactions and ways in, not by reading', async () => {
      const closed = { opens: false }
      const opens = { opens: true }
      const acts = [
        ['says', opens], ['sendsSticker', opens], ['reacts', opens], ['opensReferral', opens], ['comments', opens],
        ['reads', closed], ['receives', closed], ['unreacts', closed], ['edits', closed], ['optsIn', closed],
      ] as const // prettier-ignore
      for (const [act, { opens: expected }] of acts) {
        const person = world.graph.person()
        if (act === 'says') await person.says('a')
        if (act === 'sendsSticker') await person.sendsSticker()
        if (act === 'reacts') await person.reacts('m_1')
        if (act === 'opensReferral') await person.opensReferral({ ref: 'r1' })
        if (act === 'comments') person.comments()
        if (act === 'reads') await person.reads()
        if (act === 'receives') await person.receives()
        if (act === 'unreacts') await person.unreacts('m_1')
        if (act === 'edits') await person.edits('m_1', 'b')
        if (act === 'optsIn') await person.optsIn('r')
        expect(verdict(await world.send(person.psid, { text: 'a' })), act).to.equal(expected ? 'ok' : '10/2018278')
      }
    })

    it('gives a human agent seven days, and says so in the record', async () => {
      const person = await world.somebody()
      const tag = { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' }
      world.now += 7 * 24 * HOUR - 1
      expect(verdict(await world.send(person.psid, { text: 'a' }))).to.equal('10/2018278')
      expect(verdict(await world.send(person.psid, { text: 'b', metadata: 'typed' }, tag))).to.equal('ok')
      world.now += 1
      expect(verdict(await world.send(person.psid, { text: 'c' }, tag))).to.equal('10/2018278')
      expect(world.graph.record.humanAgent().map(({ metadata }) => metadata)).to.deep.equal(['typed'])
    })
  })

  describe('goes wrong when asked', () => {
    /** How a send ended, and whether the person has the message. */
    const outcome = async (fault: Fault): Promise<{ end: string; got: number; echoes: number }> => {
      const person = await world.somebody()
      world.graph.fail(fault)
      const end = await world.send(person.psid, { text: 'a', metadata: 'out' }).then(
        (reply) =>
          reply.json.error === undefined
            ? `${reply.status} ${reply.text.slice(0, 9)}`
            : `${reply.status} ${verdict(reply)}`,
        () => 'cut',
      )
      await world.graph.settled()
      const echoes = world.receiver.events().filter(({ message }) => message !== undefined).length
      return { end, got: person.sees.length, echoes }
    }

    const FAULTS: [Fault, { end: string; got: number; echoes: number }][] = [
      ['none', { end: '200 {"recipie', got: 1, echoes: 1 }],
      ['errorIn200', { end: '200 2', got: 0, echoes: 0 }],
      ['html200', { end: '200 <!DOCTYPE', got: 0, echoes: 0 }],
      [{ answer: 'html200', accepted: true }, { end: '200 <!DOCTYPE', got: 1, echoes: 1 }],
      ['truncated', { end: '200 {"recipie', got: 1, echoes: 1 }],
      ['cut', { end: 'cut', got: 1, echoes: 1 }],
      ['resetBefore', { end: 'cut', got: 0, echoes: 0 }],
      ['resetAfter', { end: 'cut', got: 1, echoes: 1 }],
      [403, { end: '403 200', got: 0, echoes: 0 }],
      [429, { end: '429 4', got: 0, echoes: 0 }],
      [500, { end: '500 1/99', got: 0, echoes: 0 }],
      [502, { end: '502 <!DOCTYPE', got: 0, echoes: 0 }],
      [{ answer: 502, accepted: true }, { end: '502 <!DOCTYPE', got: 1, echoes: 1 }],
      [{ graph: { code: 10, subcode: 2018108 } }, { end: '400 10/2018108', got: 0, echoes: 0 }],
      ['maybeSent', { end: '400 1/1357046', got: 1, echoes: 1 }],
      ['noEcho', { end: '200 {"recipie', got: 1, echoes: 0 }],
      ['echoTwice', { end: '200 {"recipie', got: 1, echoes: 2 }],
      ['echoLate', { end: '200 {"recipie', got: 1, echoes: 0 }],
    ] // prettier-ignore

    for (const [fault, expected] of FAULTS)
      it(typeof fault === 'object' ? JSON.stringify(fault) : String(fault), async () => {
        expect(await outcome(fault)).to.deep.equal(expected)
      })

    it('once, and then no more', async () => {
      expect((await outcome(500)).got).to.equal(0)
      expect((await outcome('none')).got).to.equal(1)
    })

    it('the third, and only where it is asked', async () => {
      const [one, two] = [await world.somebody(), await world.somebody()]
      world.graph.fail(['none', 'none', 500], { psid: one.psid })
      const verdicts: string[] = []
      for (const { psid } of [one, two, one, two, one, one])
        verdicts.push(verdict(await world.send(psid, { text: 'a' })))
      expect(verdicts).to.deep.equal(['ok', 'ok', 'ok', 'ok', '1/99', 'ok'])
      world.graph.fail(500, { on: 'conversations' })
      expect(verdict(await world.send(one.psid, { text: 'a' }))).to.equal('ok')
      expect((await world.call('GET', `/me/conversations?fields=id`)).status).to.equal(500)
    })

    it('a good answer without message_id, and one that is half', async () => {
      const { psid } = await world.somebody()
      world.graph.fail(['noMessageId', 'truncated'])
      expect((await world.send(psid, { text: 'a' })).json).to.deep.equal({ recipient_id: psid })
      const { text, status } = await world.send(psid, { text: 'b' })
      expect(status).to.equal(200)
      expect(() => JSON.parse(text) as unknown).to.throw(SyntaxError)
      expect(world.graph.record.messages).to.have.length(2)
    })

    it('hangs, and delivers once the client has hung up', async () => {
      const person = await world.somebody()
      world.graph.fail('hangThenDeliver')
      const hangUp = new AbortController()
      const sending = world.send(person.psid, { text: 'a', metadata: 'out' }, {}, hangUp.signal).catch(() => 'gave up')
      await eventually('the request is there', () => world.graph.record.requests.length === 1)
      expect(person.sees).to.deep.equal([])
      hangUp.abort()
      expect(await sending).to.equal('gave up')
      await eventually('it is delivered', () => person.sees.length === 1)
      await world.graph.settled()
      expect(world.receiver.events().map((event) => Object.keys(event).at(-1))).to.deep.equal(['message', 'delivery'])
    })

    it('hangs and never sends, or sends long after the client gave up', async () => {
      for (const [fault, got] of [
        ['hang', 0],
        ['hangUntilRelease', 1],
      ] as const) {
        const person = await world.somebody()
        const before = world.graph.record.requests.length
        world.graph.fail(fault)
        const hangUp = new AbortController()
        const sending = world.send(person.psid, { text: 'a' }, {}, hangUp.signal).catch(() => 'gave up')
        await eventually('the request is there', () => world.graph.record.requests.length > before)
        hangUp.abort()
        expect(await sending).to.equal('gave up')
        expect(person.sees).to.deep.equal([])
        await world.graph.release()
        expect(person.sees, fault).to.have.length(got)
      }
    })

    it('answers what is slow when it is released', async () => {
      const person = await world.somebody()
      world.graph.fail({ slow: 20_000 })
      const sending = world.send(person.psid, { text: 'a' })
      await eventually('it is taken', () => person.sees.length === 1)
      await world.graph.release()
      expect((await sending).status).to.equal(200)
    })

    it('echoes before it answers', async () => {
      const { psid } = await world.somebody()
      world.graph.fail('echoBeforeReply')
      let isAnswered = false
      let wasAnswered: boolean | undefined
      world.receiver.answer = (response) => {
        wasAnswered = isAnswered
        response.end()
      }
      await world.send(psid, { text: 'a' })
      isAnswered = true
      expect(wasAnswered).to.equal(false)
      await world.graph.settled()
      expect(world.receiver.got).to.have.length(1)
    })

    it('tells of receipts without ids, and of reading before delivery', async () => {
      const { psid } = await world.somebody()
      world.graph.fail(['deliveryWithoutMids', 'readBeforeDelivery'])
      for (const text of ['a', 'b']) {
        await world.send(psid, { text })
        await world.graph.settled()
      }
      const kinds = world.receiver.events().map(({ delivery, read }) => delivery ?? read)
      const [first, second] = world.graph.record.messages
      expect(kinds).to.deep.equal([
        undefined,
        { watermark: first?.at },
        undefined,
        { watermark: second?.at },
        { mids: [second?.mid], watermark: second?.at },
      ])
    })

    it('revokes the token, restricts the Page and fills the usage until it is healed', async () => {
      const { psid } = await world.somebody()
      const trial = async (): Promise<string> => verdict(await world.send(psid, { text: 'a' }))
      world.graph.fail(['none', 'tokenRevoked'])
      expect([await trial(), await trial(), await trial()]).to.deep.equal(['ok', '190/460', '190/460'])
      expect(verdict(await world.call('GET', '/me'))).to.equal('190/460')
      world.graph.heal()
      world.graph.fail('pageRestricted')
      expect([await trial(), await trial()]).to.deep.equal(['10/1893063', '10/1893063'])
      world.graph.heal()
      world.graph.fail('usageFull')
      const { headers } = await world.send(psid, { text: 'a' })
      expect(JSON.parse(headers.get('x-business-use-case-usage') ?? '')).to.have.nested.property(
        `${world.graph.pages[0]?.id}[0].call_count`,
        100,
      )
      world.graph.heal()
      expect(await trial()).to.equal('ok')
    })

    it('refuses connections while it is down, and keeps its address', async () => {
      const { psid } = await world.somebody()
      await world.graph.down()
      const error = await world
        .send(psid, { text: 'a' })
        .catch((cause: unknown) => (cause as { cause: { code: string } }).cause.code)
      expect(error).to.equal('ECONNREFUSED')
      await world.graph.up()
      expect(verdict(await world.send(psid, { text: 'a' }))).to.equal('ok')
    })

    it('draws the same faults for the same seed, whatever the order', async () => {
      const { psid } = await world.somebody()
      const metadata = Array.from({ length: 60 }, (_one, i) => `out_${i}`)
      const drawn = async (order: string[]): Promise<Map<unknown, string | undefined>> => {
        world.graph.record.clear()
        world.graph.failAtRandom(7)
        await Promise.all(order.map((one) => world.send(psid, { text: 'a', metadata: one }).catch(() => undefined)))
        return new Map(
          world.graph.record.requests.map(({ body, fault }) => [
            (body as { message: { metadata: string } }).message.metadata,
            fault,
          ]),
        )
      }
      const first = await drawn(metadata)
      const second = await drawn(metadata.toReversed())
      expect(first.size).to.equal(60)
      expect([...first]).to.have.deep.members([...second])
      expect(new Set(first.values()).size).to.be.greaterThan(5)
    })

    it('counts what a person got twice', async () => {
      const person = await world.somebody()
      world.graph.fail('resetAfter')
      await world.send(person.psid, { text: 'a', metadata: 'out_1' }).catch(() => undefined)
      await world.send(person.psid, { text: 'a', metadata: 'out_1' })
      expect([...world.graph.record.duplicates()]).to.deep.equal([['out_1', 2]])
      expect(person.sees.map(({ metadata }) => metadata)).to.deep.equal(['out_1', 'out_1'])
    })
  })
})
