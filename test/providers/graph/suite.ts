import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach } from 'mocha'
import { startGraph, type GraphOptions, type GraphStandIn } from './index.ts'
import type { Person } from './person.ts'

/** A webhook that keeps what it gets, and answers as it is told. */
interface Receiver {
  url: string
  /** Bodies as they came, with their headers. */
  got: { text: string; headers: NodeJS.Dict<string | string[]> }[]
  /** The events in them, in order, `messaging` and `standby` alike. */
  events(): Record<string, unknown>[]
  answer: (response: ServerResponse, query: URLSearchParams) => void
  close(): Promise<void>
}

async function startReceiver(): Promise<Receiver> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      receiver.got.push({ text: Buffer.concat(chunks).toString(), headers: request.headers })
      receiver.answer(response, new URL(request.url ?? '/', 'http://local').searchParams)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/messenger`,
    got: [],
    events: () =>
      receiver.got.flatMap(({ text }) =>
        (JSON.parse(text) as { entry: Record<string, Record<string, unknown>[] | undefined>[] }).entry.flatMap(
          ({ messaging, standby }) => messaging ?? standby ?? [],
        ),
      ),
    answer: (response) => void response.end('EVENT_RECEIVED'),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return receiver
}

/** An answer of the Graph API; `json` is empty when it is none. */
export interface Reply {
  status: number
  text: string
  headers: Headers
  json: { error?: { code: number; error_subcode?: number; message: string }; [field: string]: unknown }
}

/** A stand-in for each test, its clock, and a webhook. */
export interface GraphSuite {
  readonly graph: GraphStandIn
  readonly receiver: Receiver
  /** Milliseconds. */
  now: number
  call(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Reply>
  send(psid: string, message: unknown, more?: object, signal?: AbortSignal): Promise<Reply>
  /** Somebody who has just written; the webhook has forgotten it. */
  somebody(): Promise<Person>
}

/** To be called inside a `describe`. */
export function graphSuite(options: GraphOptions = {}): GraphSuite {
  let graph: GraphStandIn | undefined
  let receiver: Receiver | undefined
  beforeEach(async () => {
    suite.now = Date.parse('2026-11-24T15:00:00.250Z')
    receiver = await startReceiver()
    graph = await startGraph({ now: () => suite.now, webhookUrl: receiver.url, patienceMs: 300, ...options })
  })
  afterEach(async () => {
    await graph?.close()
    await receiver?.close()
  })
  const suite: GraphSuite = {
    now: 0,
    get graph() {
      return present(graph)
    },
    get receiver() {
      return present(receiver)
    },
    async call(method, path, body, signal) {
      const separator = path.includes('?') ? '&' : '?'
      const url = `${suite.graph.url}/v26.0${path}${separator}access_token=${suite.graph.token}`
      const response = await fetch(url, {
        method,
        headers: { 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal === undefined ? {} : { signal }),
      })
      const text = await response.text()
      const isJson = /^\{.*\}$/s.test(text)
      return { status: response.status, text, headers: response.headers, json: isJson ? JSON.parse(text) : {} }
    },
    send: (psid, message, more = {}, signal) =>
      suite.call(
        'POST',
        '/me/messages',
        { recipient: { id: psid }, messaging_type: 'RESPONSE', message, ...more },
        signal,
      ),
    async somebody() {
      const person = suite.graph.person()
      await person.says('Bonjour')
      suite.receiver.got.length = 0
      return person
    },
  }
  return suite
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the test has not begun')
  return value
}

/** `code` or `code/subcode`; `ok` when there is no error. */
export function verdict({ json: { error } }: Pick<Reply, 'json'>): string {
  if (error === undefined) return 'ok'
  return error.error_subcode === undefined ? String(error.code) : `${error.code}/${error.error_subcode}`
}
