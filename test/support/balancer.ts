import { connect, createServer, type Socket } from 'node:net'

/** A load balancer: new connections go to the node that the test names. Cut, it is a server that was killed. */
export interface Balancer {
  readonly port: number
  sendTo(url: string): void
  /** Ends all connections without a word, and refuses new ones until `restore`. */
  cut(): void
  restore(): void
  close(): void
}

export async function startBalancer(port: number): Promise<Balancer> {
  let target = 0
  let isCut = false
  const open = new Set<Socket>()
  const door = createServer((client) => {
    if (isCut) return void client.resetAndDestroy()
    const node = connect(target, '127.0.0.1')
    for (const [side, other] of [
      [client, node],
      [node, client],
    ] as const) {
      open.add(side)
      side.on('error', () => other.destroy())
      side.on('close', () => {
        open.delete(side)
        other.destroy()
      })
    }
    client.pipe(node).pipe(client)
  })
  await new Promise<void>((listening) => door.listen(port, '127.0.0.1', listening))
  return {
    port,
    sendTo: (url) => void (target = Number(new URL(url).port)),
    cut() {
      isCut = true
      for (const socket of open) socket.destroy()
    },
    restore: () => void (isCut = false),
    close() {
      for (const socket of open) socket.destroy()
      door.close()
    },
  }
}
