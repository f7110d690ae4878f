import { connect } from 'node:net'
import fc from 'fast-check'
import type { Canaries } from './canaries.ts'
import { hostileBytes, mutated, serialise } from './hostileValues.ts'

/** A request to the byte; its answer is not awaited beyond the end of the connection. */
type Raw = (port: number) => Promise<string>

/** Sends bytes as they are and resolves with what came back until the other side, or 2 s of silence, ended it. */
export function sendRaw(port: number, bytes: string | Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const chunks: Buffer[] = []
    socket.setTimeout(2_000, () => socket.destroy())
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.on('error', () => socket.destroy())
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')))
    socket.end(bytes)
  })
}

/**
 * Requests that are wrong in each place where a request can carry words, each with a canary there: path,
 * query, method, headers, cookies, tokens, bodies that are no JSON, no object, too deep. `count` more are drawn.
 */
export function hostileRequests(
  words: Canaries,
  token: string,
  conversation: string,
  seed: number,
  count: number,
): Raw[] {
  const w = words.of('Hostile')
  const activities = `/v3/directline/conversations/${conversation}/activities`
  const request =
    (method: string, path: string, headers: Record<string, string> = {}, body: string | Uint8Array = ''): Raw =>
    (port) => {
      const lines = {
        host: 'localhost',
        connection: 'close',
        'content-length': String(Buffer.byteLength(body)),
        ...headers,
      }
      const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`)
      return sendRaw(
        port,
        Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\n${head.join('')}\r\n`), Buffer.from(body)]),
      )
    }
  const json = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const upgrade = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
  }
  const fixed = [
    request('GET', `/${w}?name=${w}`),
    request('GET', `//${w}/x`),
    request('GET', `/${w}%zz%00`),
    request(w, '/'),
    request('GET', '/', { cookie: `parcours_desk=${w}; parcours_visitor=${w}` }),
    request('GET', '/api/v1/me', { cookie: `parcours_desk=${w.padEnd(43, 'x').slice(0, 43)}` }),
    request('GET', activities, { authorization: `Bearer ${w}` }),
    request('GET', `${activities}?watermark=${w}`, json),
    request('GET', `/files/${w}?t=${w}`),
    request('POST', '/api/v1/session', { 'content-type': 'application/json' }, JSON.stringify({ token: w })),
    request('POST', activities, json, `{"type":"message","text":"${w}`),
    request('POST', activities, json, `{"type":"message","text":"a\\n    at ${w} (file:///api/${w}.ts:1:1)"`),
    request('POST', activities, json, JSON.stringify({ type: w, text: w })),
    request('POST', activities, json, JSON.stringify({ type: 'message', text: `${w}\u0000\ud800${w}`, locale: w })),
    request('POST', activities, { ...json, 'content-type': w, 'content-encoding': w }, w),
    request(
      'POST',
      activities.replace('activities', 'upload'),
      { ...json, 'content-type': `multipart/form-data; ${w}` },
      w,
    ),
    request(
      'POST',
      activities.replace('activities', 'upload'),
      { ...json, 'content-disposition': `attachment; filename="${w}.exe"` },
      w,
    ),
    request('POST', activities, { ...json, 'transfer-encoding': w }, w),
    request('GET', activities.replace('activities', `stream?t=${w}`), upgrade),
    request('GET', `/api/v1/live?${w}`, { ...upgrade, origin: `http://${w}`, cookie: `parcours_desk=${w}` }),
    (port: number) => sendRaw(port, `${w} ${w}\r\n\r\n`),
    (port: number) => sendRaw(port, `GET / HTTP/1.1\r\n${w}: ${'x'.repeat(20_000)}\r\n\r\n`),
  ]
  const whole = { type: 'message', text: w, value: { [w]: w }, channelData: { clientActivityID: w, postBack: w } }
  const drawn = fc.sample(mutated(fc.constant(whole)), { numRuns: count, seed })
  const bytes = fc.sample(hostileBytes, { numRuns: Math.ceil(count / 4), seed })
  return [
    ...fixed,
    ...drawn.map((value) => request('POST', activities, json, serialise(value))),
    ...bytes.map((value) => request('POST', activities, json, Buffer.concat([Buffer.from(w), value]))),
  ]
}
