import { expect } from 'chai'
import type { BrowserContext, Page } from 'playwright-core'
import { normaliseText } from '../../services/conversations/index.ts'
import { LAPTOP, PHONE, shoot } from '../support/browser.ts'
import { browserSuite } from '../support/browserSuite.ts'
import { eventually } from '../support/eventually.ts'
import { openSite, type LoopbackSite } from '../support/loopbackSite.ts'
import { payloadsFor } from '../support/markup/corpus.ts'
import { openEmbeddingSite } from '../support/markup/embedPage.ts'
import { asName, seedMarkup, type Seeded, type View } from '../support/markup/seed.ts'
import { look, type Look } from '../support/markup/shapes.ts'
import { openWitness, type Witness } from '../support/markup/witness.ts'
import { proves } from '../support/proofs.ts'
import { randomFrom, seedOfThisRun, shuffled } from '../support/seeded.ts'

const LONG = process.env['TEST_LONG'] === '1'
/** How many texts one conversation holds. */
const BATCH = LONG ? 50 : 12
/** How many texts one address holds. */
const IN_AN_ADDRESS = LONG ? 4 : 16
/** What only the settled door of the desk has: before it, it says that it loads. */
const DOOR = '#desk p.quiet'

/** Words of people, with everything that the pages make links of. */
const HARMLESS = [
  'Bonjour',
  'voir https://example.org/page',
  'écrire à a@example.org',
  'appeler le 514 555-0123, le +33 6 12 34 56 78 ou le 911',
  'deux\nlignes',
]

/** Text as it is compared: a browser shows line ends and runs of spaces as it likes. */
const squeeze = (text: string): string => normaliseText(text, Infinity).replace(/[\s\u00ad\u200b-\u200f\ufeff]+/g, '')

describe('words that are markup', function () {
  this.timeout(LONG ? 300_000 : 60_000)
  const suite = browserSuite()
  const seed = seedOfThisRun()
  const usual = new Map<View, ReadonlySet<string>>()
  let witness: Witness
  let embedding: LoopbackSite
  let corpus: string[]
  let texts: string[]

  before(async () => {
    witness = await openWitness()
    embedding = await openEmbeddingSite(suite.server.url)
    corpus = payloadsFor(witness.sink.host).map(({ text }) => text)
    texts = LONG ? corpus : shuffled(corpus, randomFrom(seed)).slice(0, BATCH)
  })
  after(async () => {
    await embedding?.close()
    await witness?.close()
  })

  it('are harmful where they are not words: the corpus bites a page that trusts it', async () => {
    const trusting = await openWitness()
    const site = await openSite(() => ({ type: 'text/html', body: '<!doctype html><body>' }))
    const context = await suite.person()
    await trusting.watch(context)
    const page = await context.newPage()
    await page.goto(site.origin)
    const aimed = payloadsFor(trusting.sink.host).map(({ text }) => text)
    await page.evaluate((all) => {
      for (const text of all) {
        const place = document.createElement('div')
        document.body.append(place)
        place.innerHTML = text
      }
    }, aimed)
    const bitten = () =>
      new Set([...trusting.executed.map(String), ...trusting.sink.requests.map(({ what }) => /\d+/.exec(what)?.[0])])
    await eventually('a hundred of them did something', () => bitten().size >= 100, 10_000)
    await context.close()
    await Promise.all([site.close(), trusting.close()])
  })

  proves('G1', 'are words, in every place of every page, and in the official Web Chat', async (proof) => {
    proof.seed(seed)
    expect(corpus.length).to.be.at.least(250)
    for (const { view, seen } of await openAll(await seedMarkup(suite.server, HARMLESS)))
      usual.set(view, new Set(seen.shapes))
    let shown = 0
    let sinks = 0
    for (let from = 0; from < texts.length; from += BATCH) {
      const seeded = await seedMarkup(suite.server, texts.slice(from, from + BATCH))
      sinks = seeded.sinks
      for (const { view, seen, words } of await openAll(seeded, from === 0 ? 'markup' : undefined)) {
        expectOnlyUsual(view, seen)
        expect(missing(seen, words), `words on ${view} that are not there as they were written`).to.deep.equal([])
        shown += words.length
      }
    }
    const nothing = witness.expectNothing()
    proof.tried(`${texts.length} of ${corpus.length} payloads in ${sinks} sinks, ${shown} read as written on 5 views`)
    proof.figure(`${nothing}, 0 elements that harmless words do not make`)
  })

  proves('G1', 'are words in the address of a page', async (proof) => {
    proof.seed(seed)
    const context = await suite.person({ ...LAPTOP, locale: 'fr-CA' })
    await witness.watch(context)
    const page = await context.newPage()
    let addresses = 0
    const visit = async (words: readonly string[], judge: (view: View, seen: Look) => void): Promise<void> => {
      const word = encodeURIComponent(words.join(' ').toWellFormed())
      const query = `?lang=${word}&${word}=${word}`
      const inPath = encodeURIComponent(words.join(' ').slice(0, 200).toWellFormed())
      for (const [view, path, ready] of [
        ['chat', `/${query}#${word}`, '[role=log] article'],
        ['desk', `/desk${query}#sign-in=${word}`, DOOR],
        ['desk', `/desk/conversations/${inPath}`, DOOR],
      ] as const) {
        await page.goto(suite.server.url + path)
        await page.locator(ready).first().waitFor()
        if (words === HARMLESS) await page.waitForLoadState('networkidle') // whatever else may still come
        judge(view, await look(page, suite.server.url))
        expect(await page.locator('html').getAttribute('lang')).to.be.oneOf(['fr', 'en'])
        addresses += 1
      }
    }
    const atDoor = new Set<string>()
    await visit(HARMLESS, (_view, { shapes }) => shapes.forEach((shape) => atDoor.add(shape)))
    for (let from = 0; from < texts.length; from += IN_AN_ADDRESS)
      await visit(texts.slice(from, from + IN_AN_ADDRESS), (view, seen) => expectOnlyUsual(view, seen, atDoor))
    proof.tried(`${texts.length} payloads in path, query and hash of ${addresses} pages opened`)
    proof.figure(`${witness.expectNothing()}, 0 elements beyond the page’s own`)
    await context.close()
  })

  function expectOnlyUsual(view: View, { shapes, forbidden }: Look, known = usual.get(view)): void {
    expect(forbidden, `on ${view}`).to.deep.equal([])
    expect(
      shapes.filter((shape) => known?.has(shape) !== true),
      `elements on ${view} that harmless words do not make`,
    ).to.deep.equal([])
  }

  /** Opens every view, its whole log with it, and looks once all its words are there. */
  async function openAll(seeded: Seeded, shots?: string): Promise<{ view: View; seen: Look; words: string[] }[]> {
    const { url } = suite.server
    const desk = `${url}/desk/conversations/${seeded.conversationId}`
    const phone = shots === undefined ? LAPTOP : PHONE
    const open = async (view: View, address: string, cookies: string[], ready: (page: Page) => Promise<unknown>) => {
      const context = await suite.person({ ...(view === 'chat' ? phone : LAPTOP), locale: 'fr-CA' })
      await witness.watch(context)
      await context.addCookies(cookies.map((cookie) => cookieOf(cookie, url)))
      const page = await context.newPage()
      page.setDefaultTimeout(15_000)
      await page.goto(address)
      await ready(page)
      const words = seeded.wordsOn(view)
      let seen = await look(page, url)
      await eventually(
        `all words on ${view}`,
        async () => {
          seen = await look(page, url)
          return missing(seen, words).length === 0
        },
        5_000,
      ).catch(() => undefined) // which words is told by whoever judges
      if (view !== 'webChat') expect(await page.evaluate(tooWide), `what is too wide on ${view}`).to.deep.equal([])
      if (shots !== undefined) await shoot(page, `${shots}-${view}`)
      await context.close()
      return { view, seen, words }
    }
    const { holder, administrator, visitorCookie } = seeded
    return Promise.all([
      open('chat', `${url}/?lang=fr`, [visitorCookie], wholeLog),
      open('desk', desk, [holder.cookie], wholeLog),
      open('queue', `${url}/desk`, [holder.cookie], (page) => page.locator('.card-words').last().waitFor()),
      open('team', `${url}/desk/team`, [administrator.cookie], (page) => invite(page, seeded.words[0] ?? '')),
      open('webChat', embeddingUrl(seeded), [], (page) => page.getByText('choose').first().waitFor()),
    ])
  }

  const embeddingUrl = ({ token, conversationId }: Seeded): string =>
    `${embedding.origin}/?${new URLSearchParams({ domain: `${suite.server.url}/v3/directline`, token, conversationId })}`
})

/** Runs on a page: its columns of which a part is out of sight to the side, and what in them reaches furthest. */
const tooWide = (): string[] =>
  [...document.querySelectorAll('html, .lists, .side, .banners, .transcript-scroll, .team')]
    .filter((column) => column.scrollWidth > column.clientWidth)
    .map((column) => {
      const widest = [...column.querySelectorAll('*')].reduce((a, b) =>
        b.getBoundingClientRect().right >= a.getBoundingClientRect().right ? b : a,
      )
      return `${column.className}: ${widest.tagName}.${widest.className} ${widest.textContent?.slice(0, 80)}`
    })

const missing = ({ text }: Look, words: readonly string[]): string[] => {
  const there = squeeze(text)
  return words.filter((word) => !there.includes(squeeze(word)))
}

const cookieOf = (cookie: string, url: string): Parameters<BrowserContext['addCookies']>[0][number] => {
  const [name = '', value = ''] = cookie.split('=')
  return { name, value, url }
}

/** Goes back to the first message, as a reader does. */
async function wholeLog(page: Page): Promise<void> {
  await page.getByText('choose').first().waitFor()
  const older = page.locator('.older')
  while ((await older.count()) > 0) {
    const before = await page.locator('.messages > li').count()
    await older.click()
    await eventually('older messages', async () => (await page.locator('.messages > li').count()) > before)
    await eventually('they are read', async () => (await page.locator('.older:disabled').count()) === 0)
  }
}

/** Invites somebody on the page, which then shows their name above their link. */
async function invite(page: Page, name: string): Promise<void> {
  await page.locator('.colleague').last().waitFor()
  await page.locator('form input.input').first().fill(asName(name))
  await page.locator('form button[type=submit]').click()
  await page.locator('.link-once').waitFor()
}
