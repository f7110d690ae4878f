import { connect, createServer, type Socket } from 'node:net'

/** A load balancer of four lines: new connections go to the node that the test names. */
export interface Balancer {
  readonly port: number
  sendTo(url: string): void
  close(): void
}

export async function startBalancer(port: number): Promise<Balancer> {
  let target = 0
  const open = new Set<Socket>()
  const door = createServer((client) => {
    const node = connect(target, '127.0.0.1')
    for (const [side, other] of [[client, node], [node, client]] as const) {
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
    close() {
      for (const socket of open) socket.destroy()
      door.close()
    },
  }
}
