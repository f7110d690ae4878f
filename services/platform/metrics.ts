import { createServer, type Server } from 'node:http'
import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client'

/** What an operator watches. Labels are few and never personal. */
export interface Metrics {
  turns: Counter<'outcome'>
  turnSeconds: Histogram
  /** Serves `/metrics` on a port of its own, on loopback; resolves to the way to close it. */
  listen(port: number): Promise<() => Promise<void>>
}

/** Opens a registry of its own, so that two servers in one process (tests) do not share counters. */
export function openMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const turns = new Counter({
    name: 'parcours_turns_total',
    help: 'Turns, by how they ended',
    labelNames: ['outcome'] as const,
    registers: [registry],
  })
  const turnSeconds = new Histogram({
    name: 'parcours_turn_seconds',
    help: 'From the first statement of a turn to its commit',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  })
  return {
    turns,
    turnSeconds,
    async listen(port) {
      const server: Server = createServer((request, response) => {
        const answer = (status: number, text = ''): void => {
          // Not chained: restify replaces every response's writeHead by one that returns nothing.
          response.writeHead(status, { 'content-type': registry.contentType })
          response.end(text)
        }
        if (request.url !== '/metrics') return answer(404)
        registry.metrics().then(
          (text) => answer(200, text),
          () => answer(500),
        )
      })
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject)
        server.listen(port, '127.0.0.1', resolve)
      })
      return () =>
        new Promise((resolve) => {
          server.close(() => resolve())
          server.closeAllConnections()
        })
    },
  }
}
