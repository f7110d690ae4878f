import { expect } from 'chai'
import type { SocketRoute } from '../../api/route.ts'
import { eventually } from '../support/eventually.ts'
import { openSocket, shakeHands } from '../support/handshake.ts'
import { proves } from '../support/proofs.ts'
import { ACTORS, canaryOf, openRouteWorld, pathOf, type ActorName, type RouteWorld } from '../support/routeTable.ts'

const LIVE = '/api/v1/live'
const STREAM = '/v3/directline/conversations/:id/stream'

/** What each actor's handshake is answered with. A socket that is not here fails the tests. */
const RULES: Record<string, (actor: ActorName, target: string) => number> = {
  [LIVE]: (actor) => (isAgent(actor) ? 101 : 401),
  [STREAM]: (actor, target) => {
    if (actor !== 'visitorA' && actor !== 'visitorB') return 403
    return target === (actor === 'visitorA' ? 'ours' : 'theirs') ? 101 : 404
  },
}

const AGENTS = ['holder', 'bystander', 'supervisor', 'administrator'] as const
const isAgent = (actor: ActorName): boolean => AGENTS.some((one) => one === actor)

/** Whom a desk that watches may hear of, and of what it hears that it is gone, as of what never was. */
const WATCHES: Record<(typeof AGENTS)[number], readonly string[]> = {
  holder: ['ours', 'waiting'],
  bystander: ['waiting'],
  supervisor: ['ours', 'theirs', 'waiting'],
  administrator: ['waiting'],
}

describe('who may open which socket, and hear of whom', function () {
  this.timeout(30_000)
  let world: RouteWorld
  before(async () => (world = await openRouteWorld()))
  after(() => world.close())

  const port = () => world.server.running.port
  const targets = (row: Pick<SocketRoute, 'path'>, actor: ActorName) => world.targetsOf(row, actor)

  /** The path and headers with which an actor would open a socket, about a target. */
  function knockOf(row: SocketRoute, actor: ActorName, params: Record<string, string>) {
    const path = pathOf(row, params)
    return row.who === 'directline'
      ? { path: `${path}?t=${world.streamTicketOf(actor)}`, headers: world.headersOf(actor) }
      : { path, headers: { ...world.headersOf(actor), origin: world.server.url } }
  }

  it('has a rule for each socket that is there, and none for another', () => {
    expect(Object.keys(RULES)).to.have.members(world.sockets.map(({ path }) => path))
  })

  proves(
    'F4',
    'each socket opens to whom the rules say; one that is foreign is refused like one that is absent',
    async (proof) => {
      const wrong: string[] = []
      let cells = 0
      for (const row of world.sockets)
        for (const actor of ACTORS) {
          const refusals = new Set<string>()
          for (const { name, params } of targets(row, actor)) {
            const { path, headers } = knockOf(row, actor, params)
            const { status, answer } = await shakeHands(port(), path, headers)
            cells += 1
            const expected = RULES[row.path]?.(actor, name)
            if (status !== expected) wrong.push(`${row.path} · ${actor} · ${name}: ${status}, not ${expected}`)
            if (status === 404) refusals.add(answer)
          }
          if (refusals.size > 1) wrong.push(`${row.path} · ${actor}: foreign and absent differ`)
        }
      expect(wrong, wrong.join('\n')).to.deep.equal([])

      // What is watched on the desk's socket is a command about an id of its own.
      let watched = 0
      const heardOf = new Map<string, string[]>()
      for (const actor of AGENTS) {
        const { path, headers } = knockOf({ path: LIVE, who: 'agent' } as SocketRoute, actor, {})
        const desk = await openSocket(port(), path, headers)
        for (const { name, params } of targets({ path: STREAM }, actor)) {
          const since = desk.frames.length
          desk.socket.send(JSON.stringify({ watch: params['id'] ?? null }))
          const said = await eventually(`${actor} hears of ${name}`, () =>
            desk.frames.slice(since).find((frame) => /"type":"(?:news|gone)"/.test(frame)),
          )
          watched += 1
          const kind = said.includes('"news"') ? 'news' : 'gone'
          if (kind === 'gone') {
            const general = said.replace(params['id'] ?? '', ':id')
            heardOf.set(actor, [...(heardOf.get(actor) ?? []), general])
          }
          expect(kind, `${actor} watches ${name}`).to.equal(WATCHES[actor].includes(name) ? 'news' : 'gone')
        }
        expect(desk.frames.join(), 'content on the desk’s socket').to.not.include('canary')
        desk.socket.terminate()
        expect(new Set(heardOf.get(actor)).size, `${actor}: foreign and absent`).to.be.at.most(1)
      }

      const words: Record<string, string> = {}
      for (const actor of ['visitorA', 'visitorB'] as const) {
        const own = actor === 'visitorA' ? 'ours' : 'theirs'
        const params = targets({ path: STREAM }, actor).find(({ name }) => name === own)?.params ?? {}
        const stream = world.sockets.find(({ path }) => path === STREAM) as SocketRoute
        const { path } = knockOf(stream, actor, params)
        const opened = await openSocket(port(), path)
        await eventually(`${actor} reads their words`, () => opened.frames.join().includes(canaryOf(own)))
        words[actor] = opened.frames.join()
        opened.socket.terminate()
      }
      expect(words['visitorA']).to.not.include(canaryOf('theirs'))
      expect(words['visitorB']).to.not.include(canaryOf('ours'))
      proof.tried(
        `${world.sockets.length} sockets × ${ACTORS.length} actors × each id: ${cells} handshakes; ${watched} watch commands`,
      )
      proof.figure('0 mismatches; refusals of foreign and absent identical to the byte; canary cross-talk 0')
    },
  )
})
