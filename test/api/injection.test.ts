import { randomBytes } from 'node:crypto'
import { request as openRequest } from 'node:http'
import { expect } from 'chai'
import pg from 'pg'
import type { Route } from '../../api/route.ts'
import { tableOfRoutes } from '../../api/routes.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { eventually } from '../support/eventually.ts'
import { call, newCaller, type Caller } from '../support/directLineWire.ts'
import { EVALUATED, INJECTIONS, injectedInto } from '../support/injections.ts'
import { proves } from '../support/proofs.ts'
import { pathOf } from '../support/routeTable.ts'
import { bodiesOf, MULTIPART, oneOf, queriesOf, upload } from '../support/routeValues.ts'
import { startTestServer } from '../support/server.ts'
import { startServerProcess, type ServerProcess } from '../support/serverProcess.ts'

const long = process.env['TEST_LONG'] === '1'
/** How many of the payloads each field is tried with; the short run goes round them from field to field. */
const PER_FIELD = long ? INJECTIONS.length : 2
const SECRET = 'Tg7qLw2ZxN9rKf4VbYp6HdJs3McEa8Uu'
const INSIDE =
  /node_modules|\.[cm]?[jt]s:\d|syntax error|unterminated|\bat \S+ \(|kysely|violates|invalid input syntax|42601/i
const TABLES =
  "select count(*)::int as n from information_schema.tables where table_schema not in ('pg_catalog', 'information_schema')"

interface Sent {
  method: string
  path: string
  headers: Record<string, string>
  body?: string | undefined
}

/** The table of routes, as a server has it. */
async function everyRow(): Promise<Route[]> {
  const server = await startTestServer()
  const table = await tableOfRoutes(server.running.platform, server.running.turns)
  table.close()
  await server.stop()
  // Last what ends the session that the others need.
  return table.routes.toSorted((a, b) => Number(a.method === 'DELETE') - Number(b.method === 'DELETE'))
}

describe('text that something would run if it took it for more', function () {
  this.timeout(long ? 400_000 : 60_000)
  let database: TestDatabase
  let server: ServerProcess
  let client: pg.Client
  let rows: Route[] = []
  let caller: Caller
  let cookie = ''
  /** Of a session that no request of the test ends. */
  let spare = ''
  let bannerLength = 0
  before(async () => {
    rows = await everyRow()
    database = await createTestDatabase()
    const { user, host, port, database: name } = database.connection
    server = await startServerProcess({
      DATABASE_URL: `postgres://${user}@localhost:${port}/${name}?host=${encodeURIComponent(String(host))}`,
      MASTER_KEY: randomBytes(32).toString('base64'),
      DIRECT_LINE_SECRET: SECRET,
      LOG_LEVEL: 'debug',
    })
    await server.ready()
    client = new pg.Client(database.connection)
    await client.connect()
    await eventually('the console’s last line of the start', () => server.output().includes('Ctrl-C'))
    const shown = server.signInLink()?.split('#sign-in=')[1] ?? ''
    bannerLength = server.output().length
    cookie = await signIn(shown)
    const second = { name: 'Second', role: 'administrator', languages: ['fr'], region: null }
    const invited = await call(`${server.url}/api/v1/agents`, 'POST', undefined, second, { cookie })
    spare = await signIn(String(invited.json['link']).split('#sign-in=')[1] ?? '')
    caller = await newCaller(server.url)
    await caller.says('je veux parler à une personne')
    await call(`${server.url}/api/v1/conversations/${caller.id}/take`, 'POST', undefined, {}, { cookie })
  })
  after(async () => {
    await client.end()
    await server.dispose()
    await database.drop()
  })

  async function signIn(token: string): Promise<string> {
    const { headers } = await call(`${server.url}/api/v1/session`, 'POST', undefined, { token })
    return headers.getSetCookie()[0]?.split(';')[0] ?? ''
  }

  /** A row's requests with a text in each place that takes one: path, query, body, headers. */
  function requestsOf(row: Route, text: string): Sent[] {
    const names = [...row.path.matchAll(/:(\w+)/g)].map(([, name = '']) => name)
    const params = Object.fromEntries(names.map((name) => [name, caller.id]))
    const right = { method: row.method, path: pathOf(row, params) }
    const bearer = row.path.endsWith('/tokens/generate') ? SECRET : caller.token
    const headers: Record<string, string> =
      row.who === 'directline' ? { authorization: `Bearer ${bearer}` } : { cookie }
    const json = { ...headers, 'content-type': 'application/json' }
    const bodies = bodiesOf(row, 'whole')
    const body = bodies === undefined ? undefined : oneOf(bodies)
    const withBody = {
      ...right,
      headers: json,
      body: body === undefined || row.method === 'GET' ? undefined : JSON.stringify(body),
    }
    const header = text.replaceAll(/[^\x20-\x7e]/g, ' ')
    const form = { ...headers, 'content-type': MULTIPART }
    const raw = row.body !== undefined && 'raw' in row.body
    const query = oneOf(queriesOf(row, 'whole'))
    return [
      ...names.map((name) => ({ ...withBody, path: pathOf(row, { ...params, [name]: text }) })),
      ...injectedInto(query, text).map((one) => ({
        ...withBody,
        path: `${right.path}?${new URLSearchParams(one as Record<string, string>)}`,
      })),
      { ...withBody, path: `${right.path}?${new URLSearchParams({ [text]: text })}` },
      ...(body === undefined || row.method === 'GET' ? [] : injectedInto(body, text)).map((one) => ({
        ...right,
        headers: json,
        body: JSON.stringify(one),
      })),
      ...[
        'user-agent',
        'accept-language',
        'referer',
        'x-forwarded-for',
        'x-request-id',
        'content-type',
        'authorization',
        'cookie',
      ].map((name) => ({
        ...withBody,
        headers: { ...json, [name]: name === 'cookie' ? `parcours_desk=${encodeURIComponent(text)}` : header },
      })),
      ...(raw
        ? [
            upload(JSON.stringify({ type: 'message', text }), 'a.txt', 'x'),
            upload('{}', text.replaceAll(/[\r\n"]/g, ' '), 'x'),
            upload('{}', 'a.txt', text),
          ].map((form_) => ({ ...right, headers: form, body: form_ }))
        : []),
    ]
  }

  function send({ method, path, headers, body }: Sent): Promise<{ status: number; text: string; ms: number }> {
    const started = performance.now()
    const { port } = new URL(server.url)
    return new Promise((resolve, reject) => {
      const bytes = body === undefined ? undefined : Buffer.from(body)
      const length = bytes === undefined ? {} : { 'content-length': String(bytes.length) }
      const sending = openRequest(
        { host: '127.0.0.1', port, method, path, headers: { ...headers, ...length } },
        (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('error', reject)
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              text: Buffer.concat(chunks).toString(),
              ms: performance.now() - started,
            }),
          )
        },
      )
      sending.on('error', reject)
      sending.end(bytes)
    })
  }

  proves('E5', 'stays text: in SQL, in templates, in the log, in what is answered', async (proof) => {
    const tables = (await client.query<{ n: number }>(TABLES)).rows[0]?.n
    const broken: string[] = []
    const count = { requests: 0, taken: 0, failures: 0, slowest: 0 }
    let turn = 0
    for (const row of rows) {
      const requests: Sent[] = []
      for (let i = 0; i < PER_FIELD; i += 1)
        requests.push(...requestsOf(row, INJECTIONS[(turn += 1) % INJECTIONS.length] ?? ''))
      for (let from = 0; from < requests.length; from += 8)
        await Promise.all(
          requests.slice(from, from + 8).map(async (sent) => {
            const { status, text, ms } = await send(sent)
            count.requests += 1
            count.slowest = Math.max(count.slowest, ms)
            if (status < 300) count.taken += 1
            if (status >= 500) count.failures += 1
            const what = `${sent.method} ${sent.path.slice(0, 120)} ${(sent.body ?? '').slice(0, 120)}`
            if (status >= 500 || ms > 2_500) broken.push(`${what}: ${status} in ${Math.round(ms)} ms`)
            if (text.includes(EVALUATED)) broken.push(`${what}: evaluated`)
            if (status >= 400 && INSIDE.test(text)) broken.push(`${what}: tells ${text.slice(0, 200)}`)
          }),
        )
    }

    // What went in as words comes out as the same words.
    const talker = await newCaller(server.url)
    const words = INJECTIONS.map((text) =>
      text.replaceAll(/\r\n?/g, '\n').replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, ''),
    )
    for (const text of words) await talker.says(text)
    const said = await allTexts(talker)
    const changed = words.filter((text) => !said.includes(text))
    if (said.join('\n').includes(EVALUATED)) broken.push('evaluated in a conversation')

    const after = (await client.query<{ n: number }>(TABLES)).rows[0]?.n
    const { rows: roles } = await client.query<{ n: number }>(
      "select count(*)::int as n from agents where role = 'administrator' and active",
    )
    const quiet = eventsOf(server.output().slice(bannerLength))
    const provoked = await failWithThem()
    await server.terminate()
    const log = server
      .output()
      .slice(bannerLength)
      .split('\n')
      .filter((line) => line !== '')
    const strange = log.filter((line) => !isEvent(line))
    const events = eventsOf(log.join('\n'))
    const failed = quiet.filter((event) => /\.(?:failed|unhandled)$/.test(event))
    proof.tried(
      `${INJECTIONS.length} payloads (SQL, log, template, cells) through every field of ${rows.length} routes: ${count.requests} requests, ${count.taken} taken; ${provoked} failures with them in`,
    )
    proof.figure(
      `${count.failures} SQL errors, 0 evaluated, ${log.length} log lines at debug, ${strange.length} of them not one JSON object; slowest ${Math.round(count.slowest)} ms; no CSV export exists`,
    )
    expect(broken, broken.slice(0, 20).join('\n')).to.deep.equal([])
    expect(changed, 'words that changed').to.deep.equal([])
    expect(after, 'tables').to.equal(tables)
    expect(roles[0]?.n, 'administrators').to.be.at.least(1)
    expect(strange.slice(0, 5), 'lines that are no event').to.deep.equal([])
    expect(events, 'events of somebody else’s making').to.not.include('forged')
    expect(failed, 'what failed').to.deep.equal([])
    expect(
      events.filter((event) => event === 'request.failed'),
      'failures in the log',
    ).to.have.lengthOf(provoked)
    expect(log.join('\n')).to.not.include(EVALUATED)
    expect(count.taken, 'requests that came through').to.be.above(rows.length)
  })

  /** Makes PostgreSQL refuse rows that payloads are in, so that they are in errors, which are logged. */
  async function failWithThem(): Promise<number> {
    await client.query("alter table agents add constraint unwanted check (name not like 'Unwanted%') not valid")
    const answers: number[] = []
    for (const text of INJECTIONS) {
      const name = `Unwanted${text}`.replaceAll(/[\p{Cc}]/gu, ' ').slice(0, 60)
      const invitee = { name, role: 'agent', languages: ['fr'], region: null }
      const { status } = await call(`${server.url}/api/v1/agents`, 'POST', undefined, invitee, { cookie: spare })
      answers.push(status)
    }
    const failures = answers.filter((status) => status === 500).length
    expect(failures, `rows that PostgreSQL refused: ${[...new Set(answers)].join()}`).to.be.above(INJECTIONS.length / 2)
    return failures
  }

  it('has no route that exports a table: cells are text on a page, and a new export is to be proven here', () => {
    expect(rows.filter(({ path, summary }) => /csv|export|xlsx/i.test(`${path} ${summary}`))).to.deep.equal([])
  })
})

/** The words of a whole conversation, page by page. */
async function allTexts(caller: Caller): Promise<(string | undefined)[]> {
  const texts: (string | undefined)[] = []
  for (let watermark = ''; ;) {
    const page = await caller.poll(watermark)
    if (page.activities.length === 0) return texts
    texts.push(...page.activities.map(({ text }) => text))
    watermark = page.watermark
  }
}

const eventsOf = (output: string): string[] =>
  output
    .split('\n')
    .filter(isEvent)
    .map((line) => (JSON.parse(line) as { msg: string }).msg)

function isEvent(line: string): boolean {
  try {
    const value = JSON.parse(line) as { msg?: unknown; level?: unknown } | null
    return typeof value === 'object' && typeof value?.msg === 'string' && typeof value.level === 'number'
  } catch {
    return false
  }
}
