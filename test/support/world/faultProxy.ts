import { connect, createServer, type Socket } from 'node:net'
import { startLink, type Link } from './proxyLink.ts'

/** A TCP proxy between a node and PostgreSQL that makes the network as bad as a test wants it. */
export interface FaultProxy {
  readonly port: number
  /** The connections that are open, dead ones included. */
  readonly links: ReadonlySet<Link>
  /** Every round trip takes so much longer. */
  lag(ms: number): void
  /** Ends all connections without a word; returns how many. */
  cut(): number
  /** New connections are reset at once, until `refuse(false)`. */
  refuse(on: boolean): void
  /**
   * Half open: from now on nothing passes on the connections that `which` picks, in one direction or both,
   * and no end of either side is told to the other. `newOnes`: connections made from now on too.
   * Returns those that it took.
   */
  blackHole(which: (link: Link) => boolean, how?: BlackHole): Link[]
  /** Nothing is swallowed any more; what was half open is cut, as when a route comes back. */
  heal(): void
  /**
   * Of the COMMITs that write messages, those for which `which` says yes are forwarded and done, and their answer
   * is lost with the connection.
   */
  loseCommits(which: (() => boolean) | undefined): void
  /** COMMITs that PostgreSQL said are done, and whose answer was lost. */
  readonly lostCommits: number
  close(): void
}

/** Which way nothing passes. */
export interface BlackHole {
  direction?: 'toServer' | 'toClient' | 'both'
  newOnes?: boolean
}

/** Starts one in front of PostgreSQL's socket. */
export async function startFaultProxy(port: number, socketPath: string): Promise<FaultProxy> {
  const links = new Set<Link>()
  let lagMs = 0
  let refusing = false
  let swallowNew: BlackHole['direction']
  let losing: (() => boolean) | undefined
  let lostCommits = 0

  const door = createServer({ noDelay: true }, (client: Socket) => {
    if (refusing) return void client.resetAndDestroy()
    const link = startLink(client, connect(socketPath), {
      lagMs: () => lagMs,
      losesCommit: () => losing?.() === true,
      onLostCommit: () => void (lostCommits += 1),
      onEnd: () => links.delete(link),
    })
    links.add(link)
    if (swallowNew !== undefined) link.swallow(swallowNew)
  })
  await new Promise<void>((listening) => door.listen(port, '127.0.0.1', listening))
  return {
    port,
    links,
    lag: (ms) => void (lagMs = ms),
    cut() {
      const cut = [...links]
      for (const link of cut) link.cut()
      return cut.length
    },
    refuse: (on) => void (refusing = on),
    blackHole(which, { direction = 'both', newOnes = false } = {}) {
      const dead = [...links].filter((link) => which(link))
      for (const link of dead) link.swallow(direction)
      if (newOnes) swallowNew = direction
      return dead
    },
    heal() {
      swallowNew = undefined
      for (const link of links) if (link.isDead) link.cut()
    },
    loseCommits: (which) => void (losing = which),
    get lostCommits() {
      return lostCommits
    },
    close() {
      for (const link of links) link.cut()
      door.close()
    },
  }
}
