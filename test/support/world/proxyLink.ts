import type { Socket } from 'node:net'
import { boundStatement, frameReader, wordsOf } from './pgWire.ts'

/** One connection through the proxy. */
export interface Link {
  /** What it is for: listening for rings, graphile-worker's own listening, or one of the pool. */
  readonly kind: 'bell' | 'jobs' | 'pool'
  /** The client has sent what is not answered yet. */
  readonly isWaiting: boolean
  /** It is in a transaction, by what PostgreSQL last said. */
  readonly inTransaction: boolean
  readonly isDead: boolean
  /** It was in a transaction when it died. */
  readonly wasInTransaction: boolean
  /** The client has waited for an answer since it is dead. */
  readonly isAsked: boolean
  /** Ms until the client gave it up: since it is dead, and for one of the pool since something is asked of it. */
  readonly noticedAfterMs: number | undefined
  swallow(direction: 'toServer' | 'toClient' | 'both'): void
  cut(): void
}

export interface LinkRules {
  lagMs(): number
  /** Asked for each COMMIT of a transaction that writes messages. */
  losesCommit(): boolean
  onLostCommit(): void
  onEnd(): void
}

/** Joins both sockets, and reads PostgreSQL's protocol as it passes. */
export function startLink(client: Socket, server: Socket, rules: LinkRules): Link {
  let kind: Link['kind'] = 'pool'
  let inTransaction = false
  let writesMessages = false
  let losing = false
  let unanswered = 0
  let wasInTransaction = false
  let deadSince: number | undefined
  let askedAt: number | undefined
  let noticedAfterMs: number | undefined
  const dead = { toServer: false, toClient: false }
  const isDead = (): boolean => dead.toServer || dead.toClient

  /** Our transactions end with `commit` as a simple query, behind the statements that it ends. */
  function readClient(chunk: Buffer): void {
    for (const frame of fromClient(chunk)) {
      if (frame.type === 'Q') {
        const statement = wordsOf(frame).toLowerCase()
        if (statement.startsWith('listen news')) kind = 'bell'
        else if (statement.startsWith('listen "jobs')) kind = 'jobs'
        if (statement === 'begin') writesMessages = false
        if (statement === 'commit' && writesMessages && !isDead()) losing = rules.losesCommit()
      }
      if (frame.type === 'B' && boundStatement(frame) === 'messages-insert') writesMessages = true
      if (frame.type === '' || frame.type === 'Q' || frame.type === 'S') unanswered += 1
    }
  }

  /** What may pass of what PostgreSQL said: nothing from a COMMIT on that is to be lost. */
  function readServer(chunk: Buffer): Buffer {
    const pass: Buffer[] = []
    for (const frame of fromServer(chunk)) {
      if (frame.type === 'C' && losing && wordsOf(frame) === 'COMMIT') {
        rules.onLostCommit()
        cut()
        return Buffer.alloc(0)
      }
      if (frame.type === 'Z') {
        inTransaction = String.fromCharCode(frame.bytes[5] ?? 0) !== 'I'
        unanswered -= 1
      }
      pass.push(frame.bytes)
    }
    return Buffer.concat(pass)
  }

  const fromClient = frameReader({ startUp: true })
  const fromServer = frameReader({ startUp: false })
  const toServer = lagged(server, rules.lagMs)
  client.on('data', (chunk: Buffer) => {
    if (isDead()) askedAt ??= performance.now()
    readClient(chunk)
    if (!dead.toServer) toServer(chunk)
  })
  server.on('data', (chunk: Buffer) => {
    if (!dead.toClient) client.write(readServer(chunk))
  })

  let ended = false
  function end(): void {
    if (ended) return
    ended = true
    rules.onEnd()
  }
  function cut(): void {
    client.resetAndDestroy()
    server.destroy()
  }
  client.on('error', () => {})
  server.on('error', () => {})
  client.on('close', () => {
    if (isDead()) {
      const since = kind === 'pool' ? askedAt : deadSince
      if (since !== undefined) noticedAfterMs ??= performance.now() - since
      return // the other side is not told
    }
    server.destroy()
    end()
  })
  server.on('close', () => {
    if (isDead() && !client.destroyed) return
    client.destroy()
    end()
  })

  return {
    get kind() {
      return kind
    },
    get isWaiting() {
      return unanswered > 0
    },
    get inTransaction() {
      return inTransaction
    },
    get isDead() {
      return isDead()
    },
    get wasInTransaction() {
      return wasInTransaction
    },
    get isAsked() {
      return askedAt !== undefined
    },
    get noticedAfterMs() {
      return noticedAfterMs
    },
    swallow(direction) {
      deadSince ??= performance.now()
      wasInTransaction ||= inTransaction
      if (unanswered > 0) askedAt ??= deadSince
      if (direction !== 'toClient') dead.toServer = true
      if (direction !== 'toServer') dead.toClient = true
    },
    cut() {
      cut()
      end()
    },
  }
}

/** Writes to a socket after a while, in order. */
function lagged(socket: Socket, lagMs: () => number): (chunk: Buffer) => void {
  const waiting: { at: number; chunk: Buffer }[] = []
  function leave(): void {
    for (let next = waiting[0]; next !== undefined && next.at <= performance.now(); next = waiting[0]) {
      waiting.shift()
      socket.write(next.chunk)
    }
    const next = waiting[0]
    if (next !== undefined) setTimeout(leave, Math.max(0, next.at - performance.now()))
  }
  return (chunk) => {
    const ms = lagMs()
    if (ms === 0 && waiting.length === 0) return void socket.write(chunk)
    waiting.push({ at: performance.now() + ms, chunk })
    if (waiting.length === 1) setTimeout(leave, ms)
  }
}
