import { request as openRequest } from 'node:http'

/** What our server answered to a request of Twilio. */
export interface Answer {
  status: number
  type: string
  location: string | undefined
  body: string
}

/** Why there was no answer: no connection, no answer in time, a connection that ended. */
export type NoAnswer = 'connect' | 'read' | 'reset'

export interface Call {
  method: 'POST' | 'GET'
  /** The public address, without a fragment. */
  url: string
  /** Where requests to other hosts than loopback go, as through a proxy that ends TLS. */
  loopbackUrl: string | undefined
  headers: Record<string, string>
  body?: string
  connectMs: number
  readMs: number
}

/** One request to our server. No other host than this machine is ever asked: to Twilio the rest is out of reach. */
export function call({ method, url, loopbackUrl, headers, body, connectMs, readMs }: Call): Promise<Answer | NoAnswer> {
  const asked = new URL(url)
  const isLoopback = asked.protocol === 'http:' && asked.hostname === '127.0.0.1'
  const target = isLoopback ? asked : loopbackUrl === undefined ? undefined : new URL(loopbackUrl)
  if (target === undefined) return Promise.resolve('connect')
  return new Promise((resolve) => {
    const sending = openRequest({
      host: target.hostname,
      port: target.port,
      method,
      path: asked.pathname + asked.search,
      agent: false,
      headers: {
        host: asked.host,
        ...(isLoopback
          ? {}
          : {
              'x-forwarded-proto': asked.protocol.slice(0, -1),
              'x-forwarded-host': asked.host,
              'x-forwarded-for': '203.0.113.7',
            }),
        'user-agent': 'TwilioProxy/1.1',
        accept: '*/*',
        ...headers,
        ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
      },
    })
    let isConnected = false
    let timer = setTimeout(() => end('connect'), connectMs)
    const end = (how: Answer | NoAnswer): void => {
      clearTimeout(timer)
      resolve(how)
      sending.destroy()
    }
    sending.on('socket', (socket) =>
      socket.once('connect', () => {
        isConnected = true
        clearTimeout(timer)
        timer = setTimeout(() => end('read'), readMs)
      }),
    )
    sending.on('error', () => end(isConnected ? 'reset' : 'connect'))
    sending.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', () => end('reset'))
      response.on('end', () =>
        end({
          status: response.statusCode ?? 0,
          type: response.headers['content-type'] ?? '',
          location: response.headers.location,
          body: Buffer.concat(chunks).toString(),
        }),
      )
    })
    sending.end(body)
  })
}
