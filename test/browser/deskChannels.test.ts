import { expectAccessible, LAPTOP, openPage, PHONE, shoot, type WatchedPage } from '../support/browser.ts'
import { browserSuite } from '../support/browserSuite.ts'
import { openMessengerWorld, type MessengerWorld } from '../support/messengerWorld.ts'
import type { Person } from '../providers/graph/person.ts'

describe('the desk shows what became of messages by Messenger', function () {
  this.timeout(60_000)
  const suite = browserSuite()
  let world: MessengerWorld
  let person: Person
  let desk: WatchedPage
  let cookie: { name: string; value: string; url: string }
  let address = ''

  before(async () => {
    // A page ends its session by its own clock.
    world = await openMessengerWorld({}, { pages: true, at: new Date().toISOString() })
    person = world.graph.person()
    await person.says('Bonjour, je veux parler à une personne')
    await world.settled()
    const { rows } = await world.server.running.platform.database.pool.query<{ id: string }>(
      'select id from conversations',
    )
    address = `${world.server.url}/desk/conversations/${rows[0]?.id}`
    const [name = '', value = ''] = (await world.server.signInAgent({ name: 'Camille Roy' })).cookie.split('=')
    cookie = { name, value, url: world.server.url }
    const context = await suite.person({ ...LAPTOP, locale: 'fr-CA' })
    await context.addCookies([cookie])
    desk = await openPage(context, address)
  })
  after(() => world?.stop())

  async function writes(text: string): Promise<void> {
    await desk.page.getByRole('textbox', { name: /Votre message|Your message/ }).fill(text)
    await desk.page.keyboard.press('Enter')
    await desk.page.getByText(text).last().waitFor()
    await world.settled()
  }

  it('sent, delivered, read; and until when one may write', async () => {
    const { page } = desk
    await page.getByText('Prendre la conversation').click()
    await page.getByText(/vous pouvez écrire jusqu’au/).waitFor()
    await writes('Bonjour, ici Camille.')
    await page.getByText('Envoyé').last().waitFor()
    await person.receives()
    await person.reads()
    // The page looks again with the next news.
    await person.says('Merci Camille')
    await world.settled()
    await page.getByText('Lu', { exact: true }).last().waitFor()
    await expectAccessible(page)
  })

  it('a refusal, with what can be done', async () => {
    const { page } = desk
    world.graph.fail({ graph: { code: 100, subcode: 2018109 } })
    await writes('Voici le document.')
    await page.getByText(/^Refusé/).waitFor()
    await shoot(page, 'desk-delivery')
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Envoyer de nouveau' }).click()
    await world.settled()
    await page.getByText(/^Refusé/).waitFor({ state: 'detached' })
    await page.getByText('Envoyé').last().waitFor()
  })

  it('on a phone too', async () => {
    const context = await suite.person({ ...PHONE, locale: 'en-CA' })
    await context.addCookies([cookie])
    const { page } = await openPage(context, address)
    await page.getByText(/you may write until/).waitFor()
    await shoot(page, 'desk-delivery-phone')
    await expectAccessible(page)
  })
})
