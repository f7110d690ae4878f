import { spawn } from 'node:child_process'
import { expect } from 'chai'
import { linesOf, pressables, said, type ShownActivity } from '../../commands/talk/show.ts'
import { speak } from '../../services/locales/index.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

const message = (text: string, parcours: object, titles: string[] = []): ShownActivity => ({
  type: 'message',
  text,
  suggestedActions: { actions: titles.map((title) => ({ title, value: title })) },
  channelData: { parcours },
})

describe('npm run talk: what the terminal shows', () => {
  it('names the author and numbers the buttons', () => {
    expect(linesOf(message('Où ?\nIci ?', { author: 'bot' }, ['Oui', 'Non']), 'fr')).to.deep.equal([
      `${speak('fr', 'conversation:author.bot')} : Où ?`,
      '    Ici ?',
      '    1) Oui',
      '    2) Non',
    ])
    expect(linesOf(message('Bonjour', { author: 'agent', agentName: 'Camille' }), 'fr')).to.deep.equal([
      'Camille : Bonjour',
    ])
  })

  it('marks what is urgent, in words', () => {
    expect(linesOf(message('911', { author: 'system', urgent: true }), 'en')[0]).to.equal(
      `!! ${speak('en', 'conversation:urgent')} · ${speak('en', 'conversation:author.system')} : 911`,
    )
  })

  it("leaves out the person's own words, events, and what would steer the terminal", () => {
    expect(linesOf(message('moi', { author: 'newcomer' }), 'fr')).to.deep.equal([])
    expect(linesOf({ type: 'event' }, 'fr')).to.deep.equal([])
    expect(linesOf(message('\u001b[2Jrouge', { author: 'agent', agentName: '\u0007A' }), 'fr')).to.deep.equal([
      'A : [2Jrouge',
    ])
  })

  it('presses the button of a number, and says everything else', () => {
    const buttons = pressables(message('?', {}, ['Oui', 'Non']))
    const table: [string, string][] = [
      ['1', 'Oui'],
      [' 2 ', 'Non'],
      ['3', '3'],
      ['0', '0'],
      ['le 2', 'le 2'],
      ['', ''],
    ]
    for (const [typed, meant] of table) expect(said(typed, buttons), typed).to.equal(meant)
  })
})

describe('npm run talk', function () {
  this.timeout(20_000)
  let server: TestServer
  before(async () => void (server = await startTestServer()))
  after(() => server.stop())

  it('talks with the server that runs, and ends with its input', async () => {
    const child = spawn(process.execPath, ['commands/talk.ts', '--lang', 'en'], {
      env: { ...process.env, PUBLIC_URL: server.url },
    })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => void (output += chunk.toString()))
    child.stdin.end('2\nYes, I agree\nOleksandr\n')
    const code = await new Promise((resolve) => child.once('close', resolve))
    expect(output).to.contain(server.url)
    expect(output).to.match(/1\) Français\n {4}2\) English/)
    expect(output, 'the number pressed the button').to.contain(speak('en', 'onboarding:consent.question'))
    expect(output).to.contain(speak('en', 'onboarding:preferredName.noted', { value: 'Oleksandr' }))
    expect(code).to.equal(0)
  })
})
