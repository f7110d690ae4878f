import { expect } from 'chai'
import type { BrowserContext } from 'playwright-core'
import { requestPerson } from '../../services/handoff/index.ts'
import type { ConversationId } from '../../services/platform/ids.ts'
import { browserSuite } from '../support/browserSuite.ts'
import { deskPeople } from '../support/deskWorld.ts'
import { newCaller, type Caller } from '../support/directLineWire.ts'
import { HOSTILE_FILES } from '../support/hostileFiles.ts'
import { openWitness, type Witness } from '../support/markup/witness.ts'
import { proves } from '../support/proofs.ts'

describe('files that mean harm', function () {
  this.timeout(60_000)
  const suite = browserSuite()
  let witness: Witness
  let newcomer: Caller
  let cookie: string
  /** Where the log ended when all had been sent. */
  let end: string
  /** In the order of the files: the newcomer's address, then the agent's. */
  let addresses: { newcomer: string; agent: string }[]

  before(async () => {
    const { server } = suite
    witness = await openWitness()
    newcomer = await newCaller(server.url)
    cookie = (await server.signInAgent()).cookie
    const id = newcomer.id as ConversationId
    await deskPeople(server.running.platform).turn(id, (tx, c, at) =>
      requestPerson(tx, c, { reason: 'asked', lastWords: 'x', known: {}, at }),
    )
    for (const { name, claims, bytes } of HOSTILE_FILES) {
      const form = new FormData()
      // The name stands in the activity too, as clients write it: whole, where a form would escape it.
      const activity = { type: 'message', text: '', attachments: [{ name, contentType: claims }] }
      form.append('activity', new Blob([JSON.stringify(activity)], { type: 'application/vnd.microsoft.activity' }))
      form.append('file', new Blob([new Uint8Array(bytes)], { type: claims }), name)
      const sent = await newcomer.call('POST', `/conversations/${id}/upload`, form)
      expect(sent.status, name).to.equal(200)
    }
    const first = await newcomer.poll('0')
    const rest = await newcomer.poll(first.watermark)
    end = rest.watermark
    const files = [...first.activities, ...rest.activities].flatMap(({ attachments }) => attachments ?? [])
    addresses = files.map(({ contentUrl }) => ({
      newcomer: contentUrl,
      agent: `${server.url}/api/v1/conversations/${id}/files/${new URL(contentUrl).pathname.split('/')[2]}`,
    }))
    expect(addresses).to.have.length(HOSTILE_FILES.length)
  })
  after(() => witness?.close())

  async function reader(): Promise<BrowserContext> {
    const context = await suite.person()
    await witness.watch(context)
    const [name = '', value = ''] = cookie.split('=')
    await context.addCookies([{ name, value, url: suite.server.url }])
    return context
  }

  proves(
    'G2',
    'are only downloaded, under a harmless name and the type of their bytes, by newcomer and agent',
    async (proof) => {
      let answers = 0
      for (const [place, file] of HOSTILE_FILES.entries()) {
        for (const url of Object.values(addresses[place] ?? {})) {
          const answer = await fetch(url, { headers: { cookie } })
          const header = (name: string) => answer.headers.get(name)
          expect(answer.status, file.what).to.equal(200)
          expect(header('content-type')?.split(';')[0], file.what).to.equal(file.type)
          expect(header('x-content-type-options')).to.equal('nosniff')
          expect(header('content-security-policy')).to.equal("sandbox; default-src 'none'")
          expect(header('cache-control')).to.equal('private, no-store')
          const disposition = header('content-disposition') ?? ''
          expect(disposition, file.what).to.match(/^attachment; filename="[^"\\]*"; filename\*=UTF-8''[^;]*$/)
          expect(decodeURIComponent(disposition.split("''")[1] ?? ''), file.what).to.equal(file.saved)
          expect(Buffer.from(await answer.bytes()).equals(file.bytes), file.what).to.equal(true)
          answers += 1
        }
      }
      proof.tried(`${HOSTILE_FILES.length} files sent by upload, ${answers} answers as newcomer and as agent`)
      proof.figure('all attachment, nosniff, sandboxed, typed by their bytes, names neutralised')
    },
  )

  proves('G2', 'show and run nothing in a browser, opened or embedded', async (proof) => {
    const context = await reader()
    const page = await context.newPage()
    await page.goto(`${suite.server.url}/healthz`)
    let downloads = 0
    for (const { newcomer: url, agent } of addresses) {
      for (const address of [url, agent]) {
        const [download] = await Promise.all([
          page.waitForEvent('download', (started) => started.url() === address),
          page
            .goto(address)
            .catch((error: Error) => expect(error.message).to.match(/Download is starting|ERR_ABORTED/)),
        ])
        expect(download.url()).to.equal(address)
        downloads += 1
      }
    }
    const embedded = await page.evaluate(
      embed,
      addresses.map(({ newcomer: url }) => url),
    )
    expect(page.url(), 'no file became the page').to.equal(`${suite.server.url}/healthz`)
    expect(page.frames().filter((frame) => frame.url().includes('/files/'))).to.deep.equal([])
    // What a browser says of a style, a script or a worker that it refused is no fault of the page.
    witness.errors.length = 0
    proof.tried(`${downloads} files opened in Chromium, ${embedded} embedded in a page of our origin without a policy`)
    proof.figure(`0 rendered inline; ${witness.expectNothing()}`)
    await context.close()
  })

  it('but a picture is a picture where a page shows it', async () => {
    const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
    const headers = { 'content-type': 'image/png', 'content-disposition': 'name="file"; filename="x.png"' }
    await newcomer.call('POST', `/conversations/${newcomer.id}/upload`, Buffer.from(png, 'base64'), headers)
    const shown = (await newcomer.poll(end)).activities[0]?.attachments?.[0]?.contentUrl ?? ''
    const page = await (await reader()).newPage()
    await page.goto(`${suite.server.url}/healthz`)
    expect(await page.evaluate(widthOf, shown)).to.equal(1)
  })
})

/** Runs on a page: makes it load addresses as everything that runs or shows; resolves when all have been tried. */
async function embed(urls: string[]): Promise<number> {
  const one = (url: string, tag: string, attributes: object): Promise<void> =>
    new Promise((tried) => {
      const element = document.createElement(tag)
      for (const event of ['load', 'error']) element.addEventListener(event, () => tried())
      for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value))
      element.setAttribute(tag === 'link' ? 'href' : tag === 'object' ? 'data' : 'src', url)
      document.body.append(element)
      setTimeout(tried, 1_000) // a frame whose address is downloaded says nothing
    })
  const ways = urls.flatMap((url) => [
    one(url, 'script', {}),
    one(url, 'script', { type: 'module' }),
    one(url, 'link', { rel: 'stylesheet' }),
    one(url, 'img', {}),
    one(url, 'object', {}),
    one(url, 'embed', {}),
    one(url, 'video', {}),
    new Promise<void>((tried) => {
      const worker = new Worker(url)
      worker.addEventListener('error', () => tried())
      setTimeout(tried, 1_000)
    }),
    navigator.serviceWorker.register(url).then(
      () => (globalThis as unknown as { __pwn(id: string): void }).__pwn('service worker'),
      () => undefined,
    ),
  ])
  await Promise.all(ways)
  return ways.length
}

/** Runs on a page: how wide a picture is. */
async function widthOf(url: string): Promise<number> {
  const image = new Image()
  image.src = url
  await image.decode()
  return image.naturalWidth
}
