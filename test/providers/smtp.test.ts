import { once } from 'node:events'
import { connect } from 'node:net'
import { expect } from 'chai'
import { startSmtp, type SmtpStandIn } from './smtp/index.ts'

/** A client that says one line at a time; the answer is its last line, or `closed`. */
async function client(port: number) {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  let isClosed = false
  let look = (): void => {}
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString()
    look()
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    isClosed = true
    look()
  })
  const answer = (): Promise<string> =>
    new Promise((resolve) => {
      look = () => {
        const whole = /(?:^|\r\n)(\d{3}(?: [^\r\n]*)?)\r\n$/.exec(text)?.[1]
        if (whole === undefined && !isClosed) return
        look = () => {}
        text = ''
        resolve(whole ?? 'closed')
      }
      look()
    })
  await once(socket, 'connect')
  await answer()
  const says = (line: string): Promise<string> => {
    socket.write(`${line}\r\n`)
    return answer()
  }
  return { says, end: () => socket.destroy(), leave: () => socket.destroy() }
}

const LETTER = [
  'From: =?UTF-8?Q?Accueil_Qu=C3=A9bec?= <bonjour@parcours.example>',
  'To: Ana <ana@example.com>',
  'Subject: =?UTF-8?B?UmVuZGV6LXZvdXMgw6Ag?= =?UTF-8?Q?9=C2=A0h?=',
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary="outer"',
  '',
  'for old programs',
  '--outer',
  'Content-Type: multipart/alternative;',
  '\tboundary=inner',
  '',
  '--inner',
  'Content-Type: text/plain; charset=utf-8',
  'Content-Transfer-Encoding: quoted-printable',
  '',
  'Bonjour, voici l=E2=80=99heure=',
  '.',
  '..',
  '--inner',
  'Content-Type: text/html; charset=utf-8',
  'Content-Transfer-Encoding: base64',
  '',
  Buffer.from('<p>Été</p>').toString('base64'),
  '--inner--',
  '--outer',
  'Content-Type: text/calendar; name=rv.ics',
  'Content-Disposition: attachment; filename="rv.ics"',
  '',
  'BEGIN:VCALENDAR',
  '--outer--',
].join('\r\n')

/** As it goes over the wire: a line that begins with a dot has one more. */
const stuffed = (text: string): string => text.replaceAll(/^\./gm, '..')

describe('the mail server of the tests', () => {
  let server: SmtpStandIn
  beforeEach(async () => void (server = await startSmtp({ user: { name: 'parcours', password: 'secret' } })))
  afterEach(() => server.close())

  async function known() {
    const one = await client(server.port)
    await one.says('EHLO here')
    expect(await one.says(`AUTH PLAIN ${Buffer.from('\0parcours\0secret').toString('base64')}`)).to.match(/^235/)
    return one
  }

  async function sends(one: Awaited<ReturnType<typeof client>>, to = 'ana@example.com'): Promise<string[]> {
    const answers = [
      await one.says('MAIL FROM:<bonjour@parcours.example> BODY=8BITMIME'),
      await one.says(`RCPT TO:<${to}>`),
      await one.says('DATA'),
    ]
    if (answers.at(-1)?.startsWith('354') === true) answers.push(await one.says(`${stuffed(LETTER)}\r\n.`))
    return answers.map((answer) => answer.slice(0, 3))
  }

  it('keeps a message with its headers and parts, for its recipient', async () => {
    const one = await known()
    expect(await sends(one)).to.deep.equal(['250', '250', '354', '250'])
    const [mail, ...others] = server.to('ANA@example.com')
    expect(others).to.deep.equal([])
    expect(mail?.headers['subject']).to.equal('Rendez-vous à 9\u00a0h')
    expect(mail?.headers['from']).to.equal('Accueil Québec <bonjour@parcours.example>')
    expect(mail?.from).to.equal('bonjour@parcours.example')
    expect(mail?.parts.map(({ type }) => type)).to.deep.equal(['text/plain', 'text/html', 'text/calendar'])
    expect(mail?.parts[0]?.text).to.equal('Bonjour, voici l’heure.\r\n..')
    expect(mail?.parts[1]?.text).to.equal('<p>Été</p>')
    expect(mail?.parts[2]?.filename).to.equal('rv.ics')
    expect(mail?.raw.toString()).to.equal(`${LETTER}\r\n`)
    expect(server.to('bob@example.com')).to.deep.equal([])
    expect(await one.says('QUIT')).to.match(/^221/)
  })

  it('lets nobody send who did not say the password', async () => {
    const one = await client(server.port)
    expect(await one.says('MAIL FROM:<a@b.example>')).to.match(/^503/)
    expect(await one.says('EHLO here')).to.match(/^250 /)
    expect(await one.says('MAIL FROM:<a@b.example>')).to.match(/^530/)
    expect(await one.says('STARTTLS')).to.match(/^502/)
    expect(await one.says(`AUTH PLAIN ${Buffer.from('\0parcours\0wrong').toString('base64')}`)).to.match(/^535/)
    expect(await one.says('AUTH LOGIN')).to.equal('334 VXNlcm5hbWU6')
    expect(await one.says(Buffer.from('parcours').toString('base64'))).to.equal('334 UGFzc3dvcmQ6')
    expect(await one.says(Buffer.from('secret').toString('base64'))).to.match(/^235/)
    expect(await one.says('MAIL FROM:<a@b.example>')).to.match(/^250/)
    expect(await one.says('RSET')).to.match(/^250/)
    expect(await one.says('RCPT TO:<ana@example.com>')).to.match(/^503/)
    expect(server.lines.join('\n')).to.not.contain(Buffer.from('secret').toString('base64'))
    one.leave()
  })

  for (const [fault, answers, kept] of [
    ['refuse', ['250', '550', '503'], 0],
    ['greylist', ['250', '451', '503'], 0],
    ['refuseData', ['250', '250', '354', '554'], 0],
    ['dropBefore', ['250', '250', '354', 'clo'], 0],
    ['dropAfter', ['250', '250', '354', 'clo'], 1],
    ['busy', ['421', 'clo', 'clo'], 0],
  ] as const)
    it(`fails once by ${fault}`, async () => {
      server.fail(fault)
      expect(await sends(await known())).to.deep.equal(answers)
      expect(server.mails).to.have.length(kept)
      expect(await sends(await known())).to.deep.equal(['250', '250', '354', '250'])
      expect(server.mails).to.have.length(kept + 1)
    })

  it('answers again after it was away', async () => {
    await server.unplug()
    const refused = connect(server.port, '127.0.0.1')
    const [error] = (await once(refused, 'error')) as [NodeJS.ErrnoException]
    expect(error.code).to.equal('ECONNREFUSED')
    await server.plugIn()
    expect(await sends(await known())).to.deep.equal(['250', '250', '354', '250'])
  })
})
