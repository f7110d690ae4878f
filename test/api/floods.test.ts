import { expect } from 'chai'
import { sql } from 'kysely'
import { renewLink } from '../../services/agents/index.ts'
import { randomSecret } from '../../services/platform/ids.ts'
import { callers, type Answered, type Headers } from '../support/callers.ts'
import { eventually } from '../support/eventually.ts'
import { proves } from '../support/proofs.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { startTwoNodes, type TwoNodes } from '../support/twoNodes.ts'

const LONG = process.env['TEST_LONG'] === '1'
const STORM = LONG ? 10_000 : 300
const GUESSES = LONG ? 1_000 : 150
const FLOOD_SECONDS = LONG ? 8 : 1
const MESSAGES_PER_SECOND = 1_000
const TOKENS = 60
const SIGN_INS = 30

describe('guessing and floods', function () {
  this.timeout(LONG ? 240_000 : 60_000)
  let nodes: TwoNodes
  /** A third node, behind a proxy that it knows. */
  let proxied: TestServer
  const { call, close } = callers()

  before(async () => {
    nodes = await startTwoNodes({ env: { RATE_LIMIT: 'on' } })
    const { settings } = nodes.node(0).platform
    proxied = await startTestServer({
      database: nodes.database,
      masterKey: settings.masterKey.toString('base64'),
      env: { RATE_LIMIT: 'on', PUBLIC_URL: settings.publicUrl, TRUSTED_PROXIES: '127.0.0.1' },
    })
  })
  after(async () => {
    close()
    await proxied.stop()
    await nodes.stop()
  })

  const count = (answers: Answered[], status: number): number => answers.filter((one) => one.status === status).length
  const percentile = (ms: number[], p: number): number =>
    ms.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(ms.length * p) - 1)] ?? 0

  const portOf = (i: number): number => nodes.node(i).port
  const mint = (from: string, port: number, headers: Headers = {}) =>
    call(from, port, 'POST', '/api/chat/tokens', headers)
  const sessions = async (): Promise<number> => {
    const { db } = nodes.node(0).platform.database
    return Number(
      (await sql<{ count: string }>`select count(*) as count from visitor_sessions`.execute(db)).rows[0]?.count,
    )
  }

  /** A visitor who has started their conversation. */
  async function visitor(from: string): Promise<{ path: string; headers: Headers }> {
    const { token } = JSON.parse((await mint(from, portOf(0))).text) as { token: string }
    const headers = { authorization: `Bearer ${token}` }
    const { text } = await call(from, portOf(0), 'POST', '/v3/directline/conversations', headers, {})
    const { conversationId } = JSON.parse(text) as { conversationId: string }
    return { path: `/v3/directline/conversations/${conversationId}/activities`, headers }
  }

  proves(
    'F7',
    'one address makes 60 conversations a minute, on all nodes together, whatever it says of itself',
    async (proof) => {
      const before = await sessions()
      const spoofs: Headers[] = Array.from({ length: STORM }, (_, i) => ({
        'x-forwarded-for': `203.0.${i >> 8}.${i & 255}`,
        'x-real-ip': `203.0.${i >> 8}.${i & 255}`,
        'true-client-ip': `203.0.${i >> 8}.${i & 255}`,
        forwarded: `for=203.0.${i >> 8}.${i & 255}`,
      }))
      const started = performance.now()
      const storm = await Promise.all(spoofs.map((headers, i) => mint('127.0.0.1', portOf(i), headers)))
      const blocked = storm.find(({ status }) => status === 429)
      // A long storm outlasts a minute, and is then given the next one's share.
      const minutes = 1 + Math.floor((performance.now() - started) / 60_000)
      const allowed = count(storm, 200)
      expect(allowed).to.be.within(TOKENS, TOKENS * minutes)
      expect(count(storm, 429)).to.equal(STORM - allowed)
      expect(blocked?.retryAfter).to.be.within(1, 60)
      // Behind a proxy that is known, the last address that it added counts, not what the caller wrote before it.
      const behind = await Promise.all(
        spoofs
          .slice(0, 100)
          .map((said) =>
            mint('127.0.0.1', proxied.running.port, { 'x-forwarded-for': `${said['x-forwarded-for']}, 198.51.100.7` }),
          ),
      )
      expect(count(behind, 200)).to.equal(TOKENS)
      expect(count(behind, 429)).to.equal(100 - TOKENS)
      // Others, at their own addresses, are not held up.
      const others = await Promise.all(Array.from({ length: 20 }, (_, i) => mint(`127.0.1.${i + 1}`, portOf(i))))
      others.push(await mint('127.0.0.1', proxied.running.port, { 'x-forwarded-for': '198.51.100.8' }))
      expect(count(others, 200)).to.equal(others.length)
      expect(await sessions()).to.equal(before + allowed + TOKENS + others.length)
      proof.tried(
        `${STORM} calls of one address on 2 nodes, each with forged X-Forwarded-For and the like; 100 through a known proxy`,
      )
      proof.figure(
        `${allowed} (in ${minutes} min) + ${TOKENS} allowed, ${count(storm, 429) + count(behind, 429)} refused (429); ${others.length} of ${others.length} others served; no SMS exists yet`,
      )
    },
  )

  proves(
    'F7',
    'who guesses links, sessions and tokens gets none, and is soon stopped where it costs us',
    async (proof) => {
      const { platform } = nodes.node(0)
      const signedIn = await nodes.signInAgent({ name: 'Owner' })
      const founder = {
        id: (
          await platform.database.db
            .selectFrom('agents')
            .select('id')
            .where('role', '=', 'administrator')
            .executeTakeFirstOrThrow()
        ).id,
        role: 'administrator' as const,
      }
      const { link } = await renewLink(platform, founder, signedIn.agentId)
      const right = link.url.split('#sign-in=')[1] ?? ''
      const signIn = (from: string, i: number, token: string) =>
        call(from, portOf(i), 'POST', '/api/v1/session', { 'x-forwarded-for': `203.0.113.${i % 250}` }, { token })
      const guesses = await Promise.all(
        Array.from({ length: GUESSES }, (_, i) => signIn('127.0.2.1', i, randomSecret())),
      )
      expect([count(guesses, 401), count(guesses, 429)]).to.deep.equal([SIGN_INS, GUESSES - SIGN_INS])
      expect((await signIn('127.0.2.1', 1, right)).status, 'the right one, too late').to.equal(429)
      expect((await signIn('127.0.2.2', 0, right)).status, 'from the owner’s own address').to.equal(204)

      const cookies = await Promise.all(
        Array.from({ length: GUESSES }, (_, i) =>
          call('127.0.2.1', portOf(i), 'GET', '/api/v1/me', { cookie: `parcours_desk=${randomSecret()}` }),
        ),
      )
      const { path, headers } = await visitor('127.0.2.3')
      const [head, payload] = (headers['authorization'] ?? '').split('.')
      const tokens = await Promise.all(
        Array.from({ length: GUESSES }, (_, i) =>
          call('127.0.2.1', portOf(i), 'GET', path, { authorization: `${head}.${payload}.${randomSecret()}` }),
        ),
      )
      expect(count(cookies, 401)).to.equal(GUESSES)
      expect(count(tokens, 403)).to.equal(GUESSES)
      proof.tried(
        `${GUESSES} guesses each of sign-in links, sessions and signatures, on 2 nodes; the right link after them`,
      )
      proof.figure(
        `0 accepted of ${GUESSES * 3}; sign-in stopped after ${SIGN_INS} a minute, the owner elsewhere served; the rest is 256 bits`,
      )
    },
  )

  proves(
    'F7',
    'one visitor who sends 1,000 messages a second is taken 20 in 10 s, and the others go on',
    async (proof) => {
      const flooder = await visitor('127.0.3.1')
      const others = await Promise.all(Array.from({ length: 8 }, (_, i) => visitor(`127.0.3.${i + 2}`)))
      let said = 0
      /** The others each say something in turn, until the time is over or each has said what they may. */
      async function talk(until: () => boolean): Promise<number[]> {
        const ms: number[] = []
        await Promise.all(
          others.map(async ({ path, headers }, i) => {
            for (let n = 0; n < 8 && !until(); n += 1) {
              const message = {
                type: 'message',
                text: 'Bonjour',
                channelData: { clientActivityID: `o-${(said += 1)}` },
              }
              const answer = await call(`127.0.3.${i + 2}`, portOf(i), 'POST', path, headers, message)
              expect(answer.status).to.equal(200)
              ms.push(answer.ms)
            }
          }),
        )
        return ms
      }
      const calm = await talk(() => false)
      const flood: Promise<Answered>[] = []
      const started = performance.now()
      let over = false
      const drum = setInterval(() => {
        const due = Math.min(
          FLOOD_SECONDS * MESSAGES_PER_SECOND,
          (performance.now() - started) * (MESSAGES_PER_SECOND / 1000),
        )
        while (flood.length < due) {
          const message = { type: 'message', text: `flood ${flood.length}` }
          flood.push(call('127.0.3.1', portOf(flood.length), 'POST', flooder.path, flooder.headers, message))
        }
        if (flood.length >= FLOOD_SECONDS * MESSAGES_PER_SECOND) over = true
      }, 5)
      const stormy = await talk(() => over)
      await eventually('the flood has been sent', () => over, FLOOD_SECONDS * 1_000 + 10_000)
      clearInterval(drum)
      const answers = await Promise.all(flood)
      const seconds = (performance.now() - started) / 1000
      const taken = count(answers, 200)
      const windows = Math.ceil(seconds / 10) + 1
      expect(taken).to.be.within(1, 20 * windows)
      expect(count(answers, 429)).to.equal(answers.length - taken)
      const { db } = nodes.node(0).platform.database
      const id = flooder.path.split('/')[4] ?? ''
      const kept = await sql<{ count: string }>`
      select count(*) as count from messages where conversation_id = ${id} and author = 'newcomer' and kind = 'message'`.execute(
        db,
      )
      expect(Number(kept.rows[0]?.count), 'kept').to.equal(taken)
      const [was, is] = [percentile(calm, 0.99), percentile(stormy, 0.99)]
      proof.tried(
        `${answers.length} messages of one visitor in ${seconds.toFixed(1)} s on 2 nodes (client and servers share 2 cores); ${stormy.length} of 8 others meanwhile`,
      )
      proof.figure(
        `${taken} taken, ${answers.length - taken} refused (429), 0 of these kept; others’ p99 ${was.toFixed(0)} → ${is.toFixed(0)} ms (×${(is / was).toFixed(1)})`,
      )
    },
  )

  proves('F7', 'while the counts cannot be kept nobody passes', async (proof) => {
    const { db } = nodes.node(0).platform.database
    const before = await sessions()
    await sql`alter table rate_limits rename to rate_limits_away`.execute(db)
    let answers: Answered[]
    try {
      answers = await Promise.all([
        ...Array.from({ length: 20 }, (_, i) => mint(`127.0.4.${i + 1}`, portOf(i))),
        ...Array.from({ length: 20 }, (_, i) =>
          call(`127.0.4.${i + 1}`, portOf(i), 'POST', '/api/v1/session', {}, { token: randomSecret() }),
        ),
      ])
    } finally {
      await sql`alter table rate_limits_away rename to rate_limits`.execute(db)
    }
    expect(answers.filter(({ status }) => status < 500)).to.deep.equal([])
    expect(await sessions()).to.equal(before)
    expect((await mint('127.0.4.1', portOf(0))).status, 'when they can again').to.equal(200)
    proof.tried(`${answers.length} calls of 20 addresses on 2 nodes while the table of counts is away`)
    proof.figure(
      `0 passed (${count(answers, 500)}×500, ${count(answers, 503)}×503), 0 sessions made; served again at once`,
    )
  })
})
