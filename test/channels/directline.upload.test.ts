import { request } from 'node:http'
import { expect } from 'chai'
import { UPLOAD_BYTES } from '../../bots/channels/directline/upload.ts'
import { startChannelServer, type ChannelServer } from '../support/channelServer.ts'
import { call, newCaller, type Caller, type SeenActivity } from '../support/directLineWire.ts'

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const MB = 1024 * 1024

describe('Direct Line upload', function () {
  this.timeout(20_000)
  let server: ChannelServer
  before(async () => {
    server = await startChannelServer()
  })
  after(() => server.stop())

  const upload = (caller: Caller, body: FormData | Uint8Array, headers = {}) =>
    caller.call('POST', `/conversations/${caller.id}/upload?userId=dl_forged`, body, headers)

  /** A form as the official client makes it: the activity as a file part of its own type, named `blob`. */
  function form(
    files: [name: string, bytes: Uint8Array | string, type?: string][],
    activity?: object,
    order: 'first' | 'last' = 'first',
  ): FormData {
    const made = new FormData()
    const addActivity = (): void => {
      if (activity !== undefined)
        made.append('activity', new Blob([JSON.stringify(activity)], { type: 'application/vnd.microsoft.activity' }))
    }
    if (order === 'first') addActivity()
    for (const [name, bytes, type = ''] of files) made.append('file', new Blob([bytes as BlobPart], { type }), name)
    if (order === 'last') addActivity()
    return made
  }

  const lastOwn = async (caller: Caller): Promise<SeenActivity | undefined> =>
    (await caller.messages()).findLast((message) => message.from.role === 'user')

  it('28: takes two files of one name, with accents, the activity last, and says them in the order it names', async () => {
    const caller = await newCaller(server.url)
    const activity = {
      type: 'message',
      text: 'Voilà',
      from: { id: 'x', role: 'bot' },
      channelData: { clientActivityID: 'up', attachmentSizes: [1, 2] },
      attachments: [
        { name: 'relevé (1).txt', contentType: 'text/plain' },
        { name: 'relevé.txt', contentType: 'text/plain', thumbnailUrl: 'data:image/png;base64,AAAA' },
      ],
    }
    const answered = await upload(
      caller,
      form(
        [
          ['relevé.txt', 'second'],
          ['relevé (1).txt', 'first'],
        ],
        activity,
        'last',
      ),
    )
    expect(answered.status).to.equal(200)
    const echo = await lastOwn(caller)
    expect(echo).to.deep.include({
      id: answered.json['id'],
      text: 'Voilà',
      from: { id: caller.userId, name: '', role: 'user' },
    })
    expect(echo?.channelData.clientActivityID).to.equal('up')
    expect(echo?.attachments?.map((one) => one.name)).to.deep.equal(['relevé (1).txt', 'relevé.txt'])
    expect(await (await fetch(echo?.attachments?.[0]?.contentUrl ?? '')).text()).to.equal('first')
    expect(JSON.stringify(echo)).to.not.contain('data:')
    const again = await upload(caller, form([['relevé.txt', 'second']], activity))
    expect(again.json['id']).to.equal(answered.json['id'])
  })

  it('28: keeps both of two files that really have the same name', async () => {
    const caller = await newCaller(server.url)
    expect(
      (
        await upload(
          caller,
          form([
            ['a.txt', 'x'],
            ['a.txt', 'y'],
          ]),
        )
      ).status,
    ).to.equal(200)
    const urls = (await lastOwn(caller))?.attachments?.map((one) => one.contentUrl) ?? []
    expect(await Promise.all(urls.map(async (url) => (await fetch(url)).text()))).to.deep.equal(['x', 'y'])
  })

  it('29: takes one raw file, named in a header', async () => {
    const caller = await newCaller(server.url)
    const answered = await upload(caller, PNG, {
      'content-type': 'image/png',
      'content-disposition': `name="file"; filename="x.png"; filename*=UTF-8''d%C3%A9part.png`,
    })
    expect(answered.status).to.equal(200)
    const echo = await lastOwn(caller)
    expect(echo?.text).to.equal('')
    expect(echo?.attachments?.[0]).to.include({ name: 'départ.png', contentType: 'image/png' })
    const latin = await upload(caller, PNG, {
      'content-type': 'image/png',
      'content-disposition': `name="file"; filename="${Buffer.from('été.png').toString('latin1')}"`,
    })
    expect(latin.status).to.equal(200)
    expect((await lastOwn(caller))?.attachments?.[0]?.name).to.equal('été.png')
  })

  it('30: opens without a header, always as a download, and nothing runs', async () => {
    const caller = await newCaller(server.url)
    const sent: [string, Uint8Array | string, string][] = [
      ['photo.png', PNG, 'image/png'],
      ['photo.jpg', '<html><script>alert(1)</script></html>', 'image/jpeg'],
      ['draw.svg', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', 'image/svg+xml'],
      ['../../etc/\u202egpj.exe', 'MZ\u0000', 'image/png'],
      ['page.html', 'hello <script>alert(1)</script>', 'text/html'],
    ]
    await upload(caller, form(sent))
    const files = (await lastOwn(caller))?.attachments ?? []
    expect(files.map((file) => [file.name, file.contentType])).to.deep.equal([
      ['photo.png', 'image/png'],
      ['photo.jpg', 'application/octet-stream'],
      ['draw.svg', 'application/octet-stream'],
      ['gpj.exe', 'application/octet-stream'],
      ['page.html', 'text/plain'],
    ])
    const answers = await Promise.all(files.map((file) => fetch(file.contentUrl)))
    for (const answer of answers) {
      expect(answer.status).to.equal(200)
      expect(answer.headers.get('x-content-type-options')).to.equal('nosniff')
      expect(answer.headers.get('content-security-policy')).to.equal("sandbox; default-src 'none'")
      expect(answer.headers.get('cache-control')).to.equal('private, no-store')
      expect(answer.headers.get('cross-origin-resource-policy')).to.equal('same-origin')
    }
    for (const answer of answers) expect(answer.headers.get('content-disposition')).to.match(/^attachment; /)
    expect(answers[4]?.headers.get('content-disposition')).to.contain('filename="page.html.bin"')
    expect(Buffer.from((await answers[0]?.bytes()) ?? [])).to.deep.equal(PNG)
  })

  it('30: opens it only with its own link', async () => {
    const caller = await newCaller(server.url)
    await upload(
      caller,
      form([
        ['a.txt', 'x'],
        ['b.txt', 'y'],
      ]),
    )
    const [a, b] = ((await lastOwn(caller))?.attachments ?? []).map((file) => new URL(file.contentUrl))
    expect((await fetch(`${server.url}${a?.pathname}?t=${b?.searchParams.get('t')}`)).status).to.equal(404)
    expect((await fetch(`${server.url}${a?.pathname}?t=${caller.token}`)).status).to.equal(403)
    expect((await fetch(`${server.url}${a?.pathname}`)).status).to.equal(400)
    await server.platform.database.db.deleteFrom('conversations').where('id', '=', caller.id).execute()
    expect((await fetch(`${a}`)).status).to.equal(404)
  })

  it('keeps neither name nor content in clear', async () => {
    const caller = await newCaller(server.url)
    await upload(caller, form([['passport-of-somebody.txt', 'a secret content']]))
    const rows = await server.platform.database.db
      .selectFrom('attachments')
      .selectAll()
      .where('conversation_id', '=', caller.id)
      .execute()
    expect(rows).to.have.length(1)
    const stored = rows
      .flatMap((row) => [row.name_sealed, row.bytes_sealed])
      .map((bytes) => bytes.toString('latin1'))
      .join()
    expect(stored).to.not.contain('passport')
    expect(stored).to.not.contain('secret content')
  })

  it('31: refuses what is too large, too many, or unreadable, with a code and a sentence', async () => {
    const caller = await newCaller(server.url)
    const refused: [string, FormData | Uint8Array, Record<string, string>, number][] = [
      ['a file over 4 MB', form([['big.bin', Buffer.alloc(4 * MB + 1)]]), {}, 413],
      ['a raw file over 4 MB', Buffer.alloc(4 * MB + 1), { 'content-type': 'image/png' }, 413],
      ['six files', form(['1', '2', '3', '4', '5', '6'].map((name): [string, string] => [name, 'x'])), {}, 400],
      ['nothing', form([]), {}, 400],
      ['an empty raw body', Buffer.alloc(0), { 'content-type': 'image/png' }, 400],
      ['no boundary', Buffer.from('x'), { 'content-type': 'multipart/form-data' }, 400],
      [
        'a form that ends early',
        Buffer.from('--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\nabc'),
        { 'content-type': 'multipart/form-data; boundary=b' },
        400,
      ],
      ['an activity that is not JSON', badActivity(), {}, 400],
      ['a trace with files', form([['a', 'x']], { type: 'trace' }), {}, 400],
      ['an event with files', form([['a', 'x']], { type: 'event', name: 'webchat/join' }), {}, 400],
    ]
    for (const [what, body, headers, status] of refused) {
      const answered = await upload(caller, body, headers)
      expect(answered.status, what).to.equal(status)
      expect(answered.json, what).to.have.nested.property('error.message')
    }
    expect((await caller.messages()).map((message) => message.text)).to.deep.equal(['Bonjour'])
    expect((await upload(caller, form([['just.bin', Buffer.alloc(4 * MB)]]))).status).to.equal(200)
  })

  it('31: refuses a whole that is too large before it comes', async () => {
    const caller = await newCaller(server.url)
    const { status } = await headOnly(caller, 100 * MB)
    expect(status).to.equal(413)
    expect(UPLOAD_BYTES).to.be.below(21 * MB)
  })

  it('takes 40 MB a day of one conversation, on both nodes together; words go on, and a copy is no second upload', async () => {
    const [caller, other] = [await newCaller(server.url), await newCaller(server.url)]
    const node = await server.secondNode()
    const fives = (mark: string): FormData =>
      form(
        ['1', '2', '3', '4', '5'].map((name): [string, Uint8Array] => [name, Buffer.alloc(4 * MB)]),
        { type: 'message', channelData: { clientActivityID: mark } },
      )
    const first = await upload(caller, fives('a'))
    const second = await upload(caller, fives('b'))
    expect([first.status, second.status]).to.deep.equal([200, 200])
    const elsewhere = `${node.url}/v3/directline/conversations/${caller.id}/upload`
    const over = await call(elsewhere, 'POST', caller.token, form([['one.txt', 'x']]))
    expect(over.status).to.equal(413)
    expect(over.json).to.have.nested.property('error.message').that.is.a('string')
    expect((await upload(caller, fives('b'))).json['id']).to.equal(second.json['id'])
    await caller.says('still heard')
    expect((await upload(other, form([['one.txt', 'x']]))).status).to.equal(200)
    await server.platform.database.pool.query("update attachments set created_at = created_at - interval '25 hours'")
    expect((await upload(caller, form([['one.txt', 'x']]))).status).to.equal(200)
    await node.stop()
  })

  it('takes so many bytes an hour of one address, whatever the conversation', async () => {
    const limited = await startChannelServer({ settings: { rateLimit: true } })
    try {
      const [caller, other] = [await newCaller(limited.url), await newCaller(limited.url)]
      expect((await upload(caller, form([['a.txt', 'x']]))).status).to.equal(200)
      // What many uploads would have counted.
      await limited.platform.database.pool.query('update rate_limits set count = 249999 where count < 3')
      expect((await upload(caller, form([['b.txt', 'x']]))).status).to.equal(200)
      const refused = await upload(other, form([['c.txt', Buffer.alloc(MB)]]))
      expect(refused.status).to.equal(429)
      expect(Number(refused.headers.get('retry-after'))).to.be.within(3_500, 3_600)
      expect(refused.json).to.have.nested.property('error.message').that.is.a('string')
      await other.says('still heard')
    } finally {
      await limited.stop()
    }
  })

  function badActivity(): FormData {
    const made = new FormData()
    made.append('activity', new Blob(['{'], { type: 'application/vnd.microsoft.activity' }))
    made.append('file', new Blob(['x']), 'a')
    return made
  }

  /** Only the head of a request that announces `length` bytes; the answer must come without them. */
  function headOnly(caller: Caller, length: number): Promise<{ status: number }> {
    return new Promise((resolve, reject) => {
      const sent = request(`${server.url}/v3/directline/conversations/${caller.id}/upload`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${caller.token}`,
          'content-type': 'multipart/form-data; boundary=b',
          'content-length': length,
        },
      })
      sent.on('response', (response) => {
        resolve({ status: response.statusCode ?? 0 })
        sent.destroy()
      })
      sent.on('error', reject)
      sent.flushHeaders()
    })
  }
})
