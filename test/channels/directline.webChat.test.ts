import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import { Temporal } from 'temporal-polyfill'
import { startChannelServer, type ChannelServer } from '../support/channelServer.ts'
import { eventually } from '../support/eventually.ts'
import { hostPageRoutes, launchBrowser } from '../support/officialClientBrowser.ts'

/** What Web Chat keeps of an activity. */
interface Kept {
  type: string
  text?: string
  from: { role: string }
  attachments?: { name: string; contentUrl?: string }[]
  channelData: Record<string, unknown>
}

describe('Direct Line with the unmodified Web Chat in a browser', function () {
  this.timeout(40_000)
  let moved = 0
  let server: ChannelServer
  let browser: Browser
  let page: Page
  const complaints: string[] = []

  before(async function () {
    const launched = await launchBrowser()
    if (launched === undefined) return this.skip()
    browser = launched
    server = await startChannelServer({
      routes: hostPageRoutes(),
      clock: { now: () => Temporal.Now.instant().add({ minutes: moved }) },
    })
    page = await (await browser.newContext({ viewport: { width: 360, height: 640 } })).newPage()
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on(
      'console',
      (said) => void (/content security policy|no renderer/i.test(said.text()) && complaints.push(said.text())),
    )
    await page.goto(`${server.url}/host`)
  })
  after(async () => {
    await browser?.close()
    await server?.stop()
  })

  const kept = () => page.evaluate<Kept[]>('JSON.parse(JSON.stringify(window.chat.store.getState().activities))')
  const statuses = () => page.evaluate<number[]>('window.chat.statuses')
  const shown = (text: string) => page.getByText(text, { exact: true }).first().waitFor()
  const sendStatus = ({ channelData }: Kept) => channelData['webchat:send-status'] ?? channelData['state']
  const isSent = (text: string) =>
    eventually(
      `"${text}" is sent`,
      async () => (await kept()).find((one) => one.text === text && sendStatus(one) === 'sent'),
      10_000,
    )

  async function writes(text: string): Promise<void> {
    await page.locator('[data-id="webchat-sendbox-input"]').fill(text)
    await page.keyboard.press('Enter')
  }

  it('is the file that npm has', () => {
    const file = readFileSync(new URL('../fixtures/webchat/botframework-webchat-minimal.js', import.meta.url))
    expect(createHash('sha256').update(file).digest('hex')).to.equal(
      '74e43ebf6a47bfc4c7d905f11ba1caeca97c4085a2a1cb5ec6deceda58b426d4',
    )
  })

  it('talks: greeting, own message "sent", answer', async () => {
    await shown('Bonjour')
    await writes('salut <b>toi</b>')
    await shown('echo: salut <b>toi</b>')
    expect((await isSent('salut <b>toi</b>')).from.role).to.equal('user')
  })

  it('sends a file, which opens under its link', async () => {
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'été.txt', mimeType: 'text/plain', buffer: Buffer.from('du texte') })
    await page.locator('[data-id="webchat-sendbox-input"]').focus()
    await page.keyboard.press('Enter')
    const sent = await eventually(
      'the file',
      async () => (await kept()).find((one) => one.attachments?.[0]?.contentUrl?.startsWith(`${server.url}/files/`)),
      10_000,
    )
    expect(sent.attachments?.[0]?.name).to.equal('été.txt')
    expect(await (await fetch(sent.attachments?.[0]?.contentUrl ?? '')).text()).to.equal('du texte')
  })

  it('39: shows the history after a reload, own messages as own and "sent"', async () => {
    const before = (await kept()).filter((one) => one.type === 'message').map((one) => one.text)
    await page.reload()
    await shown('echo: salut <b>toi</b>')
    expect((await isSent('salut <b>toi</b>')).from.role).to.equal('user')
    await eventually(
      'all of it',
      async () => (await kept()).filter((one) => one.type === 'message').length === before.length,
    )
    expect((await kept()).filter((one) => one.type === 'message').map((one) => one.text)).to.deep.equal(before)
    expect(before.filter((text) => text === 'Bonjour')).to.have.length(1)
  })

  it('40: recovers when its token is over: a new one, and the same store', async () => {
    moved += 31
    await writes('too late')
    await eventually('it hears that the token is over', async () => (await statuses()).includes(3), 10_000)
    await eventually('it is online again', async () => (await statuses()).at(-1) === 2, 10_000)
    await writes('in time')
    await shown('echo: in time')
    await isSent('in time')
    expect((await kept()).filter((one) => one.text === 'Bonjour')).to.have.length(1)
  })

  it('41: breaks nothing of a strict content security policy', async () => {
    expect(await page.evaluate('window.chat.violations')).to.deep.equal([])
    expect(complaints).to.deep.equal([])
  })
})
