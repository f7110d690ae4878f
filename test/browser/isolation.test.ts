import { expect } from 'chai'
import type { BrowserContext, Page } from 'playwright-core'
import { LAPTOP } from '../support/browser.ts'
import { browserSuite } from '../support/browserSuite.ts'
import { eventually } from '../support/eventually.ts'
import { openSite, type LoopbackSite } from '../support/loopbackSite.ts'
import { look } from '../support/markup/shapes.ts'
import { weaknesses } from '../support/policyRules.ts'
import { proves } from '../support/proofs.ts'
import { startTestServer } from '../support/server.ts'

/** What is there when a page is. */
const READY = '[role=log] article, .lists, .team'
const PAGES = ['/', '/desk', '/desk/team', '/desk/conversations/x']
const ANSWERS = [
  '/healthz',
  '/api/v1/me',
  '/api/v1/openapi.json',
  '/api/v1/nothing',
  '/nothing',
  '/v3/directline/x',
  '//x',
]

describe('a page of ours', function () {
  this.timeout(60_000)
  const suite = browserSuite()
  let hostile: LoopbackSite
  let context: BrowserContext

  before(async () => {
    hostile = await openSite(() => ({ type: 'text/html', body: '<!doctype html><title>Elsewhere</title><body>' }))
    context = await suite.person({ ...LAPTOP, locale: 'fr-CA' })
    const { cookie } = await suite.server.signInAgent()
    const [name = '', value = ''] = cookie.split('=')
    await context.addCookies([{ name, value, url: suite.server.url }])
  })
  after(() => hostile?.close())

  /** A page of ours that is ready: signed in at the desk. */
  async function openOurs(path: string): Promise<Page> {
    const page = await context.newPage()
    await page.goto(suite.server.url + path)
    await page.locator(READY).first().waitFor()
    await page.waitForLoadState('networkidle') // nothing more comes by itself
    return page
  }

  it('has a policy whose judge finds what is weak in another', () => {
    const weak: [policy: string, finding: RegExp][] = [
      ["default-src 'self'", /base-uri/],
      ["default-src 'none'; script-src 'self' 'unsafe-inline'", /script-src has 'unsafe-inline'/],
      ["default-src 'none'; script-src 'self' 'unsafe-eval'", /script-src has 'unsafe-eval'/],
      ["default-src 'none'; script-src https:", /as wide as https:/],
      ["default-src 'none'; script-src *.example.org", /as wide as \*\.example/],
      ["default-src 'none'; img-src https://cdn.example.org", /img-src names/],
      ["script-src 'none'", /object-src/],
      ["default-src 'none'; frame-ancestors *", /frame-ancestors is not/],
    ]
    for (const [policy, finding] of weak) expect(weaknesses(policy, []).join('\n')).to.match(finding)
    expect(weaknesses(null, [])).to.deep.equal(['no policy'])
  })

  proves('G3', 'comes with headers that isolate it, and so does every answer', async (proof) => {
    const tls = await startTestServer({
      pages: true,
      env: { PUBLIC_URL: 'https://parcours.example.org', RATE_LIMIT: 'on' },
    })
    let answers = 0
    const faults: string[] = []
    try {
      for (const [server, origin] of [
        [suite.server.url, suite.server.url],
        [`http://localhost:${tls.running.port}`, 'https://parcours.example.org'],
      ] as const) {
        for (const path of [...PAGES, ...(await assetsOf(server)), ...ANSWERS]) {
          for (const method of ['GET', 'POST', 'OPTIONS', 'PUT']) {
            const { headers, status } = await fetch(server + path, { method, redirect: 'manual' })
            answers += 1
            const want = (name: string, value: string): void => {
              const got = headers.get(name)
              if (got !== value) faults.push(`${method} ${path} (${status}): ${name} is ${got}`)
            }
            want('x-content-type-options', 'nosniff')
            want('referrer-policy', 'no-referrer')
            want('cross-origin-opener-policy', 'same-origin')
            if (origin.startsWith('https:')) want('strict-transport-security', 'max-age=31536000')
            if (/html/.test(headers.get('content-type') ?? '')) {
              const socket = origin.replace(/^http/, 'ws')
              for (const weak of weaknesses(headers.get('content-security-policy'), [socket]))
                faults.push(`${path}: ${weak}`)
            } else if (
              !/^(?:text\/(?:javascript|css)|image\/svg|application\/json)/.test(
                headers.get('content-type') ?? 'application/json',
              )
            )
              faults.push(`${method} ${path} is ${headers.get('content-type')}`)
          }
        }
      }
    } finally {
      await tls.stop()
    }
    expect(faults).to.deep.equal([])
    expect(answers).to.be.at.least(100)
    proof.tried(
      `${answers} answers (pages, assets, API, errors; http and https) judged by the rules for a policy and 4 headers`,
    )
    proof.figure('0 findings')
  })

  proves(
    'G3',
    'asks nobody but its own server, and cannot be framed, opened, written to or made to run text',
    async (proof) => {
      const asked = new Set<string>()
      context.on('request', (request) => void asked.add(new URL(request.url()).host))
      let tried = 0
      for (const path of ['/?lang=fr', '/desk', '/desk/team']) {
        const page = await openOurs(path)
        const before = await look(page, suite.server.url)

        // Words from windows of other origins: through a window that opened it, and as if one had.
        const outcomes = await page.evaluate(writeFromElsewhere, hostile.origin)
        tried += outcomes.length
        expect(outcomes.filter(({ refused }) => !refused)).to.deep.equal([])
        const opener = await context.newPage()
        await opener.goto(hostile.origin)
        const opening = context.waitForEvent('page')
        await opener.evaluate((url) => void Object.assign(globalThis, { opened: open(url) }), suite.server.url + path)
        const opened = await opening
        await opened.locator(READY).first().waitFor()
        expect(await opened.evaluate(() => opener === null), 'no way back to who opened it').to.equal(true)
        expect(await opener.evaluate(() => (globalThis as unknown as { opened: Window }).opened.closed)).to.equal(true)
        await opener.evaluate(() =>
          (globalThis as unknown as { opened: Window }).opened.postMessage({ type: 'signedOut' }, '*'),
        )
        tried += 2

        // A page of another origin, and a sandboxed one, frames it.
        const framed = await opener.evaluate(frameIt, suite.server.url + path)
        tried += framed.length
        for (const frame of opener.frames().slice(1)) {
          await eventually('the frame is refused', () => frame.url().startsWith('chrome-error:') || frame.url() === '')
          expect(await frame.locator('#app, #desk').count()).to.equal(0)
        }

        const after = await look(page, suite.server.url)
        expect(after.shapes.sort()).to.deep.equal(before.shapes.sort())
        expect(after.text).to.equal(before.text)
        for (const one of [page, opener, opened]) await one.close()
      }
      const foreign = [...asked].filter((host) => host !== new URL(suite.server.url).host && host !== hostile.host)
      expect(foreign).to.deep.equal([])
      expect(hostile.requests.filter(({ what }) => what !== 'GET /' && what !== 'GET /favicon.ico')).to.deep.equal([])
      proof.tried(`3 pages framed, opened, posted to and made to run text from another origin, ${tried} attempts`)
      proof.figure('0 framed, 0 reached, 0 run; 0 requests to other origins')
    },
  )
})

/** The assets that the two pages load. */
async function assetsOf(server: string): Promise<string[]> {
  const pages = await Promise.all(['/', '/desk'].map(async (path) => (await fetch(server + path)).text()))
  return [
    ...new Set(pages.flatMap((page) => [...page.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path = '']) => path))),
  ]
}

/** Runs on our page: tries what a hole in it would let words or windows do. Each attempt must be refused. */
async function writeFromElsewhere(origin: string): Promise<{ what: string; refused: boolean }[]> {
  // A debugger may evaluate whatever the policy says: so this goes on as the page itself would.
  await new Promise((later) => setTimeout(later))
  const refused = (what: string, attempt: () => unknown, worked: () => boolean): { what: string; refused: boolean } => {
    try {
      attempt()
    } catch {
      return { what, refused: true }
    }
    return { what, refused: !worked() }
  }
  const ran = (): boolean => 'ranText' in globalThis
  const text = 'globalThis.ranText = true'
  const script = (fill: (element: HTMLScriptElement) => void) => () => {
    const element = document.createElement('script')
    fill(element)
    document.head.append(element)
    element.remove()
  }
  const policies = (globalThis as unknown as { trustedTypes?: { createPolicy(name: string, rules: object): unknown } })
    .trustedTypes
  for (const data of [
    { type: 'signedOut' },
    { type: 'message', text },
    { type: 'webchat/join' },
    text,
    '*',
    null,
    [text],
  ]) {
    dispatchEvent(new MessageEvent('message', { data, origin, source: window }))
    postMessage(data, '*')
  }
  return [
    refused('innerHTML', () => (document.body.innerHTML += `<img src=x onerror="${text}">`), ran),
    refused('outerHTML', () => (document.body.firstElementChild!.outerHTML = '<b>x</b>'), ran),
    refused('insertAdjacentHTML', () => document.body.insertAdjacentHTML('beforeend', '<b>x</b>'), ran),
    refused('document.write', () => document.write('<b>x</b>'), ran),
    refused('srcdoc', () => (document.createElement('iframe').srcdoc = `<script>parent.${text}</script>`), ran),
    refused('DOMParser', () => new DOMParser().parseFromString('<b>x</b>', 'text/html'), ran),
    // oxlint-disable-next-line no-eval -- it must be refused
    refused('eval', () => (0, eval)(text), ran),
    // oxlint-disable-next-line typescript/no-implied-eval, no-new-func -- it must be refused
    refused('Function', () => new Function(text)(), ran),
    // oxlint-disable-next-line typescript/no-implied-eval -- it must be refused
    refused('setTimeout', () => setTimeout(text), ran),
    refused(
      'script text',
      script((element) => element.append(text)),
      ran,
    ),
    refused(
      'script src',
      script((element) => (element.src = `${origin}/x.js`)),
      ran,
    ),
    refused(
      'script data:',
      script((element) => (element.src = `data:text/javascript,${text}`)),
      ran,
    ),
    refused(
      'a policy of one’s own',
      () => policies?.createPolicy('mine', { createHTML: (html: string) => html }),
      () => true,
    ),
    refused('a worker', () => new Worker(`data:text/javascript,${text}`), ran),
  ]
}

/** Runs on a hostile page: frames an address in each way there is. */
function frameIt(url: string): string[] {
  const ways = ['', 'allow-scripts', 'allow-scripts allow-same-origin allow-forms']
  for (const sandbox of ways) {
    const frame = document.createElement('iframe')
    if (sandbox !== '') frame.setAttribute('sandbox', sandbox)
    frame.src = url
    document.body.append(frame)
  }
  const object = document.createElement('object')
  object.data = url
  document.body.append(object)
  return [...ways, 'object']
}
