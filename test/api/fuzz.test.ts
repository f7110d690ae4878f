import { expect } from 'chai'
import fc from 'fast-check'
import type { Route } from '../../api/route.ts'
import { proves } from '../support/proofs.ts'
import { openRouteWorld, pathOf, SECRET, type ActorName, type RouteWorld, type Sent } from '../support/routeTable.ts'
import { bodiesOf, MULTIPART, oneOf, queriesOf, upload } from '../support/routeValues.ts'
import { eachMutated, hostileBytes, hostileText, mutated, serialise } from '../support/hostileValues.ts'
import { seedOfThisRun } from '../support/seeded.ts'

const CASES = process.env['TEST_LONG'] === '1' ? 300 : 4
const SEED = seedOfThisRun()
const SLOW_MS = 1_000
const INSIDE =
  /node_modules|\.[cm]?[jt]s:\d|\bat \S+ \(|\b(?:select|insert into|update|delete from) .+\b(?:from|values|set|where)\b|postgres|kysely|\bzod\b|ECONN[A-Z]|violates|invalid input syntax/i

/** A request before it is known whom it is about: places of parameters are filled when it is sent. */
interface Case {
  params: Record<string, string | undefined>
  query: unknown
  body: string | Uint8Array | undefined
  type: string | undefined
}

const TYPES = ['application/json', 'application/json; charset=utf-16', 'text/plain', 'APPLICATION/JSON', undefined]

/** Requests of a row, from right to hostile. */
function casesOf(row: Route): fc.Arbitrary<Case> {
  const names = [...row.path.matchAll(/:(\w+)/g)].map(([, name = '']) => name)
  const parameter = fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: hostileText })
  const bodies = bodiesOf(row, 'any')
  const json = fc.record({
    body: bodies === undefined ? fc.constant(undefined) : mutated(bodies).map(serialise),
    type: fc.constant<string | undefined>('application/json'),
  })
  const bytes = fc.record({ body: hostileBytes, type: fc.constantFrom(...TYPES) })
  const parts = fc.record({
    body: fc
      .tuple(mutated(fc.constant({ type: 'message', text: 'x' })).map(serialise), hostileText, hostileText)
      .map(([activity, name, content]) => upload(activity, name.replaceAll(/[\r\n"]/g, ''), content)),
    type: fc.constantFrom<string | undefined>(MULTIPART, 'multipart/form-data', 'multipart/form-data; boundary=other'),
  })
  const raw = row.body !== undefined && 'raw' in row.body
  const usual = raw ? parts : json
  return fc
    .record({
      params: fc.record(Object.fromEntries(names.map((name) => [name, parameter]))),
      query: mutated(queriesOf(row, 'any')),
      content: row.method === 'GET' ? json : fc.oneof({ weight: 6, arbitrary: usual }, { weight: 1, arbitrary: bytes }),
    })
    .map(({ params, query, content }) => ({ params, query, ...content }))
}

/** The requests that are made of a row each time: every place of its body, query and path, wrong in every way, the rest right. */
function certainCasesOf(row: Route): Case[] {
  const bodies = bodiesOf(row, 'whole')
  const right: Case = {
    params: {},
    query: oneOf(queriesOf(row, 'dull')),
    body: bodies && serialise(oneOf(bodies)),
    type: 'application/json',
  }
  const names = [...row.path.matchAll(/:(\w+)/g)].map(([, name = '']) => name)
  const texts = (value: unknown): string[] => (typeof value === 'string' ? [value] : [])
  return [
    ...(bodies === undefined ? [] : eachMutated(oneOf(bodies))).map((body) => ({ ...right, body: serialise(body) })),
    ...(row.query === undefined ? [] : eachMutated(oneOf(queriesOf(row, 'whole')))).map((query) => ({
      ...right,
      query,
    })),
    ...names.flatMap((name) =>
      eachMutated('x')
        .flatMap(texts)
        .map((text) => ({ ...right, params: { [name]: text } })),
    ),
  ]
}

/** Whom `who` lets in, so that a request comes as far as it can. */
function actorOf(row: Route): ActorName {
  if (row.who === 'directline' || row.path.startsWith('/files/')) return 'visitorA'
  if (row.who === 'anyone') return 'nobody'
  return row.who === 'agent' ? 'holder' : 'administrator'
}

function written(query: unknown, ticket: string): string {
  if (typeof query !== 'object' || query === null)
    return encodeURIComponent(String(query).slice(0, 2_000).toWellFormed())
  const pairs = Object.entries(query).map(([name, value]) => {
    const text = typeof value === 'string' ? value : serialise(value)
    return [name, name === 't' && text.length < 9 ? ticket : text].map((part) => part.slice(0, 2_000).toWellFormed())
  })
  return new URLSearchParams(pairs).toString()
}

describe('requests made from the schemas of the table of routes, turned hostile', function () {
  this.timeout((CASES + 100) * 40 * 200)
  let world: RouteWorld
  before(async () => {
    world = await openRouteWorld()
  })
  after(() => world.close())

  function requestOf(row: Route, { params, query, body, type }: Case): Sent {
    const actor = actorOf(row)
    const targets = world.targetsOf(row, actor)
    const target = targets.find(({ name }) => name === 'colleague') ?? targets[0]
    const given = { ...target?.params }
    for (const [name, value] of Object.entries(params)) if (value !== undefined) given[name] = value.slice(0, 1_000)
    const headers = world.headersOf(actor)
    if (row.path.endsWith('/tokens/generate')) headers['authorization'] = `Bearer ${SECRET}`
    if (type !== undefined && row.method !== 'GET') headers['content-type'] = type
    const path = `${pathOf(row, given)}?${written(query, world.ticketOf(actor))}`
    return { method: row.method, path, headers, body: row.method === 'GET' ? undefined : body }
  }

  proves('E1', 'never fail, never take a second, and tell nothing of the inside', async (proof) => {
    proof.seed(SEED)
    const broken: string[] = []
    const covered = new Set<string>()
    const count = { cases: 0, taken: 0, failures: 0, slowest: 0 }

    async function attempt(row: Route, sent: Sent): Promise<void> {
      let answer = await world.send(sent)
      if (answer.ms > SLOW_MS) answer = await world.send(sent) // once more: the machine may have been busy
      const { status, text, ms } = answer
      count.cases += 1
      count.slowest = Math.max(count.slowest, ms)
      if (status >= 500) count.failures += 1
      if (status < 300) count.taken += 1
      if (status < 300 && row.method !== 'GET' && row.who !== 'anyone') await world.renew()
      if (status >= 500) throw new Error(`${status} ${text}`)
      if (ms > SLOW_MS) throw new Error(`took ${Math.round(ms)} ms`)
      if (status >= 400) requirePlainRefusal(text)
    }

    for (const row of world.rows) {
      covered.add(`${row.method} ${row.path}`)
      let last: Sent | undefined
      const property = fc.asyncProperty(casesOf(row), (made) => attempt(row, (last = requestOf(row, made))))
      // A row is told once, with the smallest request that breaks it, and the others go on.
      const certain = certainCasesOf(row)
      const { failed, errorInstance } = await fc.check(property, {
        seed: SEED,
        numRuns: certain.length + CASES,
        examples: certain.map((made) => [made]),
      })
      if (failed) broken.push(`${row.method} ${row.path}: ${String(errorInstance)}\n  last: ${shown(last)}`)
      if ((await world.send({ method: 'GET', path: '/healthz', headers: {} })).status !== 200)
        broken.push(`${row.method} ${row.path}: no longer healthy`)
    }

    const existing = await routesOfTheServer()
    proof.tried(
      `${count.cases} hostile requests to ${covered.size} of ${existing.length} routes, ${count.taken} of them taken`,
    )
    proof.figure(`${count.failures} answers 5xx, 0 exits; slowest ${Math.round(count.slowest)} ms`)
    expect(broken, `SEED=${SEED}\n${broken.join('\n')}`).to.deep.equal([])
    expect([...covered].sort()).to.deep.equal(existing.sort())
    expect(count.taken, 'requests that came through').to.be.above(world.rows.length)
  })

  /** What the running server says that it has. */
  async function routesOfTheServer(): Promise<string[]> {
    const { text } = await world.send({ method: 'GET', path: '/api/v1/openapi.json', headers: {} })
    const { paths } = JSON.parse(text) as { paths: Record<string, Record<string, unknown>> }
    return Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
    )
  }
})

/** A refusal is its code and a sentence, and nothing else. Throws what it is instead. */
function requirePlainRefusal(text: string): void {
  if (INSIDE.test(text)) throw new Error(`tells of the inside: ${text.slice(0, 300)}`)
  const body = JSON.parse(text) as { error?: Record<string, unknown> }
  const { error = {} } = body
  const fields = [Object.keys(body), Object.keys(error).sort()]
  if (JSON.stringify(fields) !== '[["error"],["code","message"]]')
    throw new Error(`not a refusal: ${text.slice(0, 300)}`)
  if (!Object.values(error).every((value) => typeof value === 'string' && value !== ''))
    throw new Error(`not words: ${text.slice(0, 300)}`)
}

function shown(sent: Sent | undefined): string {
  const { method = '', path = '', body = '' } = sent ?? {}
  const bytes = typeof body === 'string' ? body : Buffer.from(body).toString('base64')
  return `${method} ${path.slice(0, 300)} ${bytes.slice(0, 500)}`
}
