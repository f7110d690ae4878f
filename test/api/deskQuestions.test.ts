import { expect } from 'chai'
import type { UnansweredView } from '../../api/types.ts'
import { groupAlike } from '../../services/answers/alike.ts'
import { asking } from '../support/asking.ts'
import { openDirectLineUser } from '../support/directLineUser.ts'
import { startTestServer, type SignedIn, type TestServer } from '../support/server.ts'

describe('questions that nothing answers', () => {
  let server: TestServer
  let supervisor: SignedIn, agent: SignedIn

  before(async () => {
    server = await startTestServer()
    supervisor = await server.signInAgent({ name: 'Sam', role: 'supervisor' })
    agent = await server.signInAgent({ name: 'Amélie' })
  })
  after(() => server.stop())
  const ask = asking(() => server.url)

  /** Somebody without a file asks; the assistant says that it does not know. */
  async function asks(...questions: string[]): Promise<string> {
    const person = await openDirectLineUser(server.url)
    for (const words of ['Français', 'Non merci', ...questions]) await person.say(words)
    return person.conversationId
  }

  it('are shown to supervisors, alike ones together, the most asked first, without contacts', async () => {
    const first = await asks('un zorglub pour ma flibuste quantique, zoe@exemple.org ou 438 555 0143')
    await asks('zorglub pour la flibuste quantique ?')
    await asks('girafes empaillées lunaires')
    const { json } = await ask<UnansweredView>(supervisor, 'GET', '/unanswered-questions')
    expect(json.groups.map(({ questions }) => questions.length)).to.deep.equal([2, 1])
    const [quantum] = json.groups
    expect(quantum?.questions[1]).to.deep.include({
      conversationId: first,
      language: 'fr',
      text: 'un zorglub pour ma flibuste quantique, … ou …',
    })
    expect(Date.parse(quantum?.questions[0]?.askedAt ?? '')).to.be.closeTo(Date.now(), 60_000)
  })

  it('are nobody else’s to read', async () => {
    expect((await ask(agent, 'GET', '/unanswered-questions')).status).to.equal(403)
    expect((await ask(undefined, 'GET', '/unanswered-questions')).status).to.equal(401)
  })

  it('are grouped by what is asked, not by how it is written', () => {
    const groups = groupAlike(
      ['permis de chasse', 'comment avoir un permis de chasse', 'météo à Gaspé', 'PERMIS DE CHASSE ?'],
      (text) => text,
    )
    expect(groups).to.deep.equal([
      ['permis de chasse', 'comment avoir un permis de chasse', 'PERMIS DE CHASSE ?'],
      ['météo à Gaspé'],
    ])
  })
})
