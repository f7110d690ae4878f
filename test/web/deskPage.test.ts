import { AxeBuilder } from '@axe-core/playwright'
import { expect } from 'chai'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'
import { build } from 'vite'
import { deskStandIn } from '../support/deskStandIn.ts'
import type { DeskStandIn } from '../support/deskStandIn.ts'

/** The page alone, in a real browser, against a stand-in that answers what the test tells it. */
describe('desk: the page', function () {
  this.timeout(60_000)
  let built: string
  let browser: Browser
  let server: DeskStandIn
  let page: Page
  let faults: string[]

  before(async function () {
    if (process.platform !== 'linux') return this.skip()
    built = mkdtempSync(join(tmpdir(), 'parcours-desk-'))
    const [executablePath] = await Promise.all([
      unpackedChromium(),
      build({
        configFile: 'web/vite.config.ts',
        logLevel: 'error',
        build: { outDir: built, emptyOutDir: true },
      }),
    ])
    browser = await chromium.launch({
      executablePath,
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    })
  })

  after(async () => {
    await browser?.close()
    if (built !== undefined) rmSync(built, { recursive: true, force: true })
  })

  beforeEach(async () => {
    server = await deskStandIn(built)
    const context = await browser.newContext({ locale: 'fr-CA', viewport: { width: 1280, height: 800 } })
    page = await context.newPage()
    page.setDefaultTimeout(10_000)
    faults = []
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('console', (line) => {
      if (/Content Security Policy|Trusted Type/.test(line.text())) faults.push(line.text())
    })
  })

  afterEach(async () => {
    await page.context().close()
    await server.stop()
    expect(faults).to.deep.equal([])
  })

  async function signIn(): Promise<void> {
    await page.goto(`${server.url}/desk#sign-in=good`)
    await page.waitForSelector('.card')
  }

  const open = async (id: string): Promise<void> => {
    await page.click(`[data-conversation="${id}"]`)
    await page.waitForSelector('.message-text')
  }

  async function accessible(): Promise<void> {
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map((v) => `${v.id}: ${v.nodes[0]?.html ?? ''}`)).to.deep.equal([])
  }

  it('takes the token out of the address, and says when a link is spent', async () => {
    await page.goto(`${server.url}/desk#sign-in=spent`)
    await page.waitForSelector('.said')
    expect(page.url()).to.equal(`${server.url}/desk`)
    await accessible()
    await page.goto('about:blank')
    await signIn()
    expect(page.url()).to.equal(`${server.url}/desk`)
    await accessible()
  })

  it('leads from a danger in the queue to a written answer, by keyboard', async () => {
    await signIn()
    expect(await page.title()).to.match(/^\(\d+\) Danger\./)
    const alarm = page.locator('[aria-live=assertive]')
    expect(await alarm.textContent()).to.include('Amina')
    await alarm.getByRole('button').press('Enter')
    await page.waitForSelector('.read-only')
    expect(await page.evaluate(() => document.activeElement?.id)).to.equal('talk-title')
    await page.getByRole('button', { name: 'Prendre la conversation' }).press('Enter')
    await page.locator('.composer textarea:focus').waitFor()
    await page.keyboard.type('<b>Bonjour</b> Amina')
    await page.keyboard.press('Enter')
    await page.waitForSelector('text=Envoyé')
    // Text as text.
    expect(await page.locator('.message-text').last().textContent()).to.equal('<b>Bonjour</b> Amina')
    await accessible()
  })

  it('keeps what is written during a cut, and brings what was missed, in order', async () => {
    await signIn()
    await open('c-lin')
    server.cut()
    await page.waitForSelector('.banner-lost')
    server.refuse(/POST .*messages/, 503, 'unavailable', 1)
    await page.fill('.composer textarea', 'écrit pendant la coupure')
    await page.keyboard.press('Enter')
    await page.waitForSelector('.delivery-queued')
    server.says('c-lin', 'newcomer', 'manqué')
    server.restore()
    // The page may be back by itself before the button is pressed.
    await page.click('.banner-lost button', { timeout: 2_000 }).catch(() => undefined)
    await page.waitForSelector('.banner-lost', { state: 'detached' })
    await page.waitForSelector('.delivery-sent')
    const last = (await page.locator('.message-text').allTextContents()).slice(-2)
    expect(last).to.deep.equal(['manqué', 'écrit pendant la coupure'])
  })

  it('clears a conversation whose right ended, at once and from the address', async () => {
    await signIn()
    await open('c-lin')
    server.push({ type: 'gone', conversationId: 'c-lin' })
    await page.waitForSelector('.nobody')
    expect(await page.locator('body').textContent()).to.not.include('contrat')
    expect(page.url()).to.equal(`${server.url}/desk`)
  })

  it('tells who was second', async () => {
    await signIn()
    await open('c-diego')
    const diego = server.conversations.get('c-diego')
    if (diego === undefined) throw new Error('no Diego')
    diego.card.heldBy = { id: 'a-2', name: 'Karim Benali' }
    await page.getByRole('button', { name: 'Prendre la conversation' }).click()
    await page.waitForSelector('.banner-trouble')
    expect(await page.locator('.banner-trouble p').textContent()).to.include('juste avant vous')
  })

  it('shows a sign-in link once', async () => {
    await signIn()
    await page.click('.place >> nth=1')
    await page.waitForSelector('.colleague')
    await page.locator('.invite input').first().fill('Noé Roy')
    await page.click('.invite button[type=submit]')
    await page.waitForSelector('.link-once')
    expect(await page.inputValue('.link-once input')).to.include('#sign-in=')
    await page.waitForSelector('.colleague:has-text("Noé Roy")')
    await accessible()
    await page.click('.place >> nth=0')
    await page.click('.place >> nth=1')
    await page.waitForSelector('.colleague')
    expect(await page.locator('.link-once').count()).to.equal(0)
  })

  it('is one column at 360 px, with a way back, in the dark and in English', async () => {
    await page.setViewportSize({ width: 360, height: 740 })
    await page.emulateMedia({ colorScheme: 'dark' })
    await signIn()
    await page.click('.language[lang=en]')
    await page.waitForSelector('text=My people')
    expect(await page.evaluate(() => document.documentElement.lang)).to.equal('en')
    await accessible()
    await open('c-lin')
    expect(await page.locator('.lists').isVisible()).to.equal(false)
    await accessible()
    await page.click('.show-file')
    expect(await page.locator('.talk').isVisible()).to.equal(false)
    await accessible()
    await page.click('.back-to-talk')
    await page.click('.back-to-lists')
    await page.locator('.lists').waitFor()
    const focused = await page.evaluate(() => document.activeElement?.getAttribute('data-conversation'))
    expect(focused).to.equal('c-lin')
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).to.be.at.most(360)
    await page.reload()
    await page.waitForSelector('text=My people')
  })
})

/** Unpacked in a folder of its own: the package's default is one file that all users of a machine share. */
async function unpackedChromium(): Promise<string> {
  const before = process.env['TMPDIR']
  const own = join(tmpdir(), `parcours-chromium-${process.getuid?.() ?? 0}-153`)
  mkdirSync(own, { recursive: true, mode: 0o700 })
  process.env['TMPDIR'] = own
  try {
    const { default: sparticuz } = await import('@sparticuz/chromium')
    return await sparticuz.executablePath()
  } finally {
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
  }
}
