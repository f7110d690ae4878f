import { Agent, request as openRequest } from 'node:http'

export type Headers = Record<string, string>

export interface Answered {
  status: number
  text: string
  /** Seconds; 0: not said. */
  retryAfter: number
  ms: number
}

/** Calls from many addresses: every address of 127.0.0.0/8 is this machine's. */
export interface Callers {
  call(from: string, port: number, method: string, path: string, headers?: Headers, json?: object): Promise<Answered>
  close(): void
}

/** Each address keeps its connections, at most 40. */
export function callers(): Callers {
  const agents = new Map<string, Agent>()
  return {
    call(from, port, method, path, headers = {}, json) {
      const agent = agents.get(from) ?? new Agent({ keepAlive: true, maxSockets: 40, localAddress: from })
      agents.set(from, agent)
      const body = json === undefined ? undefined : JSON.stringify(json)
      const typed: Headers =
        body === undefined
          ? headers
          : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)), ...headers }
      const started = performance.now()
      return new Promise((resolve, reject) => {
        const options = { host: '127.0.0.1', port, method, path, agent, headers: typed }
        const sending = openRequest(options, (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('error', reject)
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              text: Buffer.concat(chunks).toString(),
              retryAfter: Number(response.headers['retry-after'] ?? 0),
              ms: performance.now() - started,
            }),
          )
        })
        sending.on('error', reject)
        sending.end(body)
      })
    },
    close() {
      for (const agent of agents.values()) agent.destroy()
    },
  }
}
