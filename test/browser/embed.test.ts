import { expect } from 'chai'
import type { BrowserContext, Frame, Page } from 'playwright-core'
import { expectAccessible, LAPTOP, shoot } from '../support/browser.ts'
import { browserSuite } from '../support/browserSuite.ts'
import { eventually } from '../support/eventually.ts'
import { openSite, type LoopbackSite } from '../support/loopbackSite.ts'
import { freePort } from '../support/serverProcess.ts'

/** A site's policy as docs/embedding.md gives it. */
const policyFor = (server: string): string =>
  `default-src 'self'; script-src 'self' ${server}; frame-src ${server}; style-src 'none'`

describe('a site that embeds the chat by one script tag', function () {
  this.timeout(60_000)
  const sites: LoopbackSite[] = []
  let named = ''
  // The server's settings name the site, so it has an address before the server starts.
  before(async () => {
    named = `http://127.0.0.1:${await freePort()}`
  })
  const suite = browserSuite({
    env: {
      get EMBED_ORIGINS() {
        return named
      },
    },
  })
  let context: BrowserContext
  let page: Page

  before(async () => {
    // The site is another one for the browser (`127.0.0.1`), and the server names it.
    const server = suite.server.url
    const html = (attributes: string): string =>
      `<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Une ville</title></head>` +
      `<body><main><h1>Une ville</h1><div id="chat"></div></main><script src="${server}/embed.js" ${attributes}></script></body></html>`
    const open = (port?: number) =>
      openSite(
        (path) => {
          if (!path.startsWith('/page')) return undefined
          return {
            type: 'text/html; charset=utf-8',
            body: html(path === '/page/inside' ? 'data-target="#chat" data-lang="en"' : ''),
            headers: { 'content-security-policy': policyFor(server) },
          }
        },
        '127.0.0.1',
        port,
      )
    sites.push(await open(Number(new URL(named).port)), await open())
    context = await suite.person({ ...LAPTOP, locale: 'fr-CA' })
    page = await context.newPage()
  })
  after(() => Promise.all(sites.map((site) => site.close())))

  const frame = async (): Promise<Frame> => {
    const found = await page.locator('iframe').elementHandle()
    const inside = await found?.contentFrame()
    if (inside === null || inside === undefined) throw new Error('no frame')
    return inside
  }
  const inside = () => page.frameLocator('iframe')

  it('opens the conversation by a button, in the language of the site, and the frame is usable by everyone', async () => {
    await page.goto(`${named}/page`)
    await page.evaluate(() => {
      const heard: unknown[] = []
      Object.assign(globalThis, { heard })
      document.addEventListener('parcours', (event) => heard.push((event as CustomEvent).detail))
    })
    await page.getByRole('button', { name: 'Besoin d’aide pour le Québec ?' }).click()
    await inside()
      .getByRole('log')
      .getByText(/un programme, pas une personne/)
      .waitFor()
    await eventually('the site hears that it is ready', () =>
      page.evaluate(() =>
        JSON.stringify((globalThis as never as { heard: unknown[] }).heard).includes('parcours/ready'),
      ),
    )
    expect(await page.locator('iframe').getAttribute('title')).to.match(/assistant de Parcours/)
    await shoot(page, 'embed-fr')
    await expectAccessible(page)
    await inside().getByRole('button', { name: 'Français' }).last().click()
    await inside()
      .getByRole('log')
      .getByText(/garder vos réponses dans un dossier/)
      .waitFor()
  })

  it('keeps no cookie, and finds the conversation again after a reload of the site', async () => {
    expect(await context.cookies()).to.deep.equal([])
    await page.reload()
    await page.getByRole('button', { name: 'Besoin d’aide' }).click()
    await inside()
      .getByRole('log')
      .getByText(/garder vos réponses dans un dossier/)
      .waitFor()
  })

  it('tells the site how many messages came while it was put away', async () => {
    await page.getByRole('button', { name: 'Fermer la conversation' }).click()
    const chat = await frame()
    // As another window of the same conversation would: written while the frame is not seen.
    await chat.evaluate(() => document.querySelector<HTMLButtonElement>('.choice')?.click())
    await page.getByRole('button', { name: /Nouveaux messages : \d/ }).waitFor()
  })

  it('follows the language of the site', async () => {
    await page.evaluate(() =>
      (globalThis as never as { Parcours: { say(message: object): void } }).Parcours.say({
        type: 'parcours/language',
        language: 'en',
      }),
    )
    await page.getByRole('button', { name: /Nouveaux messages/ }).click()
    await inside().getByRole('button', { name: 'Talk to a person' }).waitFor()
  })

  it('takes the whole site away when one leaves quickly', async () => {
    await page.route('https://www.google.com/**', (route) => route.fulfill({ body: 'elsewhere' }))
    await inside().getByRole('link', { name: 'Leave quickly' }).click()
    await page.getByText('elsewhere').waitFor()
    await page.goto(`${named}/page/inside`)
    await inside()
      .getByRole('log')
      .getByText(/a program, not a person/)
      .waitFor()
    expect(await inside().getByText('Français', { exact: true }).count(), 'somebody new').to.be.above(0)
    await shoot(page, 'embed-inside-en')
  })

  it('is not held by a site that nobody named, nor at another address than the one made for it', async () => {
    const refusals: string[] = []
    const other = await context.newPage()
    other.on('console', (message) => refusals.push(message.text()))
    await other.goto(`${sites[1]?.origin ?? ''}/page/inside`)
    await eventually('the browser refuses', () => refusals.some((text) => /frame-ancestors|refused/i.test(text)))
    expect(await other.frameLocator('iframe').getByRole('log').count()).to.equal(0)
    for (const path of ['/', '/desk'])
      expect((await fetch(suite.server.url + path)).headers.get('content-security-policy')).to.include(
        "frame-ancestors 'none'",
      )
  })
})
