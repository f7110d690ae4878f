import { WebSocket } from 'ws'
import { eventually } from './eventually.ts'

/** An activity as a test reads it: only what tests look at has a type. */
export interface SeenActivity {
  type: string
  id: string
  text?: string
  name?: string
  value?: unknown
  textFormat?: string
  timestamp: string
  from: { id: string; name: string; role: string }
  channelData: {
    'webchat:sequence-id'?: number
    clientActivityID?: string
    parcours: { author: string; agentName?: string }
  }
  suggestedActions?: { actions: { type: string; title: string; value: string }[] }
  attachments?: { name: string; contentType: string; contentUrl: string }[]
}

export interface Answered {
  status: number
  headers: Headers
  json: Record<string, unknown>
}

/** One person's Direct Line calls, as plain HTTP. */
export interface Caller {
  token: string
  id: string
  userId: string
  streamUrl: string
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answered>
  post(activity: unknown): Promise<Answered>
  says(text: string, clientActivityID?: string): Promise<string>
  poll(watermark?: string): Promise<{ activities: SeenActivity[]; watermark: string }>
  /** The messages of the log, without events. */
  messages(): Promise<SeenActivity[]>
}

export async function call(
  url: string,
  method: string,
  token?: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answered> {
  const isRaw = typeof body === 'string' || body instanceof FormData || body instanceof Uint8Array
  const response = await fetch(url, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined || isRaw ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isRaw ? (body as string) : JSON.stringify(body) }),
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
  return {
    status: response.status,
    headers: response.headers,
    json: isJson ? (JSON.parse(text) as Record<string, unknown>) : { text },
  }
}

/** A visitor of the page who has started their conversation. */
export async function newCaller(base: string, language?: string): Promise<Caller> {
  const minted = await call(
    `${base}/api/chat/tokens`,
    'POST',
    undefined,
    language === undefined ? undefined : { language },
  )
  return startedCaller(base, minted.json['token'] as string, minted.json['userId'] as string)
}

/** Starts (or finds) the conversation of a token. */
export async function startedCaller(base: string, token: string, userId = ''): Promise<Caller> {
  const line = `${base}/v3/directline`
  const started = await call(`${line}/conversations`, 'POST', token, {})
  if (started.status >= 300) throw new Error(`start: ${started.status}`)
  const id = started.json['conversationId'] as string
  const caller: Caller = {
    token,
    id,
    userId,
    streamUrl: started.json['streamUrl'] as string,
    call: (method, path, body, headers) => call(line + path, method, token, body, headers),
    post: (activity) => caller.call('POST', `/conversations/${id}/activities`, activity),
    async says(text, clientActivityID) {
      const answered = await caller.post({ type: 'message', text, channelData: { clientActivityID } })
      if (answered.status !== 200) throw new Error(`post: ${answered.status}`)
      return answered.json['id'] as string
    },
    async poll(watermark = '') {
      const answered = await caller.call('GET', `/conversations/${id}/activities?watermark=${watermark}`)
      return answered.json as unknown as { activities: SeenActivity[]; watermark: string }
    },
    messages: async () => (await caller.poll()).activities.filter((activity) => activity.type === 'message'),
  }
  return caller
}

/** A stream that a test listens to. */
export interface Listener {
  socket: WebSocket
  frames: { activities: SeenActivity[]; watermark: string }[]
  activities(): SeenActivity[]
  texts(): (string | undefined)[]
  /** Resolves once a text was heard. */
  hears(text: string): Promise<SeenActivity>
  closed: Promise<number>
  close(): void
}

/** Opens a stream; rejects when the handshake is refused, with its status in the message. */
export function listen(streamUrl: string, options: { autoPong?: boolean } = {}): Promise<Listener> {
  const socket = new WebSocket(streamUrl, options)
  const frames: Listener['frames'] = []
  const closed = new Promise<number>((resolve) => socket.on('close', resolve))
  socket.on('message', (message: Buffer) => frames.push(JSON.parse(message.toString()) as Listener['frames'][number]))
  const listener: Listener = {
    socket,
    frames,
    closed,
    activities: () => frames.flatMap((frame) => frame.activities),
    texts: () =>
      listener
        .activities()
        .filter((activity) => activity.type === 'message')
        .map((activity) => activity.text),
    hears: (text) =>
      eventually(`"${text}" on the stream`, () => listener.activities().find((activity) => activity.text === text)),
    close: () => socket.close(),
  }
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve(listener))
    socket.on('unexpected-response', (_request, response) => reject(new Error(`refused ${response.statusCode}`)))
    socket.on('error', reject)
  })
}
