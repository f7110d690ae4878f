import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import type { BrowserContext, Page } from 'playwright-core'
import { expectAccessible, LAPTOP, openPage, PHONE, shoot } from '../support/browser.ts'
import { browserSuite } from '../support/browserSuite.ts'
import { eventually } from '../support/eventually.ts'

/** 400 kbit/s and 400 ms there and back: Lighthouse's old "slow 3G". */
const SLOW_3G = { offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000 }
/** From the click on a link to a conversation that can be used, in ms. */
const USABLE_WITHIN = 3_000
const FIRST_USE_BYTES = 60 * 1024
/** Turns after which what was said before them is no longer shown when the page opens: it shows 50 messages. */
const TURNS = 28
/** When the cookie ends, for a browser that has one of the window. */
const UNTIL_CLOSED = -1

const says = (page: Page, text: string | RegExp) => page.getByRole('log').getByText(text).last()
const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true }).last().click()
const box = (page: Page) => page.getByRole('textbox')

async function write(page: Page, text: string): Promise<void> {
  await box(page).fill(text)
  await page.keyboard.press('Enter')
}

/** To the question of a name: language chosen, file agreed to. */
async function openFile(page: Page): Promise<void> {
  await says(page, /un programme, pas une personne/).waitFor()
  await press(page, 'Français')
  await press(page, 'Oui, j’accepte')
  await says(page, /Comment voulez-vous qu’on vous appelle/).waitFor()
}

/** What has the focus, as a person would call it. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const { activeElement: at } = document
    return at?.getAttribute('aria-label') ?? (at?.textContent?.trim() || (at?.tagName.toLowerCase() ?? ''))
  })

describe('the first HTML of the newcomer’s page', function () {
  this.timeout(60_000)
  const suite = browserSuite()
  const get = (path: string, headers: Record<string, string> = {}) => fetch(suite.server.url + path, { headers })

  it('holds the welcome and the input, in the language of the address or of the browser', async () => {
    for (const [path, accept, language, words] of [
      ['/?lang=fr', 'en', 'fr', 'un programme, pas une personne'],
      ['/', 'en-CA,en;q=0.9', 'en', 'a program, not a person'],
      ['/', 'ar,es;q=0.5', 'fr', 'un programme, pas une personne'],
    ] as const) {
      const html = await (await get(path, { 'accept-language': accept })).text()
      expect(html).to.match(new RegExp(`<html lang="${language}" dir="ltr">`))
      expect(html.split('<script type="application/json"')[0]).to.include(words).and.to.include('<textarea')
    }
  })

  it('does not say who was here: whoever comes back sees no welcome until their conversation is there', async () => {
    const secret = 'a'.repeat(43)
    const known = await get('/?lang=fr', { cookie: `parcours_visitor=${secret}` })
    const html = await known.text()
    expect(html).to.include('<textarea')
    expect(html).to.not.include('un programme, pas une personne')
    expect(known.headers.get('vary')).to.match(/cookie/)
    expect(known.headers.get('cache-control')).to.equal('no-cache')
  })

  it('keeps what was typed before the script came, and leads away without any script', async () => {
    const context = await suite.person({ ...PHONE, locale: 'fr-CA' })
    const page = await context.newPage()
    let release = (): void => {}
    const held = new Promise<void>((resolve) => (release = resolve))
    await page.route('**/assets/*.js', async (route) => {
      await held
      await route.continue()
    })
    await page.goto(`${suite.server.url}/?lang=fr`, { waitUntil: 'commit' })
    await page
      .getByText(/un programme, pas une personne/)
      .first()
      .waitFor()
    await page.locator('textarea').fill('je suis infirmière')
    expect(await page.locator('a.leave').getAttribute('href')).to.match(/^https:\/\/www\.google\.com\//)
    release()
    await says(page, /un programme, pas une personne/).waitFor()
    expect(await box(page).inputValue()).to.equal('je suis infirmière')
    expect(await page.locator('.first-words').count(), 'the drawn welcome gave way to the real one').to.equal(0)
    await page.keyboard.press('Enter')
    await says(page, 'je suis infirmière').waitFor()
    await context.close()
  })

  it('can be used within 3 s on a slow 3G, with little to load', async () => {
    const context = await suite.person({ ...PHONE, locale: 'fr-CA' })
    const page = await context.newPage()
    const network = await context.newCDPSession(page)
    await network.send('Network.enable')
    await network.send('Network.emulateNetworkConditions', SLOW_3G)
    let bytes = 0
    let scripts = 0
    network.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength))
    page.on('response', (response) => {
      if (response.url().endsWith('.js')) scripts += Number(response.headers()['content-length'] ?? 0)
    })
    const start = Date.now()
    await page.goto(`${suite.server.url}/?lang=fr`, { waitUntil: 'commit' })
    await page.locator('textarea').waitFor()
    const drawn = Date.now() - start
    // Usable: what is written goes on its way.
    await page.locator('html[data-ready]').waitFor({ state: 'attached' })
    const usable = Date.now() - start
    await box(page).fill('bonjour')
    await page.keyboard.press('Enter')
    await page.locator('.message-own').getByText('bonjour').waitFor()
    await says(page, /un programme, pas une personne/).waitFor()
    const answered = Date.now() - start
    console.log(
      `      slow 3G: drawn ${drawn} ms, usable ${usable} ms, first words of the conversation ${answered} ms; ` +
        `${(bytes / 1024).toFixed(1)} KB in all, ${(scripts / 1024).toFixed(1)} KB of script`,
    )
    expect(usable).to.be.below(USABLE_WITHIN)
    expect(bytes).to.be.within(5_000, FIRST_USE_BYTES)
    await context.close()
  })
})

describe('what one can do on the newcomer’s page', function () {
  this.timeout(60_000)
  const suite = browserSuite()
  let context: BrowserContext
  let page: Page

  before(async () => {
    context = await suite.person({ ...PHONE, locale: 'fr-CA', acceptDownloads: true })
    page = (await openPage(context, `${suite.server.url}/?lang=fr`)).page
    await openFile(page)
  })

  it('sees how far the questions are, in words and as a line', async () => {
    const progress = page.getByRole('progressbar')
    await progress.waitFor()
    const [step, of] = numbersIn(await progress.getAttribute('aria-label'))
    expect(step).to.equal(1)
    await write(page, 'Amina')
    await says(page, /Où êtes-vous en ce moment/).waitFor()
    const [next, ofNow] = numbersIn(await progress.getAttribute('aria-label'))
    expect(next).to.equal(2)
    expect(ofNow).to.equal(of)
    await shoot(page, 'chat-progress-fr')
    await expectAccessible(page)
  })

  it('taps an answer to change it, and goes on where the questions were', async () => {
    await press(page, 'Changer : Nom')
    await says(page, /Comment voulez-vous qu’on vous appelle/).waitFor()
    await write(page, 'Amina Diallo')
    await says(page, /Amina Diallo/).waitFor()
    await says(page, /Où êtes-vous en ce moment/).waitFor()
    expect(
      await page.getByRole('button', { name: 'Changer : Nom' }).count(),
      'only answers, not what was said to change them',
    ).to.equal(2)
    expect(await page.getByRole('button', { name: 'Changer : Où vous êtes' }).count()).to.equal(0)
    await shoot(page, 'chat-change-fr')
  })

  it('saves the conversation in a file, and prints it', async () => {
    await press(page, 'Plus')
    await page.getByRole('dialog').waitFor()
    await shoot(page, 'chat-menu-fr')
    await expectAccessible(page)
    const [download] = await Promise.all([page.waitForEvent('download'), press(page, 'Enregistrer dans un fichier')])
    const text = readFileSync(await download.path(), 'utf8')
    expect(download.suggestedFilename()).to.equal('parcours-conversation.txt')
    expect(text).to.match(/Assistant, [a-z]+ \d+ .* 20\d\d, \d+ h \d\d\nBonjour, je suis l’assistant/)
    expect(text).to.include('Vous, ').and.to.include('Amina Diallo')
    await page.getByText('Le fichier est dans vos téléchargements.').waitFor()
    await page.evaluate(() => {
      globalThis.print = () => void Object.assign(globalThis, { printed: true })
    })
    await press(page, 'Imprimer')
    await eventually('printed', () => page.evaluate(() => 'printed' in globalThis))
    await page.emulateMedia({ media: 'print' })
    expect(await page.locator('.chat-foot').isVisible(), 'what one writes in is not printed').to.equal(false)
    expect(await says(page, /un programme/).isVisible()).to.equal(true)
    await page.emulateMedia({ media: 'screen' })
    const [height, screen] = await page.evaluate(() => [document.documentElement.scrollHeight, innerHeight])
    expect(height, 'the log scrolls, the page does not').to.equal(screen)
  })

  it('speaks instead of writing: the recording is sent, and can be heard', async () => {
    await page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'))
    })
    await page.getByRole('button', { name: 'Enregistrer un message vocal' }).click()
    await page.getByText('Le micro n’est pas permis pour cette page').waitFor()
    await page.evaluate(giveAMicrophone)
    await page.getByRole('button', { name: 'Enregistrer un message vocal' }).click()
    await page.getByText('J’enregistre').waitFor()
    await page.getByText('0:01').waitFor()
    await shoot(page, 'chat-voice-fr')
    await expectAccessible(page)
    await press(page, 'Terminer')
    await page.getByText(/message-vocal\.webm/).waitFor()
    await press(page, 'Envoyer')
    await says(page, /pourra l’écouter.*moi, je ne peux pas/).waitFor()
    await page.getByRole('button', { name: 'Écouter', exact: true }).click()
    await eventually('it can be heard', () =>
      page.evaluate(() => {
        const sound = document.querySelector('audio')
        return sound !== null && sound.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && sound.error === null
      }),
    )
  })

  it('leaves quickly: the screen is cleared at once, and this browser finds the conversation again', async () => {
    await leave(page)
    await page.goto(`${suite.server.url}/?lang=fr`)
    await says(page, 'Amina Diallo').waitFor()
  })

  it('is forgotten on leaving where others use the device, and when the browser closes', async () => {
    await press(page, 'Plus')
    await page.getByRole('checkbox', { name: /D’autres personnes utilisent cet appareil/ }).check()
    await eventually(
      'the cookie goes with the window',
      async () => (await cookieEnds(context, suite.server.url)) === UNTIL_CLOSED,
    )
    await press(page, 'Fermer')
    await leave(page)
    await page.goto(`${suite.server.url}/?lang=fr`)
    await says(page, /un programme, pas une personne/).waitFor()
    expect(await page.getByText('Amina Diallo').count()).to.equal(0)
  })

  it('is forgotten on leaving where danger was spoken of', async () => {
    await press(page, 'Plus')
    await page.getByRole('checkbox', { name: /D’autres personnes utilisent cet appareil/ }).uncheck()
    await press(page, 'Fermer')
    await write(page, 'mon mari me frappe')
    await says(page, /1 800 363-9010/).waitFor()
    await leave(page)
    await page.goto(`${suite.server.url}/?lang=fr`)
    await says(page, /un programme, pas une personne/).waitFor()
    expect(await page.getByText('mon mari me frappe').count()).to.equal(0)
  })

  it('is forgotten on leaving where danger was spoken of longer ago than the page shows', async () => {
    await write(page, 'mon mari me frappe')
    await says(page, /1 800 363-9010/).waitFor()
    for (let number = 1; number <= TURNS; number += 1) {
      await write(page, `message ${number}`)
      await page.locator('.message-own').getByText(`message ${number}`, { exact: true }).waitFor()
    }
    await eventually(
      'all are sent',
      async () => (await page.locator('.delivery-queued, .delivery-sending').count()) === 0,
    )
    await page.reload()
    await says(page, `message ${TURNS}`).waitFor()
    expect(await page.getByText('mon mari me frappe').count(), 'it has scrolled away').to.equal(0)
    await leave(page)
    await page.goto(`${suite.server.url}/?lang=fr`)
    await says(page, /un programme, pas une personne/).waitFor()
    expect(await page.getByText(/^message \d+$/).count()).to.equal(0)
  })

  it('is forgotten on leaving before the conversation has come', async () => {
    await write(page, 'je m’appelle Amina')
    await page.locator('.message-own').getByText('je m’appelle Amina').waitFor()
    await page.reload()
    await says(page, 'je m’appelle Amina').waitFor()
    await page.route('**/api/chat/tokens', () => {}) // nothing answers
    await page.goto(`${suite.server.url}/?lang=fr`)
    await page.locator('html[data-ready]').waitFor({ state: 'attached' })
    await leave(page)
    await page.unroute('**/api/chat/tokens')
    await page.goto(`${suite.server.url}/?lang=fr`)
    await says(page, /un programme, pas une personne/).waitFor()
    expect(await page.getByText('je m’appelle Amina').count()).to.equal(0)
  })

  it('says so where the server has not heard that others use the device, and asks until it has', async () => {
    await page.route('**/api/chat/tokens', (route) => route.abort())
    await press(page, 'Plus')
    const shared = page.getByRole('checkbox', { name: /D’autres personnes utilisent cet appareil/ })
    await shared.click()
    await page.getByText('Ce choix n’est pas encore enregistré').waitFor()
    expect(await shared.isChecked(), 'as the server knows it').to.equal(false)
    expect(await cookieEnds(context, suite.server.url)).to.be.above(0)
    await shoot(page, 'chat-menu-unsaved-fr')
    await expectAccessible(page)
    await page.unroute('**/api/chat/tokens')
    await page.getByText('Ce choix est enregistré').waitFor()
    expect(await shared.isChecked()).to.equal(true)
    expect(await cookieEnds(context, suite.server.url)).to.equal(UNTIL_CLOSED)
  })

  it('keeps on the device what was asked, for the next time the page opens', async () => {
    const shared = page.getByRole('checkbox', { name: /D’autres personnes utilisent cet appareil/ })
    await page.route('**/api/chat/tokens', (route) => route.abort())
    await shared.click()
    await page.getByText('Ce choix n’est pas encore enregistré').waitFor()
    expect(await shared.isChecked()).to.equal(true)
    await page.goto('about:blank') // before the page has asked again
    await page.unroute('**/api/chat/tokens')
    await page.goto(`${suite.server.url}/?lang=fr`)
    await eventually(
      'the cookie is one of months',
      async () => ((await cookieEnds(context, suite.server.url)) ?? 0) > 0,
    )
    await press(page, 'Plus')
    expect(await shared.isChecked()).to.equal(false)
  })
})

describe('the newcomer’s page for every eye, ear and hand', function () {
  this.timeout(60_000)
  const suite = browserSuite()

  it('is walked by Tab in the order in which it is read: skip link first, then the ways out, the log, the box', async () => {
    const context = await suite.person({ ...LAPTOP, locale: 'fr-CA' })
    const { page } = await openPage(context, `${suite.server.url}/?lang=fr`)
    await says(page, /un programme/).waitFor()
    await page.getByRole('button', { name: 'English' }).waitFor()
    const order: string[] = []
    for (let i = 0; i < 14; i += 1) {
      await page.keyboard.press('Tab')
      order.push(await focused(page))
    }
    expect(order[0]).to.equal('Aller au champ pour écrire')
    const place = (name: string): number => order.findIndex((one) => one.startsWith(name))
    const wanted = [
      'Aller au champ',
      'Français',
      'Plus',
      'Quitter vite',
      'Parler à une personne',
      'Conversation',
      'Français',
      'Joindre un fichier',
      'textarea',
    ]
    expect(wanted.map(place), order.join(' | ')).to.not.include(-1)
    const walked = [
      'Plus',
      'Quitter vite',
      'Parler à une personne',
      'Conversation',
      'Joindre un fichier',
      'textarea',
    ].map(place)
    expect(walked).to.deep.equal([...walked].sort((a, b) => a - b))
    await context.close()
  })

  it('announces each new message once to a screen reader, and nothing of the history', async () => {
    const context = await suite.person({ ...LAPTOP, locale: 'fr-CA' })
    const { page } = await openPage(context, `${suite.server.url}/?lang=fr`)
    await openFile(page)
    await eventually('settled', () =>
      page.evaluate(() => document.querySelector('[role=log]')?.getAttribute('aria-live') === 'polite'),
    )
    await listenAsAScreenReader(page)
    await write(page, 'Binta')
    await says(page, /Où êtes-vous en ce moment/).waitFor()
    await eventually('delivered', async () => (await page.locator('.delivery-sent').count()) > 0)
    const heard = await page.evaluate(() => (globalThis as never as { heard: string[] }).heard)
    const times = (words: RegExp): number => heard.filter((one) => words.test(one)).length
    expect(times(/Merci, Binta/), heard.join(' | ')).to.equal(1)
    expect(times(/Où êtes-vous en ce moment/), heard.join(' | ')).to.equal(1)
    expect(times(/un programme, pas une personne/)).to.equal(0)
    await context.close()
  })

  it('holds at 400 % zoom: nothing scrolls sideways, all is reached', async () => {
    // 1280 pixels at 400 % are 320.
    const context = await suite.person({ ...LAPTOP, viewport: { width: 320, height: 256 }, locale: 'fr-CA' })
    const { page } = await openPage(context, `${suite.server.url}/?lang=fr`)
    await openFile(page)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).to.be.at.most(320)
    await write(page, 'Cheikh')
    await says(page, /Où êtes-vous en ce moment/).waitFor()
    await page.getByRole('button', { name: 'Au Québec' }).scrollIntoViewIfNeeded()
    await page.getByRole('button', { name: 'Au Québec' }).click()
    await expectAccessible(page)
    await shoot(page, 'chat-zoom-fr')
    await context.close()
  })

  it('keeps its edges in forced colours, and moves nothing where motion is reduced', async () => {
    const context = await suite.person({ ...PHONE, locale: 'fr-CA', forcedColors: 'active' })
    const { page } = await openPage(context, `${suite.server.url}/?lang=fr`)
    await openFile(page)
    await write(page, 'Dina')
    await says(page, /Où êtes-vous en ce moment/).waitFor()
    await expectAccessible(page)
    await shoot(page, 'chat-forced-colours')
    const edges = await page.evaluate(() =>
      ['.message-own .bubble', '.choice', '.button.person', '.composer-input'].map(
        (name) => getComputedStyle(document.querySelector(name) ?? document.body).borderTopWidth,
      ),
    )
    for (const edge of edges) expect(Number.parseFloat(edge)).to.be.at.least(1)
    const moving = await page.evaluate(
      () =>
        document.getAnimations().filter(({ effect }) => Number(effect?.getComputedTiming().duration ?? 0) > 1).length,
    )
    expect(moving).to.equal(0)
    await context.close()
  })

  for (const width of [360, 768, 1440])
    it(`at ${width} pixels, in both languages and from right to left, by day and by night`, async () => {
      for (const language of ['fr', 'en']) {
        const context = await suite.person({
          ...LAPTOP,
          viewport: { width, height: width === 360 ? 740 : 900 },
          locale: `${language}-CA`,
        })
        const { page } = await openPage(context, `${suite.server.url}/?lang=${language}`)
        await says(page, language === 'fr' ? /un programme/ : /a program/).waitFor()
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme })
          // The colours are the same at each width, and so are the words' roles: judged once each.
          if ((width === 360) !== (colorScheme === 'light' && language === 'fr')) await expectAccessible(page)
          await shoot(page, `page-${width}-${language}-${colorScheme}`)
        }
        await page.evaluate(() => document.documentElement.setAttribute('dir', 'rtl'))
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).to.be.at.most(width)
        await shoot(page, `page-${width}-${language}-rtl`)
        await context.close()
      }
    })
})

const numbersIn = (text: string | null): number[] => [...(text ?? '').matchAll(/\d+/g)].map(([one]) => Number(one))

/** The browser of the tests has no microphone: a tone stands in for a voice, the recorder is the real one. */
function giveAMicrophone(): void {
  navigator.mediaDevices.getUserMedia = () => {
    const sound = new AudioContext()
    const tone = sound.createOscillator()
    const destination = sound.createMediaStreamDestination()
    tone.connect(destination)
    tone.start()
    return Promise.resolve(destination.stream)
  }
}

/** Presses "leave quickly" and waits until nothing is left on the screen; where it leads is not reachable from here. */
async function leave(page: Page): Promise<void> {
  await page.route('https://www.google.com/**', (route) => route.fulfill({ body: 'elsewhere' }))
  await page.getByRole('link', { name: 'Quitter vite' }).click()
  await page.getByText('elsewhere').waitFor()
}

/** When the visitor's cookie ends, in seconds since 1970. */
async function cookieEnds(context: BrowserContext, url: string): Promise<number | undefined> {
  const [cookie] = await context.cookies(url)
  return cookie?.expires
}

/** Notes what a live region would say: what is added to a polite log, alerts that appear, status that changes. */
async function listenAsAScreenReader(page: Page): Promise<void> {
  await page.evaluate(() => {
    const heard: string[] = []
    Object.assign(globalThis, { heard })
    new MutationObserver((changes) => {
      for (const { addedNodes, target } of changes) {
        const region = (target instanceof Element ? target : target.parentElement)?.closest(
          '[role=log],[role=status],[role=alert]',
        )
        if (region === null || region === undefined || region.getAttribute('aria-live') === 'off') continue
        for (const node of addedNodes) if (node.textContent !== '') heard.push(node.textContent ?? '')
      }
    }).observe(document.body, { childList: true, subtree: true, characterData: true })
  })
}
