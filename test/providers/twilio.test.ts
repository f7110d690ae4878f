import { expect } from 'chai'
import { eventually } from '../support/eventually.ts'
import {
  LONG_CODE,
  POOLED,
  repeated,
  SERVICE_SID,
  SHORT_CODE,
  startTwilio,
  TOLL_FREE,
  WHATSAPP,
  type Fault,
  type MediaItem,
  type Reach,
  type TwilioOptions,
  type TwilioStandIn,
} from './twilio/index.ts'
import { UNDELIVERED_CODES } from './twilio/errors.ts'
import { startListener, type Heard, type Listener } from './twilio/listener.ts'
import { segmented, smartEncoded } from './twilio/segments.ts'
import { sign, urlWithDigest, type Fields } from './twilio/signature.ts'

const ANA = '+15145550100'
const BOB = '+14185550101'
const PUBLIC = 'https://parcours.example'
const WEBHOOK = `${PUBLIC}/channels/sms/webhook`
const STATUS = `${PUBLIC}/channels/sms/status?outbox=7&try=1`
const EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'

let clock = 0
let twilio: TwilioStandIn
let ours: Listener

async function starts(options: TwilioOptions = {}): Promise<void> {
  twilio = await startTwilio({
    now: () => clock,
    tokens: ['12345'],
    inboundUrl: WEBHOOK,
    loopbackUrl: ours.url,
    ...options,
  })
}

beforeEach(async () => {
  clock = Date.parse('2026-11-24T10:00:00Z')
  ours = await startListener()
})
afterEach(async () => {
  await twilio?.close()
  await ours.close()
})

interface Answered {
  status: number
  headers: Headers
  text: string
  json: Record<string, unknown>
}

async function asks(method: 'GET' | 'POST', path: string, form?: [string, string][], auth?: string): Promise<Answered> {
  const { sid, tokens } = twilio.account
  const credentials = Buffer.from(auth ?? `${sid}:${tokens[0]}`).toString('base64')
  const response = await fetch(path.startsWith('/') ? twilio.url + path : path, {
    method,
    headers: { authorization: `Basic ${credentials}` },
    ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type') === 'application/json' && text.endsWith('}')
  const json = isJson ? (JSON.parse(text) as Record<string, unknown>) : {}
  return { status: response.status, headers: response.headers, text, json }
}

const messages = (query = ''): string => `/2010-04-01/Accounts/${twilio.account.sid}/Messages.json${query}`

/** Sends; a list for a field that comes more than once. */
const sends = (fields: Record<string, string | string[]>, auth?: string): Promise<Answered> =>
  asks(
    'POST',
    messages(),
    Object.entries(fields).flatMap(([key, value]) => [value].flat().map((one): [string, string] => [key, one])),
    auth,
  )

const simple = { To: ANA, From: LONG_CODE, Body: 'Bonjour', StatusCallback: STATUS }
const codeOf = async (answer: Promise<Answered>): Promise<unknown> => (await answer).json['code']
const listed = (answer: Answered): Record<string, unknown>[] => answer.json['messages'] as Record<string, unknown>[]
const valueOf = (heard: Heard | undefined, key: string): string | undefined =>
  heard?.fields.find(([name]) => name === key)?.[1]
const statuses = (): (string | undefined)[] => ours.heard.map((one) => valueOf(one, 'MessageStatus'))
const isSigned = (heard: Heard | undefined, fields: Fields = heard?.fields ?? []): boolean =>
  heard?.headers['x-twilio-signature'] === sign('12345', PUBLIC + (heard?.path ?? ''), fields)

describe('the stand-in for Twilio', () => {
  describe('signs', () => {
    const VECTORS: [url: string, fields: Fields, signature: string][] = [
      [
        'https://example.com/myapp.php?foo=1&bar=2',
        [
          ['To', '+18005551212'],
          ['CallSid', 'CA1234567890ABCDE'],
          ['Caller', '+14158675310'],
          ['Digits', '1234'],
          ['From', '+14158675310'],
        ],
        'L/OH5YylLD5NRKLltdqwSvS0BnU=',
      ],
      [
        WEBHOOK,
        [
          ['Body', 'été 😀'],
          ['From', '+15145550100'],
          ['FromCity', ''],
          ['MessageSid', 'SM1'],
          ['NumMedia', '0'],
          ['To', '+15145550199'],
        ],
        '5cQXp2FeCNnAimZH6thsQnlmCjE=',
      ],
      [
        WEBHOOK,
        [
          ['B', '1'],
          ['a', 'y'],
          ['a', 'x'],
          ['a', 'y'],
        ],
        'NnUxzB6nxxXH/EpvFGxsMV76it8=',
      ],
    ]
    for (const [url, fields, signature] of VECTORS)
      it(`as Twilio does: ${signature}`, () => expect(sign('12345', url, fields)).to.equal(signature))

    it("JSON by its digest: the vector of Twilio's own libraries", () => {
      const url = urlWithDigest('https://mycompany.com/myapp.php?foo=1&bar=2', '{"property": "value", "boolean": true}')
      expect(url).to.match(/&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620$/)
      expect(sign('12345', url)).to.equal('a9nBmqA0ju/hNViExpshrM61xv4=')
    })
  })

  describe('counts segments', () => {
    for (const [name, text, encoding, segments] of [
      ['160 é', 'é'.repeat(160), 'GSM-7', 1],
      ['161 é', 'é'.repeat(161), 'GSM-7', 2],
      ['306 é', 'é'.repeat(306), 'GSM-7', 2],
      ['307 é', 'é'.repeat(307), 'GSM-7', 3],
      ['70 ê', 'ê'.repeat(70), 'UCS-2', 1],
      ['71 ê', 'ê'.repeat(71), 'UCS-2', 2],
      ['35 😀', '😀'.repeat(35), 'UCS-2', 1],
      ['36 😀', '😀'.repeat(36), 'UCS-2', 2],
      ['67 😀, of which no pair is cut', '😀'.repeat(67), 'UCS-2', 3],
      ['80 €', '€'.repeat(80), 'GSM-7', 1],
      ['81 €', '€'.repeat(81), 'GSM-7', 2],
      ['nothing', '', 'GSM-7', 1],
    ] as const)
      it(name, () => expect(segmented(text)).to.include({ encoding, segments }))

    it('each letter as the networks do', () => {
      for (const letter of 'éèàùìòäöüñÄÖÜÑÅåÆæØøßÉÇ¡¿§£¥¤@')
        expect(segmented(letter), letter).to.include({ encoding: 'GSM-7', units: 1 })
      for (const letter of '€[]{}\\^~|') expect(segmented(letter), letter).to.include({ encoding: 'GSM-7', units: 2 })
      for (const letter of 'çÀÂâÊêÈËëÎîÏïÔôÛûÙŒœŸÿ«»’‘“”…–—°º²\u00a0\u202f\u2011')
        expect(segmented(letter).encoding, letter).to.equal('UCS-2')
    })

    it('and encodes marks smartly, no letter', () => {
      expect(smartEncoded('« L’été… »\u202f—\u00a0“ô”')).to.equal('" L\'été... " - "ô"')
      expect(smartEncoded('çê\u2011°²')).to.equal('çê\u2011°²')
    })
  })

  describe('accepts a message', () => {
    it('with exactly the answer of Twilio', async () => {
      await starts()
      const { status, text, json } = await sends(simple)
      const { sid } = twilio.account
      const uri = `/2010-04-01/Accounts/${sid}/Messages/${String(json['sid'])}`
      expect(status).to.equal(201)
      expect(json['sid']).to.match(/^SM[0-9a-f]{32}$/)
      expect(text).to.equal(
        JSON.stringify({
          sid: json['sid'],
          account_sid: sid,
          api_version: '2010-04-01',
          body: 'Bonjour',
          date_created: 'Tue, 24 Nov 2026 10:00:00 +0000',
          date_updated: 'Tue, 24 Nov 2026 10:00:00 +0000',
          date_sent: null,
          direction: 'outbound-api',
          error_code: null,
          error_message: null,
          from: LONG_CODE,
          to: ANA,
          messaging_service_sid: null,
          num_media: '0',
          num_segments: '1',
          price: null,
          price_unit: null,
          status: 'queued',
          subresource_uris: { media: `${uri}/Media.json` },
          uri: `${uri}.json`,
        }),
      )
      expect(twilio.record.messages[0]?.callbackQuery).to.deep.equal({ outbox: '7', try: '1' })
    })

    it('of a service, which chooses its sender later', async () => {
      await starts()
      const { json } = await sends({ To: ANA, MessagingServiceSid: SERVICE_SID, Body: 'ê'.repeat(71) })
      expect(json).to.include({ status: 'accepted', from: null, num_segments: '0', messaging_service_sid: SERVICE_SID })
      twilio.carry()
      const { json: later } = await asks('GET', String(json['uri']))
      expect(later).to.include({ status: 'delivered', from: POOLED, num_segments: '2' })
    })

    it('by the API key as well, and by the second token', async () => {
      await starts({ tokens: ['new', 'old'], apiKey: { sid: 'SK1', secret: 'x' } })
      const { sid } = twilio.account
      for (const auth of [`${sid}:new`, `${sid}:old`, 'SK1:x'])
        expect((await sends(simple, auth)).status, auth).to.equal(201)
      twilio.rotateToken('newest')
      expect((await sends(simple, `${sid}:newest`)).status).to.equal(201)
      expect((await sends(simple, `${sid}:new`)).status).to.equal(201)
      expect((await sends(simple, `${sid}:old`)).status).to.equal(401)
    })

    it('and refuses whoever it does not know', async () => {
      await starts()
      const { sid } = twilio.account
      const refused = await sends(simple, `${sid}:wrong`)
      expect(refused.status).to.equal(401)
      expect(refused.json).to.deep.equal({
        code: 20003,
        message: 'Authenticate',
        more_info: 'https://www.twilio.com/docs/errors/20003',
        status: 401,
      })
      expect((await asks('GET', messages(), undefined, `${sid}:`)).status).to.equal(401)
      expect(twilio.record.messages).to.deep.equal([])
    })
  })

  describe('refuses what Twilio refuses', () => {
    const people: Record<string, Reach> = {
      '+15145550111': 'landline',
      '+15145550112': 'notMobile',
      '+15145550113': 'invalid',
      '+15145550114': 'regionOff',
      '+15145550115': 'noRoute',
      '+15145550116': 'unverified',
    }
    const EMPTY_SERVICE = `MG${'e'.repeat(32)}`
    const options: TwilioOptions = {
      people,
      services: [
        { sid: SERVICE_SID, senders: [POOLED] },
        { sid: EMPTY_SERVICE, senders: [] },
      ],
      templates: { HX1: 'Bonjour {{1}}' },
    }
    const inMinutes = (minutes: number): string =>
      new Date(Date.parse('2026-11-24T10:00:00Z') + minutes * 60_000).toISOString()
    const service = { To: ANA, MessagingServiceSid: SERVICE_SID, Body: 'x' }
    const whatsApp = { To: `whatsapp:${ANA}`, From: WHATSAPP }

    for (const [name, fields, code] of [
      ['a landline', { ...simple, To: '+15145550111' }, 21635],
      ['a number that is not mobile', { ...simple, To: '+15145550112' }, 21614],
      ['a number that Twilio knows as invalid', { ...simple, To: '+15145550113' }, 21211],
      ['a number too short', { ...simple, To: '+1514555010' }, 21211],
      ['a number without a plus', { ...simple, To: '15145550100' }, 21211],
      ['a region that is off', { ...simple, To: '+15145550114' }, 21408],
      ['a country that is off', { ...simple, To: '+33612345678' }, 21408],
      ['no route', { ...simple, To: '+15145550115' }, 21612],
      ['a short code abroad', { ...simple, To: '+12125550100', From: SHORT_CODE }, 21612],
      ['a number unverified on trial', { ...simple, To: '+15145550116' }, 21608],
      ["Twilio's magic number of a person opted out", { ...simple, To: '+15005550004' }, 21610],
      ['no To', { From: LONG_CODE, Body: 'x' }, 21604],
      ['no From', { To: ANA, Body: 'x' }, 21603],
      ['a From that is no number', { ...simple, From: '+1999' }, 21212],
      ['a From that is not ours', { ...simple, From: '+15145550188' }, 21606],
      ['a From that is To', { ...simple, To: LONG_CODE }, 21266],
      ['an unknown service', { ...service, MessagingServiceSid: `MG${'1'.repeat(32)}` }, 21705],
      ['a service without numbers', { ...service, MessagingServiceSid: EMPTY_SERVICE }, 21704],
      ['a service without a sender for WhatsApp', { ...service, To: `whatsapp:${ANA}` }, 21703],
      ['no body', { To: ANA, From: LONG_CODE }, 21602],
      ['1601 letters', { ...simple, Body: 'a'.repeat(1601) }, 21617],
      ['11 media', { ...simple, MediaUrl: Array.from({ length: 11 }, () => 'https://a.example/b.png') }, 21623],
      ['a bad media address', { ...simple, MediaUrl: 'file:///etc/passwd' }, 21620],
      ['a callback with an underscore', { ...simple, StatusCallback: 'https://a_b.example/' }, 21609],
      ['a callback to localhost', { ...simple, StatusCallback: 'http://localhost/' }, 21609],
      ['a relative callback', { ...simple, StatusCallback: '/status' }, 21609],
      ['a validity of 0 s', { ...simple, ValidityPeriod: '0' }, 90007],
      ['a validity of 36001 s', { ...simple, ValidityPeriod: '36001' }, 90007],
      ['a schedule without an hour', { ...service, ScheduleType: 'fixed' }, 35111],
      ['a schedule without a service', { ...simple, ScheduleType: 'fixed', SendAt: inMinutes(60) }, 35118],
      ['a schedule too soon', { ...service, ScheduleType: 'fixed', SendAt: inMinutes(14) }, 35114],
      ['a schedule too late', { ...service, ScheduleType: 'fixed', SendAt: inMinutes(35 * 1440 + 1) }, 35114],
      ['a schedule of another kind', { ...service, ScheduleType: 'soon', SendAt: inMinutes(60) }, 35126],
      ['WhatsApp from a number', { To: `whatsapp:${ANA}`, From: LONG_CODE, Body: 'x' }, 21910],
      ['an unknown sender of WhatsApp', { ...whatsApp, From: 'whatsapp:+15145550001', Body: 'x' }, 63007],
      ['an unknown template', { ...whatsApp, ContentSid: 'HX2' }, 21655],
      ['variables that are no JSON', { ...whatsApp, ContentSid: 'HX1', ContentVariables: '{' }, 21656],
      ['a variable that is missing', { ...whatsApp, ContentSid: 'HX1', ContentVariables: '{"2":"x"}' }, 21656],
      ['variables without a template', { ...whatsApp, Body: 'x', ContentVariables: '{}' }, 21654],
    ] as [string, Record<string, string | string[]>, number][])
      it(`${code}: ${name}`, async () => {
        await starts(options)
        const { status, json } = await sends(fields)
        expect(json).to.have.all.keys('code', 'message', 'more_info', 'status')
        expect(json).to.include({ code, status, more_info: `https://www.twilio.com/docs/errors/${code}` })
        expect(status).to.equal(400)
        expect(json['message']).to.not.match(/%\d|Bad request/)
        expect(twilio.record.messages).to.deep.equal([])
        expect(twilio.record.requests[0]).to.include({ status, code, sid: undefined })
      })

    it('but accepts what is just allowed', async () => {
      await starts({ ...options, regions: ['CA', 'FR'] })
      expect((await sends({ ...simple, Body: 'a'.repeat(1600), ValidityPeriod: '36000' })).status).to.equal(201)
      expect((await sends({ ...simple, To: '+33612345678' })).status).to.equal(201)
      const scheduled = await sends({ ...service, ScheduleType: 'fixed', SendAt: inMinutes(15) })
      expect(scheduled.json['status']).to.equal('scheduled')
      const withMedia = await sends({ To: ANA, From: LONG_CODE, MediaUrl: ['https://a.example/b.png'] })
      expect(withMedia.json).to.include({ num_media: '1', body: '' })
      expect(withMedia.json['sid']).to.match(/^MM/)
    })

    it('and what is not there', async () => {
      await starts()
      const { status, json } = await asks('GET', messages().replace('.json', '/SM1.json'))
      expect([status, json['code']]).to.deep.equal([404, 20404])
      expect((await asks('GET', messages().replace(twilio.account.sid, 'AC1'))).status).to.equal(404)
    })
  })

  describe('sends at the rate of the sender', () => {
    it('one segment a second for a long code, three for toll-free', async () => {
      await starts()
      for (const body of ['1', 'ê'.repeat(71), '3']) await sends({ ...simple, Body: body })
      for (const body of ['a', 'b', 'c', 'd']) await sends({ ...simple, From: TOLL_FREE, To: BOB, Body: body })
      const texts = (): string =>
        [...twilio.phone(ANA).texts(), ...twilio.phone(BOB).texts()].join(' ').replaceAll('ê', '')
      twilio.carry()
      expect(texts()).to.equal('1 a')
      clock += 999
      twilio.carry()
      expect(texts()).to.equal('1 a b c')
      clock += 1
      twilio.carry()
      expect(texts()).to.equal('1  a b c d')
      clock += 2000
      twilio.carry()
      expect(texts()).to.equal('1  3 a b c d')
      expect(twilio.phone(ANA).received.map(({ at }) => at - clock)).to.deep.equal([-3000, -2000, 0])
    })

    it('refuses by 21611 when the queue is full; a service only says so later', async () => {
      await starts({ queueSeconds: 2 })
      for (let n = 0; n < 3; n += 1) expect((await sends(simple)).status).to.equal(201)
      expect(await codeOf(sends(simple))).to.equal(21611)
      for (let n = 0; n < 4; n += 1)
        await sends({ To: ANA, MessagingServiceSid: SERVICE_SID, Body: `${n}`, StatusCallback: STATUS })
      await twilio.flushCallbacks()
      expect(ours.heard.map((one) => valueOf(one, 'ErrorCode')).filter(Boolean)).to.deep.equal(['30001'])
    })

    it('fails a message that waited longer than its validity', async () => {
      await starts()
      for (const Body of ['1', '2', '3']) await sends({ ...simple, Body, ValidityPeriod: '1' })
      clock += 5000
      await twilio.flushCallbacks()
      expect(twilio.phone(ANA).texts()).to.deep.equal(['1', '2'])
      expect(twilio.record.messages[2]).to.include({ status: 'failed', errorCode: 30036 })
    })

    it('sends a scheduled message at its time, unless it was cancelled', async () => {
      await starts()
      const later = { To: ANA, MessagingServiceSid: SERVICE_SID, ScheduleType: 'fixed', SendAt: '2026-11-24T11:00:00Z' }
      const first = await sends({ ...later, Body: 'un' })
      const second = await sends({ ...later, Body: 'deux', StatusCallback: STATUS })
      twilio.carry()
      expect(twilio.phone(ANA).texts()).to.deep.equal([])
      const cancelled = await asks('POST', String(second.json['uri']), [['Status', 'canceled']])
      expect(cancelled.json['status']).to.equal('canceled')
      clock = Date.parse('2026-11-24T11:00:00Z')
      await twilio.flushCallbacks()
      expect(twilio.phone(ANA).texts()).to.deep.equal(['un'])
      expect(statuses()).to.deep.equal(['canceled'])
      const late = await asks('POST', String(first.json['uri']), [['Status', 'canceled']])
      expect([late.status, late.json['code']]).to.deep.equal([409, 30409])
    })

    it('answers 429 when too many ask at once', async () => {
      await starts({ maxConcurrent: 2 })
      twilio.fail(['hang', 'hang'])
      const stop = new AbortController()
      const hung = [1, 2].map(() =>
        fetch(twilio.url + messages(), { method: 'POST', signal: stop.signal, body: '' }).catch(() => 'stopped'),
      )
      await eventually('two are under way', () => twilio.record.requests.length === 2)
      expect(await codeOf(sends(simple))).to.equal(20429)
      stop.abort()
      expect(await Promise.all(hung)).to.deep.equal(['stopped', 'stopped'])
    })
  })

  describe('lists', () => {
    it('late, and without those who do not fit a filter yet', async () => {
      await starts({ listLagMs: 60_000 })
      await sends({ To: ANA, MessagingServiceSid: SERVICE_SID, Body: 'service' })
      await sends({ ...simple, Body: 'direct' })
      const since = `&DateSent%3E=2026-11-24T10%3A00%3A00Z`
      const bodies = async (query: string): Promise<unknown[]> =>
        listed(await asks('GET', messages(`?To=%2B15145550100${query}`))).map(({ body }) => body)
      expect(await bodies('')).to.deep.equal([])
      clock += 60_000
      expect(await bodies('')).to.deep.equal(['direct', 'service'])
      expect(await bodies(`&From=%2B15145550199`)).to.deep.equal(['direct'])
      expect(await bodies(`&From=%2B15145550197`)).to.deep.equal([])
      expect(await bodies(since)).to.deep.equal([])
      twilio.carry()
      expect(await bodies(`&From=%2B15145550197`)).to.deep.equal(['service'])
      expect(await bodies(since)).to.deep.equal(['direct', 'service'])
      expect(await bodies('&DateSent%3E=2026-11-24')).to.deep.equal(['direct', 'service'])
      expect(await bodies('&DateSent=2026-11-24')).to.deep.equal(['direct', 'service'])
      expect(await bodies('&DateSent%3C=2026-11-23')).to.deep.equal([])
      expect(await bodies('&DateSent%3E=2026-11-25')).to.deep.equal([])
    })

    it('in pages that stay whole when more is written', async () => {
      await starts()
      for (const Body of ['1', '2', '3', '4', '5']) await sends({ ...simple, Body })
      const first = await asks('GET', messages('?PageSize=2'))
      expect(first.json).to.include({ page: 0, page_size: 2, previous_page_uri: null, start: 0, end: 1 })
      await sends({ ...simple, Body: '6' })
      const second = await asks('GET', String(first.json['next_page_uri']))
      const third = await asks('GET', String(second.json['next_page_uri']))
      expect([first, second, third].flatMap(listed).map(({ body }) => body)).to.deep.equal(['5', '4', '3', '2', '1'])
      expect(third.json['next_page_uri']).to.equal(null)
      const back = await asks('GET', String(third.json['previous_page_uri']))
      expect(listed(back).map(({ body }) => body)).to.deep.equal(['3', '2'])
    })

    it('what people wrote, also when our server never got it, and hides bodies when told', async () => {
      await starts()
      ours.say({ status: 500 })
      const { status } = await twilio.phone(ANA).writes('Allô')
      expect(status).to.equal(undefined)
      const [row] = listed(await asks('GET', messages(`?To=${encodeURIComponent(LONG_CODE)}`)))
      expect(row).to.include({ direction: 'inbound', body: 'Allô', from: ANA, status: 'received' })
      expect(row?.['date_sent']).to.equal('Tue, 24 Nov 2026 10:00:00 +0000')
      twilio.account.redactBodies = true
      expect(listed(await asks('GET', messages()))[0]?.['body']).to.equal('')
    })
  })

  describe('posts what a person writes', () => {
    it('signed over the public address, in the order of a real one, as a proxy forwards it', async () => {
      await starts()
      twilio.connect({ inboundUrl: `${WEBHOOK}?lang=fr#rc=2` })
      ours.say({ status: 200, type: 'text/xml', body: EMPTY_TWIML })
      const { sid, status } = await twilio.phone(ANA).writes('Bonjour + é')
      expect(status).to.equal(200)
      const [heard] = ours.heard
      expect(heard?.path).to.equal('/channels/sms/webhook?lang=fr')
      expect(isSigned(heard)).to.equal(true)
      expect(heard?.headers).to.include({ host: 'parcours.example', 'x-forwarded-proto': 'https' })
      expect(heard?.headers['i-twilio-idempotency-token']).to.match(/^[0-9a-f]{32}$/)
      expect(heard?.fields).to.deep.equal([
        ['ToCountry', 'CA'],
        ['ToState', 'QC'],
        ['SmsMessageSid', sid],
        ['NumMedia', '0'],
        ['ToCity', ''],
        ['FromZip', ''],
        ['SmsSid', sid],
        ['FromState', 'QC'],
        ['SmsStatus', 'received'],
        ['FromCity', 'MONTREAL'],
        ['Body', 'Bonjour + é'],
        ['FromCountry', 'CA'],
        ['To', LONG_CODE],
        ['ToZip', ''],
        ['NumSegments', '1'],
        ['ReferralNumMedia', '0'],
        ['MessageSid', sid],
        ['AccountSid', twilio.account.sid],
        ['From', ANA],
        ['ApiVersion', '2010-04-01'],
      ])
      expect(twilio.record.alerts).to.deep.equal([])
    })

    it('to the address itself when that is of loopback', async () => {
      await starts({ inboundUrl: `${ours.url}/hook` })
      await twilio.phone(ANA).writes('Bonjour')
      const [heard] = ours.heard
      expect(heard?.headers['x-twilio-signature']).to.equal(sign('12345', `${ours.url}/hook`, heard?.fields))
      expect(heard?.headers).to.not.have.property('x-forwarded-proto')
    })

    it('with other fields, other signatures, in base64, and twice', async () => {
      await starts()
      const ana = twilio.phone(ANA)
      await ana.writes('a', { fields: { AccountSid: 'AC2', 'a[b]': '1' } })
      await ana.writes('b', { signature: 'bad' })
      await ana.writes('c', { signature: 'absent' })
      const posted = await ana.writes('d'.repeat(200), { base64: true })
      await Promise.all([posted.again(), posted.again()])
      const [changed, bad, absent, ...same] = ours.heard
      expect(valueOf(changed, 'AccountSid')).to.equal('AC2')
      expect(valueOf(changed, 'a[b]')).to.equal('1')
      expect(isSigned(changed)).to.equal(true)
      expect(isSigned(bad)).to.equal(false)
      expect(absent?.headers).to.not.have.property('x-twilio-signature')
      expect(same.map((one) => valueOf(one, 'MessageSid'))).to.deep.equal([posted.sid, posted.sid, posted.sid])
      expect(Buffer.from(valueOf(same[0], 'Body') ?? '', 'base64').toString()).to.equal('d'.repeat(200))
    })

    it('raw fields, doubled keys, JSON, and a signature of 2026', async () => {
      await starts()
      const double: Fields = [
        ['B', '1'],
        ['a', 'y'],
        ['a', 'x'],
        ['a', 'y'],
      ]
      await twilio.post(double)
      await twilio.post({ Body: '' }, { signature: 'absent', url: STATUS })
      await twilio.post({ Body: '' }, { signature: 'sha256' })
      expect(await twilio.postJson({ a: 1 })).to.equal(204)
      const [doubled, raw, newer, json] = ours.heard
      expect(doubled?.headers['x-twilio-signature']).to.equal('NnUxzB6nxxXH/EpvFGxsMV76it8=')
      expect(doubled?.body).to.equal('B=1&a=y&a=x&a=y')
      expect(raw?.path).to.equal('/channels/sms/status?outbox=7&try=1')
      expect(newer?.headers['x-twilio-webhooks-signature-settings']).to.contain('HMAC_SHA256')
      expect(json?.path).to.match(/\?bodySHA256=[0-9a-f]{64}$/)
      expect(isSigned(json, [])).to.equal(true)
    })

    it('again only when no connection came, with the same token', async () => {
      await starts()
      const ana = twilio.phone(ANA)
      for (const said of [{ status: 403 }, { status: 503 }, 'reset'] as const) {
        ours.say(said)
        const { attempts, status } = await ana.writes('x')
        expect([attempts.length, status], JSON.stringify(said)).to.deep.equal([1, undefined])
      }
      expect(twilio.record.alerts.map(({ code }) => code)).to.deep.equal([11200, 11200, 11200])
      twilio.connect({ loopbackUrl: undefined })
      const { attempts } = await ana.writes('x')
      expect(attempts.map(({ end }) => end)).to.deep.equal(['connect', 'connect'])
    })

    it('again as the address says, then to the fallback', async () => {
      await starts({ inboundUrl: `${WEBHOOK}#rc=2&rp=5xx,rt&rt=40`, fallbackUrl: `${PUBLIC}/fallback` })
      ours.say({ status: 500 }, 'hang', { status: 500 }, { status: 200, type: 'text/xml', body: EMPTY_TWIML })
      const { attempts, status } = await twilio.phone(ANA).writes('x')
      expect(status).to.equal(200)
      expect(attempts.map(({ end }) => (typeof end === 'string' ? end : end.status))).to.deep.equal([
        500,
        'read',
        500,
        200,
      ])
      expect(new Set(ours.heard.map(({ headers }) => headers['i-twilio-idempotency-token']))).to.have.property(
        'size',
        1,
      )
      expect(ours.heard.at(-1)?.path).to.equal('/fallback')
      expect(valueOf(ours.heard.at(-1), 'ErrorUrl')).to.equal(WEBHOOK)
      expect(isSigned(ours.heard.at(-1))).to.equal(true)
    })

    it('no longer than the address says in all', async () => {
      await starts({ inboundUrl: `${WEBHOOK}#rc=5&rp=all&tt=60` })
      ours.say('hang', 'hang')
      const { attempts } = await twilio.phone(ANA).writes('x')
      expect(attempts.map(({ end }) => end)).to.deep.equal(['read'])
    })

    it('as a GET without fields after a 302, as it was after a 307', async () => {
      await starts()
      ours.say({ status: 302, location: '/b?c=1' }, { status: 204 }, { status: 307, location: '/d' })
      await twilio.phone(ANA).writes('x')
      await twilio.phone(ANA).writes('y')
      const [, got, , posted] = ours.heard
      expect([got?.method, got?.path, got?.body]).to.deep.equal(['GET', '/b?c=1', ''])
      expect(isSigned(got)).to.equal(true)
      expect([posted?.method, posted?.path, valueOf(posted, 'Body')]).to.deep.equal(['POST', '/d', 'y'])
    })

    it('and tells the debugger what is wrong with an answer; a text in it reaches the phone', async () => {
      await starts()
      const ana = twilio.phone(ANA)
      ours.say(
        { status: 200, type: 'application/octet-stream', body: EMPTY_TWIML },
        { status: 200, type: 'text/xml', body: '<Response>' },
        { status: 200, type: 'text/xml', body: '<Response><Play/></Response>' },
        { status: 200, type: 'text/xml', body: '<Response><Message>Allô &amp; merci</Message></Response>' },
        { status: 200, type: 'text/plain', body: 'OK' },
      )
      for (let n = 0; n < 5; n += 1) await ana.writes('x')
      expect(twilio.record.alerts.map(({ code }) => code)).to.deep.equal([12300, 12100, 12200])
      clock += 5000
      twilio.carry()
      expect(ana.texts()).to.deep.equal(['Allô & merci', 'OK'])
      expect(twilio.record.messages).to.deep.equal([])
    })
  })

  describe('keeps media', () => {
    async function posted(items: MediaItem[]): Promise<string> {
      const { sid } = await twilio.phone(ANA).writes('', { media: items })
      expect(sid).to.match(/^MM/)
      expect(valueOf(ours.heard.at(-1), 'Body')).to.equal('')
      return valueOf(ours.heard.at(-1), 'MediaUrl0') ?? ''
    }
    const get = (url: string, auth: string | undefined, redirect: RequestRedirect = 'follow'): Promise<Response> =>
      fetch(url, {
        redirect,
        headers: auth === undefined ? {} : { authorization: `Basic ${Buffer.from(auth).toString('base64')}` },
      })
    const own = (): string => `${twilio.account.sid}:12345`

    it('behind a redirect to another host, for those with credentials', async () => {
      await starts()
      const url = await posted([{ type: 'image/png', bytes: Buffer.from('picture') }])
      expect(url).to.match(new RegExp(`^${twilio.url}/2010-04-01/Accounts/AC[0-9a-f]{32}/Messages/MM`))
      expect(valueOf(ours.heard[0], 'MediaContentType0')).to.equal('image/png')
      expect((await get(url, undefined)).status).to.equal(401)
      const redirect = await get(url, own(), 'manual')
      expect(redirect.status).to.equal(307)
      const file = await get(redirect.headers.get('location') ?? '', undefined)
      expect([file.headers.get('content-type'), await file.text()]).to.deep.equal(['image/png', 'picture'])
      expect(twilio.record.media.map(({ at, authorization }) => [at, authorization === undefined])).to.deep.equal([
        ['api', true],
        ['api', false],
        ['elsewhere', true],
      ])
    })

    it('without credentials when the account wants none, refused, missing, elsewhere', async () => {
      await starts({ mediaNeedsAuth: false })
      expect((await get(await posted([{ behaves: 'direct' }]), undefined)).status).to.equal(200)
      expect((await get(await posted([{ behaves: 'unauthorized' }]), own())).status).to.equal(401)
      expect((await get(await posted([{ behaves: 'missing' }]), own())).status).to.equal(404)
      expect(await posted([{ url: 'https://evil.example/a.jpg' }])).to.equal('https://evil.example/a.jpg')
    })

    it('huge, as long as somebody reads', async () => {
      await starts()
      const big = await get(await posted([{ behaves: 'direct', size: 3_000_000 }]), own())
      expect(big.headers.get('content-length')).to.equal(null)
      expect((await big.arrayBuffer()).byteLength).to.equal(3_000_000)
      const endless = await get(await posted([{ behaves: 'endless' }]), own())
      const reader = endless.body?.getReader()
      let read = 0
      while (read < 1_000_000) read += (await reader?.read())?.value?.length ?? 0
      await reader?.cancel()
      expect(twilio.record.media.at(-1)?.bytesSent).to.be.greaterThan(999_999)
    })
  })

  describe('keeps who is opted out', () => {
    it('answers STOP itself, posts it all the same, and refuses by 21610 until START', async () => {
      await starts()
      const ana = twilio.phone(ANA)
      await sends({ ...simple, Body: 'queued' })
      await ana.writes(' stop ')
      expect(valueOf(ours.heard[0], 'Body')).to.equal(' stop ')
      expect(valueOf(ours.heard[0], 'OptOutType')).to.equal(undefined)
      expect(ana.texts()).to.have.length(1)
      expect(ana.received[0]).to.include({ sid: null, from: LONG_CODE })
      await ana.writes('STOP')
      expect(ana.texts()).to.have.length(1)
      expect(await codeOf(sends(simple))).to.equal(21610)
      expect((await sends({ ...simple, From: TOLL_FREE })).status).to.equal(201)
      expect((await sends({ ...simple, To: BOB })).status).to.equal(201)
      expect(listed(await asks('GET', messages())).some(({ body }) => /unsubscribed/.test(String(body)))).to.equal(
        false,
      )
      await twilio.flushCallbacks()
      expect(ours.heard.at(-1)?.body).to.contain('MessageStatus=')
      expect(twilio.record.messages[0]).to.include({ status: 'failed', errorCode: 21610 })
      await ana.writes('Yes')
      expect((await sends(simple)).status).to.equal(201)
      expect(twilio.isOptedOut(ANA, LONG_CODE)).to.equal(false)
    })

    it('hears whole words of its own only, and no French', async () => {
      await starts()
      for (const body of ['ARRET', 'ARRÊT', 'stop it', 'STOP.', 'AIDE']) await twilio.phone(ANA).writes(body)
      expect(twilio.phone(ANA).texts()).to.deep.equal([])
      await twilio.phone(ANA).writes('info')
      expect(twilio.phone(ANA).texts()).to.deep.equal(['Reply STOP to unsubscribe. Msg&Data Rates May Apply.'])
      for (const word of ['STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT']) {
        await twilio.phone(ANA).writes(word)
        expect(twilio.isOptedOut(ANA, LONG_CODE), word).to.equal(true)
        twilio.setOptOut(ANA, LONG_CODE, false)
      }
    })

    it('toll-free by the network: STOP, START and UNSTOP alone', async () => {
      await starts()
      const ana = twilio.phone(ANA)
      await ana.writes('QUIT', { to: TOLL_FREE })
      expect(twilio.isOptedOut(ANA, TOLL_FREE)).to.equal(false)
      await ana.writes('Stop', { to: TOLL_FREE })
      expect(ana.texts()[0]).to.match(/^NETWORK MSG/)
      await ana.writes('yes', { to: TOLL_FREE })
      expect(await codeOf(sends({ ...simple, From: TOLL_FREE }))).to.equal(21610)
      await ana.writes('unstop', { to: TOLL_FREE })
      expect((await sends({ ...simple, From: TOLL_FREE })).status).to.equal(201)
    })

    it('with Advanced Opt-Out: words of ours, OptOutType, the whole pool', async () => {
      const advancedOptOut = {
        stop: ['ARRET', 'ARRÊT'],
        start: ['DEBUT'],
        help: ['AIDE'],
        replies: { STOP: 'C’est arrêté.' },
      }
      await starts({ services: [{ sid: SERVICE_SID, senders: [POOLED, SHORT_CODE], advancedOptOut }] })
      const ana = twilio.phone(ANA)
      await ana.writes('arrêt', { to: POOLED })
      await ana.writes('aide', { to: SHORT_CODE })
      await ana.writes('Bonjour', { to: SHORT_CODE })
      expect(ours.heard.map((one) => valueOf(one, 'OptOutType'))).to.deep.equal(['STOP', 'HELP', undefined])
      expect(valueOf(ours.heard[0], 'MessagingServiceSid')).to.equal(SERVICE_SID)
      expect(ana.texts()[0]).to.equal('C’est arrêté.')
      expect(await codeOf(sends({ To: ANA, MessagingServiceSid: SERVICE_SID, Body: 'x' }))).to.equal(21610)
      expect(await codeOf(sends({ ...simple, From: SHORT_CODE }))).to.equal(21610)
      await ana.writes('Debut', { to: POOLED })
      expect((await sends({ To: ANA, MessagingServiceSid: SERVICE_SID, Body: 'x' })).status).to.equal(201)
    })

    it('a service may say so by a callback, which has four fields', async () => {
      await starts({ optedOutBy: 'callback' })
      twilio.setOptOut(ANA, SERVICE_SID, true)
      const { status, json } = await sends({
        To: ANA,
        MessagingServiceSid: SERVICE_SID,
        Body: 'x',
        StatusCallback: STATUS,
      })
      expect(status).to.equal(201)
      await twilio.flushCallbacks()
      expect(ours.heard.at(-1)?.fields).to.deep.equal([
        ['ErrorCode', '21610'],
        ['MessageSid', json['sid']],
        ['MessageStatus', 'failed'],
        ['To', ANA],
      ])
      expect(isSigned(ours.heard.at(-1))).to.equal(true)
    })
  })

  describe('tells how a message fares', () => {
    it('when asked to, signed with the query', async () => {
      await starts()
      const { json } = await sends(simple)
      expect(ours.heard).to.deep.equal([])
      await twilio.flushCallbacks()
      expect(statuses()).to.deep.equal(['sending', 'sent', 'delivered'])
      expect(ours.heard.every((one) => isSigned(one) && one.path === '/channels/sms/status?outbox=7&try=1')).to.equal(
        true,
      )
      expect(ours.heard[2]?.fields).to.deep.equal([
        ['RawDlrDoneDate', '2611241000'],
        ['SmsSid', json['sid']],
        ['SmsStatus', 'delivered'],
        ['MessageStatus', 'delivered'],
        ['To', ANA],
        ['MessageSid', json['sid']],
        ['AccountSid', twilio.account.sid],
        ['From', LONG_CODE],
        ['ApiVersion', '2010-04-01'],
      ])
      expect(await twilio.flushCallbacks()).to.deep.equal([])
      expect(ours.heard[0]?.headers).to.not.have.property('i-twilio-idempotency-token')
    })

    it('of a service: queued too, with its SID', async () => {
      await starts()
      await sends({ To: ANA, MessagingServiceSid: SERVICE_SID, Body: 'x', StatusCallback: STATUS })
      await twilio.flushCallbacks()
      expect(statuses()).to.deep.equal(['queued', 'sending', 'sent', 'delivered'])
      expect(ours.heard.map((one) => valueOf(one, 'MessagingServiceSid'))).to.deep.equal(Array(4).fill(SERVICE_SID))
    })

    it('before the answer', async () => {
      await starts()
      twilio.callbacks({ when: 'beforeAnswer' })
      const { json } = await sends(simple)
      expect(statuses()).to.deep.equal(['sending', 'sent', 'delivered'])
      expect(valueOf(ours.heard[0], 'MessageSid')).to.equal(json['sid'])
      expect(json['status']).to.equal('queued')
    })

    it('never, twice, in reverse, sent alone, and by itself', async () => {
      await starts()
      const said = async (): Promise<(string | undefined)[]> => {
        ours.heard.length = 0
        clock += 10_000
        await sends(simple)
        await twilio.flushCallbacks()
        return statuses()
      }
      twilio.callbacks({ times: 0 })
      expect(await said()).to.deep.equal([])
      twilio.callbacks({ times: 2 })
      expect(await said()).to.deep.equal(['sending', 'sending', 'sent', 'sent', 'delivered', 'delivered'])
      twilio.callbacks({ times: 1, order: 'reversed' })
      expect(await said()).to.deep.equal(['delivered', 'sent', 'sending'])
      twilio.callbacks({ order: 'asHappened', only: ['sent'] })
      expect(await said()).to.deep.equal(['sent'])
      twilio.callbacks({ only: 'all' })
      twilio.ends('sent')
      expect(await said()).to.deep.equal(['sending', 'sent'])
      expect(twilio.phone(ANA).texts()).to.have.length(5)
      ours.heard.length = 0
      twilio.callbacks({ when: 'automatic' })
      clock += 10_000
      await sends(simple)
      await eventually('callbacks by themselves', () => statuses().at(-1) === 'delivered')
    })

    it('unsigned, badly signed, bare, and whatever else when told', async () => {
      await starts()
      twilio.callbacks({ signature: 'absent', only: ['sent'] })
      await sends(simple)
      await twilio.flushCallbacks()
      expect(ours.heard[0]?.headers).to.not.have.property('x-twilio-signature')
      twilio.callbacks({ signature: 'bad' })
      const { json } = await sends({ ...simple, To: BOB })
      clock += 1000
      await twilio.flushCallbacks()
      expect(isSigned(ours.heard[1])).to.equal(false)
      twilio.callbacks({ signature: 'good', only: 'all', bare: true })
      await twilio.report(String(json['sid']), 'failed', 30008)
      expect(ours.heard[2]?.fields.map(([key]) => key)).to.deep.equal([
        'ErrorCode',
        'MessageSid',
        'MessageStatus',
        'To',
      ])
      expect((await asks('GET', String(json['uri']))).json).to.include({ status: 'failed', error_code: 30008 })
    })

    it('with each code, without a message on the phone', async () => {
      await starts({ people: { [BOB]: { undelivered: 30005 } } })
      for (const code of UNDELIVERED_CODES) {
        clock += 1000
        twilio.ends({ undelivered: code })
        await sends(simple)
        await twilio.flushCallbacks()
        expect(valueOf(ours.heard.at(-1), 'MessageStatus'), `${code}`).to.equal('undelivered')
        expect(valueOf(ours.heard.at(-1), 'ErrorCode')).to.equal(String(code))
      }
      expect(UNDELIVERED_CODES).to.include.members([
        30003, 30004, 30006, 30007, 30008, 30017, 30019, 30034, 30410, 30450,
      ])
      await sends({ ...simple, To: BOB })
      clock += 1000
      await twilio.flushCallbacks()
      expect(valueOf(ours.heard.at(-1), 'ErrorMessage')).to.equal('Unknown destination handset')
      expect([...twilio.phone(ANA).texts(), ...twilio.phone(BOB).texts()]).to.deep.equal([])
    })

    it('of senders that carriers do not take: toll-free unverified, long code in the US', async () => {
      await starts({
        senders: [
          { number: TOLL_FREE, kind: 'tollFree', approved: false },
          { number: LONG_CODE, kind: 'longCode', approved: false },
        ],
        services: [],
      })
      await sends({ ...simple, From: TOLL_FREE })
      await sends({ ...simple, To: '+12125550100' })
      await sends(simple)
      clock += 5000
      twilio.carry()
      expect(twilio.record.messages.map(({ errorCode }) => errorCode)).to.deep.equal([30032, 30034, null])
    })
  })

  describe('speaks WhatsApp', () => {
    const person = `whatsapp:${ANA}`
    const free = { To: person, From: WHATSAPP, Body: 'Bonjour', StatusCallback: STATUS }

    it('free text for 24 hours after the person wrote, else 63016 by a callback', async () => {
      await starts()
      expect((await sends(free)).status).to.equal(201)
      await twilio.flushCallbacks()
      expect(statuses()).to.deep.equal(['failed'])
      expect(valueOf(ours.heard[0], 'ErrorCode')).to.equal('63016')
      await twilio.phone(person).writes('Hola')
      clock += 24 * 3_600_000
      await sends(free)
      twilio.carry()
      expect(twilio.phone(person).texts()).to.deep.equal(['Bonjour'])
      // One more than its queue needs.
      clock += 100
      await sends(free)
      twilio.carry()
      expect(twilio.record.messages.map(({ errorCode }) => errorCode)).to.deep.equal([63016, null, 63016])
    })

    it('templates at any time, and says when they were read', async () => {
      await starts({ templates: { HX1: 'Bonjour {{1}}, à {{heure}}.' } })
      twilio.ends('read')
      const ContentVariables = JSON.stringify({ 1: 'Ana', heure: '9 h' })
      await sends({ To: person, From: WHATSAPP, ContentSid: 'HX1', ContentVariables, StatusCallback: STATUS })
      await twilio.flushCallbacks()
      expect(twilio.phone(person).texts()).to.deep.equal(['Bonjour Ana, à 9 h.'])
      expect(statuses()).to.deep.equal(['sending', 'sent', 'delivered', 'read'])
      expect(valueOf(ours.heard[3], 'EventType')).to.equal('READ')
      expect(valueOf(ours.heard[3], 'ChannelPrefix')).to.equal('whatsapp')
    })

    it('with the fields of WhatsApp, and buttons', async () => {
      await starts()
      await twilio.phone(person).writes('Hola')
      await twilio.phone(person).writes('', { button: { text: 'Oui', payload: 'yes:1' } })
      const [text, button] = ours.heard
      expect(text?.fields.map(([key]) => key)).to.deep.equal([
        'SmsMessageSid',
        'NumMedia',
        'ProfileName',
        'MessageType',
        'SmsSid',
        'WaId',
        'SmsStatus',
        'Body',
        'To',
        'NumSegments',
        'ReferralNumMedia',
        'MessageSid',
        'AccountSid',
        'From',
        'ApiVersion',
      ])
      expect([valueOf(text, 'WaId'), valueOf(text, 'To')]).to.deep.equal(['15145550100', WHATSAPP])
      expect([valueOf(button, 'Body'), valueOf(button, 'ButtonPayload')]).to.deep.equal(['Oui', 'yes:1'])
      expect(isSigned(button)).to.equal(true)
    })
  })

  describe('fails when told', () => {
    const cases: [fault: Fault, seen: string, accepted: boolean][] = [
      ['truncated', '201 SyntaxError', true],
      ['cutBody', 'cut', true],
      ['acceptThenReset', 'cut', true],
      ['acceptThen500', '500 20500', true],
      ['acceptThen502html', '502 SyntaxError', true],
      ['acceptThenHang', 'timeout', true],
      ['hang', 'timeout', false],
      ['resetBefore', 'cut', false],
      [500, '500 20500', false],
      [503, '503 20503', false],
      ['502html', '502 SyntaxError', false],
      [{ tooMany: { retryAfter: 7 } }, '429 20429 7', false],
      [{ tooMany: {} }, '429 20429', false],
      [{ twilio: { status: 401, code: 20003 } }, '401 20003', false],
      [{ twilio: { status: 400, code: 63018, message: 'Rate limit' } }, '400 63018', false],
      [{ slow: 20 }, '201 undefined', true],
      [{ slow: 5_000 }, 'timeout', true],
    ]

    /** What a client sees of one sending; `isImpatient`: it leaves when Twilio has done its part. */
    async function seen(isImpatient = false): Promise<string> {
      const stop = new AbortController()
      const { sid } = twilio.account
      const asking = fetch(twilio.url + messages(), {
        method: 'POST',
        signal: stop.signal,
        headers: { authorization: `Basic ${Buffer.from(`${sid}:12345`).toString('base64')}` },
        body: new URLSearchParams(simple),
      })
      const leaving = isImpatient
        ? eventually('the request', () => twilio.record.requests.at(-1)?.fault !== undefined).then(() => stop.abort())
        : undefined
      try {
        const response = await asking
        const text = await response.text()
        const retryAfter = response.headers.get('retry-after')
        return [response.status, codeIn(text), retryAfter].filter((one) => one !== null).join(' ')
      } catch {
        await leaving
        return stop.signal.aborted ? 'timeout' : 'cut'
      }
    }
    function codeIn(text: string): string {
      try {
        return String((JSON.parse(text) as { code?: number }).code)
      } catch {
        return 'SyntaxError'
      }
    }

    for (const [fault, what, accepted] of cases)
      it(`${JSON.stringify(fault)}: ${what}, ${accepted ? 'accepted' : 'not accepted'}`, async () => {
        await starts()
        twilio.fail(fault)
        expect(await seen(what === 'timeout')).to.equal(what)
        expect(twilio.record.messages).to.have.length(accepted ? 1 : 0)
        expect(twilio.record.requests[0]?.sid === undefined).to.equal(!accepted)
        expect(twilio.record.requests[0]?.fault).to.be.a('string')
        expect(await seen()).to.equal('201 undefined')
        expect(repeated(twilio.record)).to.have.length(accepted ? 1 : 0)
      })

    it('in the list alone, and one after another', async () => {
      await starts()
      twilio.fail([500, '502html'], 'read')
      expect(() => twilio.fail('truncated', 'read')).to.throw(RangeError)
      expect((await sends(simple)).status).to.equal(201)
      expect((await asks('GET', messages())).status).to.equal(500)
      expect((await asks('GET', messages())).status).to.equal(502)
      expect((await asks('GET', messages())).status).to.equal(200)
    })

    it('by refusing connections', async () => {
      await starts()
      await twilio.unplug()
      expect(await sends(simple).catch(() => 'refused')).to.equal('refused')
      await twilio.plugIn()
      expect((await sends(simple)).status).to.equal(201)
    })

    it('at random, the same for the same seed', async () => {
      const run = async (seed: number): Promise<string[]> => {
        await starts()
        const plan = { truncated: 0.2, '500': 0.2, acceptThen500: 0.2, tooMany: 0.1 }
        twilio.soak({ seed, faults: plan, callbacks: { never: 0.3, doubled: 0.3 } })
        for (let n = 0; n < 40; n += 1) await sends({ ...simple, Body: `${n}` })
        const { requests } = twilio.record
        const accepted = requests.filter(({ sid }) => sid !== undefined).map(({ sid }) => sid)
        expect(twilio.record.messages.map(({ sid }) => sid)).to.deep.equal(accepted)
        clock += 60_000
        await twilio.flushCallbacks()
        const posted = twilio.record.messages.map(
          ({ sid }) => twilio.record.callbacks.filter((one) => one.sid === sid && one.status === 'sent').length,
        )
        expect(new Set(posted)).to.deep.equal(new Set([0, 1, 2]))
        twilio.calm()
        expect((await sends(simple)).status).to.equal(201)
        const faults = requests.map(({ fault }) => fault ?? '-')
        await twilio.close()
        return [...faults, ...posted.map(String)]
      }
      const first = await run(1)
      expect(new Set(first)).to.include.all.keys('-', 'truncated', '500', 'acceptThen500', 'tooMany')
      expect(await run(1)).to.deep.equal(first)
      expect(await run(2)).to.not.deep.equal(first)
    })
  })
})
