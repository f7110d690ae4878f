import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { expectAccessible, LAPTOP, openPage, PHONE, shoot, type WatchedPage } from '../support/browser.ts'
import { browserSuite } from '../support/browserSuite.ts'
import { openDirectLineUser } from '../support/directLineUser.ts'
import { eventually } from '../support/eventually.ts'

/** A message that is on the page. */
const says = (page: Page, text: string | RegExp) => page.getByRole('log').getByText(text).last()
const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).last().click()
async function write(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: /Votre message|Your message/ }).fill(text)
  await page.keyboard.press('Enter')
}

describe('a newcomer and an agent talk to each other', function () {
  this.timeout(60_000)
  const suite = browserSuite()
  let newcomer: WatchedPage
  let desk: WatchedPage

  it('the newcomer chats on a phone of 360 pixels, by buttons and by words', async () => {
    const context = await suite.person({ ...PHONE, locale: 'fr-CA' })
    newcomer = await openPage(context, `${suite.server.url}/?lang=fr`)
    const { page } = newcomer
    await says(page, /un programme, pas une personne/).waitFor()
    await press(page, 'Français')
    await says(page, /garder vos réponses dans un dossier/).waitFor()
    await press(page, 'Oui, j’accepte')
    await says(page, /Comment voulez-vous qu’on vous appelle/).waitFor()
    await write(page, 'Amina')
    await press(page, 'À l’étranger')
    await write(page, 'le 3/4')
    await says(page, /Je veux être sûr de bien lire/).waitFor()
    await shoot(page, 'chat-fr')
    await expectAccessible(page)
    await page.getByRole('button', { name: /avril/ }).click()
    await says(page, /Par quel chemin/).waitFor()
    await shoot(page, 'chat-way-fr')
    await expectAccessible(page)
    await press(page, 'Études')
    await write(page, 'Sénégal')
    await write(page, 'à Rimouski')
    await press(page, '3 personnes')
    await write(page, 'wolof et français')
    await press(page, 'Un logement')
    await says(page, /un téléphone ou un courriel/).waitFor()
    await page.getByRole('button', { name: 'Non merci' }).last().click()
    await says(page, /Voici ce que j’ai compris/).waitFor()
    await says(page, /Rimouski \(Bas-Saint-Laurent\)/).waitFor()
    await shoot(page, 'chat-summary-fr')
    await expectAccessible(page)
    await press(page, 'C’est exact')
  })

  it('asks for a person, and is told when one reads', async () => {
    const { page } = newcomer
    await press(page, 'Parler à une personne')
    await says(page, /Je demande une personne de l’équipe/).waitFor()
    await says(page, /Nos bureaux (ouvrent|répondent)/).waitFor()
  })

  it('the agent signs in by a link that works once, and sees who waits', async () => {
    const link = await suite.server.running.firstAdministratorLink()
    const context = await suite.person({ ...LAPTOP, locale: 'fr-CA' })
    desk = await openPage(context, link ?? '')
    const { page } = desk
    await page.getByText('Amina').first().waitFor()
    expect(page.url(), 'the secret left the address bar').to.not.include('sign-in=')
    await expectAccessible(page)
  })

  it('takes the conversation, and they talk live, both ways', async () => {
    const { page: atDesk } = desk
    const { page: onPhone } = newcomer
    await atDesk.getByText('Amina').first().click()
    await atDesk.getByText('À l’étranger').first().waitFor()
    await press(atDesk, 'Prendre la conversation')
    await says(onPhone, /a rejoint la conversation/).waitFor()
    await onPhone.getByText('Administration vous répond').waitFor() // the header says who
    await write(atDesk, 'Bonjour Amina, je suis là.')
    await says(onPhone, 'Bonjour Amina, je suis là.').waitFor()
    await write(onPhone, 'Merci ! Où sera mon rendez-vous ?')
    await says(atDesk, 'Merci ! Où sera mon rendez-vous ?').waitFor()
    // Typing is told at most every 3 s: somebody who goes on writing is seen.
    const letters = Array.from('et aussi : faut-il venir avec les enfants')
    await eventually(
      'the agent sees that Amina is writing',
      async () => {
        await onPhone
          .getByRole('textbox')
          .last()
          .pressSequentially(letters.shift() ?? '.', { delay: 180 })
        return (await atDesk.getByText(/Amina écrit/).count()) > 0
      },
      10_000,
    )
    await shoot(atDesk, 'desk')
    await shoot(onPhone, 'chat-with-agent')
    await expectAccessible(atDesk)
    await expectAccessible(onPhone)
  })

  it('text stays text on both sides', async () => {
    await write(newcomer.page, '<img src=x onerror=alert(1)><b>gras</b>')
    await says(desk.page, '<img src=x onerror=alert(1)><b>gras</b>').waitFor()
    expect(await desk.page.locator('[role=log] img[src=x], [role=log] b:text("gras")').count()).to.equal(0)
  })

  it('danger written to the agent brings the numbers at once, from the system, and alerts the agent', async () => {
    await write(newcomer.page, 'mon mari me frappe')
    await says(newcomer.page, /911/).waitFor()
    await says(newcomer.page, /1 800 363-9010/).waitFor()
    await desk.page
      .getByText(/Danger/)
      .first()
      .waitFor()
    await shoot(newcomer.page, 'chat-danger')
    await shoot(desk.page, 'desk-danger')
  })

  it('the agent hands back, and the assistant goes on', async () => {
    await press(desk.page, 'Rendre à l’assistant')
    await says(newcomer.page, /a quitté la conversation/).waitFor()
    await newcomer.page.getByText('Un assistant vous répond').waitFor()
    await write(newcomer.page, 'changer mon prénom')
    await says(newcomer.page, /Comment voulez-vous qu’on vous appelle|Quel nom/).waitFor()
  })

  it('the conversation is found again after a reload', async () => {
    await newcomer.page.reload()
    await says(newcomer.page, 'Bonjour Amina, je suis là.').waitFor()
    await says(newcomer.page, /un programme, pas une personne/).waitFor({ state: 'attached' })
  })

  it('and by the agent, at its address', async () => {
    expect(new URL(desk.page.url()).pathname).to.match(/^\/desk\/conversations\/./)
    await desk.page.reload()
    await says(desk.page, 'Bonjour Amina, je suis là.').waitFor()
  })

  it('what nobody could answer is read by who writes the answers', async () => {
    const { page } = desk
    const person = await openDirectLineUser(suite.server.url)
    for (const words of ['Français', 'Non merci', 'un zorglub pour ma flibuste quantique']) await person.say(words)
    await press(page, 'Questions')
    await page.getByText('un zorglub pour ma flibuste quantique').waitFor()
    expect(new URL(page.url()).pathname).to.equal('/desk/questions')
    expect(
      (await page.locator('.question-group').first().boundingBox())?.width,
      'it has the page for itself',
    ).to.be.above(500)
    await expectAccessible(page)
    await shoot(page, 'desk-questions')
    await page.goBack()
    await says(page, 'Bonjour Amina, je suis là.').waitFor()
  })

  it('what was typed without a network leaves when it is back, in order and once', async () => {
    const { page } = newcomer
    await page.context().setOffline(true)
    await write(page, 'premier sans réseau')
    await write(page, 'second sans réseau')
    await page
      .getByText(/réseau revient|dès qu’elle revient/)
      .first()
      .waitFor()
    await page.context().setOffline(false)
    await says(desk.page, 'second sans réseau').waitFor()
    await page.reload()
    await says(page, 'second sans réseau').waitFor()
    const written = await page
      .getByRole('log')
      .getByText(/sans réseau$/)
      .allTextContents()
    expect(written).to.deep.equal(['premier sans réseau', 'second sans réseau'])
  })

  it('nothing went wrong on either page: no error, no refused content, no request elsewhere', () => {
    newcomer.expectClean()
    desk.expectClean()
  })
})

describe('the pages in each language, direction and width', function () {
  this.timeout(60_000)
  const suite = browserSuite()

  it('reads from right to left when its language does', async () => {
    const context = await suite.person({ ...PHONE })
    const { page } = await openPage(context, `${suite.server.url}/?lang=fr`)
    await says(page, /un programme/).waitFor()
    await page.evaluate(() => document.documentElement.setAttribute('dir', 'rtl'))
    const send = await page.getByRole('button', { name: 'Envoyer' }).boundingBox()
    expect(send?.x, 'the send button is on the left').to.be.below(180)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).to.be.at.most(360)
    await shoot(page, 'chat-rtl')
    await context.close()
  })

  it('is read aloud by the browser, in the language of the conversation, and stopped', async () => {
    const context = await suite.person({ ...PHONE, locale: 'fr-CA' })
    // The browser of the tests has no voice: what would be said is noted.
    await context.addInitScript(() => {
      const said: { text: string; lang: string }[] = []
      Object.assign(globalThis, { said, stopped: 0 })
      speechSynthesis.speak = ({ text, lang }) => void said.push({ text, lang })
      speechSynthesis.cancel = () => void Object.assign(globalThis, { stopped: (globalThis as never)['stopped'] + 1 })
    })
    const { page } = await openPage(context, `${suite.server.url}/?lang=fr`)
    await says(page, /un programme/).waitFor()
    await page.getByRole('button', { name: 'Écouter ce message' }).first().click()
    await page.getByRole('button', { name: 'Arrêter la lecture' }).click()
    await page.getByRole('button', { name: 'Écouter ce message' }).first().waitFor()
    const { said, stopped } = await page.evaluate(() => {
      const { said: words, stopped: times } = globalThis as never as {
        said: { text: string; lang: string }[]
        stopped: number
      }
      return { said: words, stopped: times }
    })
    expect(said).to.have.lengthOf(1)
    expect(said[0]?.text).to.match(/un programme, pas une personne/)
    expect(said[0]?.lang).to.equal('fr')
    expect(stopped).to.be.at.least(2)
    await context.close()
  })

  it('is used by keyboard alone', async () => {
    const context = await suite.person({ ...LAPTOP, locale: 'en-CA' })
    const { page } = await openPage(context, `${suite.server.url}/?lang=en`)
    await says(page, /a program, not a person/).waitFor()
    const isWriting = () => page.evaluate(() => document.activeElement?.tagName === 'TEXTAREA')
    for (let i = 0; i < 12 && !(await isWriting()); i += 1) await page.keyboard.press('Tab')
    expect(await isWriting(), 'the composer is reached').to.equal(true)
    await page.locator('.skip-link').focus()
    await page.keyboard.press('Enter') // the skip link leads to it at once
    expect(await isWriting(), 'the skip link leads to it').to.equal(true)
    await page.keyboard.type('English')
    await page.keyboard.press('Enter')
    await says(page, /May I keep your answers in a file/).waitFor()
    await context.close()
  })
})
