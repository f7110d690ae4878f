import { randomBytes } from 'node:crypto'
import { freePort } from '../../../commands/parts/childServer.ts'
import { eventually } from '../eventually.ts'
import { startFaultProxy, type FaultProxy } from './faultProxy.ts'
import { startServerNode, type ServerNode } from './serverNode.ts'
import { startWorldPostgres, type WorldPostgres } from './worldPostgres.ts'

/** A node, and the network between it and PostgreSQL. */
export interface WorldNode extends ServerNode {
  readonly proxy: FaultProxy
}

/** A small deployment: nodes as processes, a fault proxy before each, and one PostgreSQL, all of which may be killed. */
export interface World {
  readonly nodes: readonly WorldNode[]
  readonly postgres: WorldPostgres
  readonly masterKey: Buffer
  /** The node of a number, any number: for choosing at random. */
  node(n: number): WorldNode
  /** All nodes answer that they are ready. */
  ready(): Promise<void>
  /** All nodes have started. One may have more to do than it can, and then not answer that it is ready. */
  allServing(): Promise<void>
  /** Ends of nodes that had been ready and that nobody asked for, since the last call. */
  selfCrashes(): number
  /** Starts that were refused (the database was away), since the last call. */
  refusedStarts(): number
  /** Ends all faults of the network, and waits until the nodes are ready. */
  calm(): Promise<void>
  stop(): Promise<void>
}

/** Starts one. A node is restarted whenever it has ended. */
export async function startWorld({
  nodes: count = 2,
  env = {},
}: { nodes?: number; env?: NodeJS.ProcessEnv } = {}): Promise<World> {
  const postgres = await startWorldPostgres()
  const masterKey = randomBytes(32)
  const ports = await Promise.all(Array.from({ length: count * 3 }, freePort))
  const port = (i: number): number => ports[i] ?? 0
  const publicUrl = `http://localhost:${port(0)}`
  const nodes: WorldNode[] = []
  for (let i = 0; i < count; i += 1) {
    const proxy = await startFaultProxy(port(count + i), postgres.socketPath)
    const node = startServerNode(i, port(i), port(2 * count + i), {
      DATABASE_URL: `postgres://postgres@127.0.0.1:${proxy.port}/parcours`,
      MASTER_KEY: masterKey.toString('base64'),
      PUBLIC_URL: publicUrl,
      RATE_LIMIT: 'off',
      // The most that it says: nothing of what people wrote may be in it even so.
      LOG_LEVEL: 'debug',
      // Agents of these tests have no desk open, and keep whom they took all the same.
      DESK_GRACE_SECONDS: '3600',
      LANG: 'en_CA.UTF-8',
      ...env,
    })
    nodes.push(withProxy(node, proxy))
  }
  const world: World = {
    nodes,
    postgres,
    masterKey,
    node: (n) => nodes[Math.floor(n) % count] as WorldNode,
    async ready() {
      await Promise.all(nodes.map((node) => node.ready()))
    },
    async allServing() {
      await eventually('all nodes serve', () => nodes.every(({ isServing }) => isServing), 60_000)
    },
    selfCrashes: since(() => exits(true)),
    refusedStarts: since(() => exits(false)),
    async calm() {
      for (const { proxy } of nodes) {
        proxy.lag(0)
        proxy.refuse(false)
        proxy.loseCommits(undefined)
        proxy.heal()
      }
      await world.ready()
    },
    async stop() {
      await Promise.all(nodes.map((node) => node.dispose()))
      for (const { proxy } of nodes) proxy.close()
      await postgres.stop()
    },
  }
  const exits = (wasReady: boolean): number =>
    nodes.flatMap(({ ownExits }) => ownExits).filter((exit) => exit.wasReady === wasReady).length
  await world.ready()
  return world
}

/** How much a count has grown since it was last asked for. */
function since(count: () => number): () => number {
  let before = 0
  return () => {
    const now = count()
    const grown = now - before
    before = now
    return grown
  }
}

/** The node itself with one property more: a copy would lose what its getters say now. */
const withProxy = (node: ServerNode, proxy: FaultProxy): WorldNode =>
  Object.defineProperty(node, 'proxy', { value: proxy }) as WorldNode
