import { expect } from 'chai'
import { startBalancer } from '../support/balancer.ts'
import { startChannelServer, TURN_SLEEPS, type ChannelServer } from '../support/channelServer.ts'
import { call, startedCaller } from '../support/directLineWire.ts'
import { eventually } from '../support/eventually.ts'
import { startOfficialClients, type OfficialClient, type OfficialClients } from '../support/officialClient.ts'
import { freePort } from '../support/serverProcess.ts'

const mint = async (base: string): Promise<string> =>
  (await call(`${base}/api/chat/tokens`, 'POST')).json['token'] as string

describe('Direct Line with the unmodified botframework-directlinejs', function () {
  this.timeout(30_000)
  let server: ChannelServer
  let clients: OfficialClients
  let client: OfficialClient | undefined
  before(async () => {
    server = await startChannelServer()
    clients = await startOfficialClients(server.url)
  })
  afterEach(() => {
    client?.end()
    client = undefined
  })
  after(async () => {
    await clients.end()
    await server.stop()
  })

  for (const webSocket of [true, false])
    it(`talks ${webSocket ? 'over the web socket' : 'by polling'}, and uploads`, async () => {
      const token = await mint(server.url)
      client = clients.connect({ base: server.url, token, webSocket })
      await client.hears('Bonjour')
      const id = await client.posts({ type: 'message', text: 'hello' }, 'mark-1')
      await client.hears('echo: hello')
      const echo = client.activities().find((activity) => activity.channelData.clientActivityID === 'mark-1')
      expect(echo).to.deep.include({ id, text: 'hello' })
      expect(echo?.from.role).to.equal('user')
      await client.posts(
        {
          type: 'message',
          text: 'two files',
          attachments: ['first', 'second'].map((text) => ({
            name: 'é.txt',
            contentType: 'text/plain',
            contentUrl: `data:text/plain,${text}`,
          })),
        },
        'mark-2',
      )
      const uploaded = await client.hears('two files')
      expect(uploaded.attachments?.map((file) => file.name)).to.deep.equal(['é.txt', 'é (1).txt'])
      await client.hears('echo: two files')

      expect(client.texts()).to.deep.equal(['Bonjour', 'hello', 'echo: hello', 'two files', 'echo: two files'])
      expect(client.errors()).to.deep.equal([])
    })

  it('goes on across a restart: nothing lost, nothing doubled (15, 34)', async () => {
    const token = await mint(server.url)
    client = clients.connect({ base: server.url, token })
    await client.hears('Bonjour')
    await server.restart()
    await saysFromAnotherTab(server, token, 'meanwhile')
    await client.hears('echo: meanwhile')
    expect(await client.posts({ type: 'message', text: 'after' }, 'after')).to.match(/^[\w-]{22}$/)
    await client.hears('echo: after')
    expect(client.texts()).to.deep.equal(['Bonjour', 'meanwhile', 'echo: meanwhile', 'after', 'echo: after'])
    expect(client.errors()).to.deep.equal([])
  })

  it('refreshes its token again and again', async () => {
    client = clients.connect({ base: server.url, token: await mint(server.url), hurry: 3_000 })
    await client.hears('Bonjour')
    const tokens = await eventually('three tokens', () => (client?.tokens().length ?? 0) >= 4 && client?.tokens())
    expect(new Set(tokens).size).to.equal(tokens.length)
    await client.posts({ type: 'message', text: 'with a fresh one' }, 'fresh')
    await client.hears('echo: with a fresh one')
  })

  it('finds its conversation again in a new page, with token and conversation id', async () => {
    const token = await mint(server.url)
    client = clients.connect({ base: server.url, token })
    await client.hears('Bonjour')
    await client.posts({ type: 'message', text: 'remember' }, 'r')
    await client.hears('echo: remember')
    client.end()
    const { conv } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { conv: string }
    client = clients.connect({ base: server.url, token, conversationId: conv })
    await client.hears('echo: remember')
    expect(client.texts()).to.deep.equal(['Bonjour', 'remember', 'echo: remember'])
  })

  it('is told to come later when the database is away at its start, and then starts (32)', async () => {
    const token = await mint(server.url)
    const refused = server.refusedConnections()
    server.cutDatabase()
    client = clients.connect({ base: server.url, token })
    await eventually('a refused connection', () => server.refusedConnections() > refused)
    server.restoreDatabase()
    await client.hears('Bonjour')
    expect(client.statuses()).to.not.include('FailedToConnect')
  })

  for (const webSocket of [true, false])
    it(`does not see a rolling restart ${webSocket ? 'on the web socket' : 'when it polls'}: its node goes, the next takes over (35)`, async () => {
      const balancer = await startBalancer(await freePort())
      const one = await startChannelServer({ settings: { publicUrl: `http://127.0.0.1:${balancer.port}` } })
      const two = await one.secondNode()
      balancer.sendTo(two.url)
      client = clients.connect({ base: `http://127.0.0.1:${balancer.port}`, token: await mint(one.url), webSocket })
      await client.hears('Bonjour')
      balancer.sendTo(one.url)
      await Promise.all([
        two.stop(),
        client.posts({ type: 'message', text: 'while it goes' }, 'w').then((id) => expect(id).to.not.equal('retry')),
      ])
      await client.hears('echo: while it goes')
      await client.posts({ type: 'message', text: 'on the other' }, 'o')
      await client.hears('echo: on the other')
      expect(client.texts()).to.deep.equal([
        'Bonjour',
        'while it goes',
        'echo: while it goes',
        'on the other',
        'echo: on the other',
      ])
      expect(client.errors()).to.deep.equal([])
      expect(client.statuses().filter((status) => status !== 'Uninitialized')).to.deep.equal(['Connecting', 'Online'])
      await one.stop()
      balancer.close()
    })

  it('recovers when everything is cut in the middle of a post: said once (24, 34)', async () => {
    const balancer = await startBalancer(await freePort())
    const base = `http://127.0.0.1:${balancer.port}`
    const node = await startChannelServer({ settings: { publicUrl: base } })
    balancer.sendTo(node.url)
    client = clients.connect({ base, token: await mint(node.url) })
    await client.hears('Bonjour')
    const post = client.posts({ type: 'message', text: 'slow, and cut' }, 'cut')
    await eventually(
      'its turn is running',
      async () => (await node.platform.database.pool.query(TURN_SLEEPS)).rowCount === 1,
    )
    balancer.cut()
    expect(await post).to.equal('retry')
    balancer.restore()
    await client.hears('echo: slow, and cut')
    expect(client.texts()).to.deep.equal(['Bonjour', 'slow, and cut', 'echo: slow, and cut'])
    expect(client.errors()).to.deep.equal([])
    await node.stop()
    balancer.close()
  })
})

/** Says something from another tab, before the client has come back. */
async function saysFromAnotherTab(server: ChannelServer, token: string, text: string): Promise<void> {
  const tab = await startedCaller(server.url, token)
  await tab.says(text)
}
