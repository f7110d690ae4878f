import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import type { Account } from './account.ts'
import { newSid } from './sids.ts'

/** A picture or a file that a person sends. */
export interface MediaItem {
  /** `image/jpeg` unless said. */
  type?: string
  bytes?: Uint8Array
  /** Instead of `bytes`: so many of them, without a length said before. */
  size?: number
  /**
   * `redirect`: 307 to another host, which must get no credentials (Twilio's way); `direct`: the bytes at once;
   * `unauthorized`: 401 whoever asks; `missing`: 404; `endless`: bytes as long as they are read.
   */
  behaves?: 'redirect' | 'direct' | 'unauthorized' | 'missing' | 'endless'
  /** The address in the webhook is this one, somewhere else. */
  url?: string
}

/** A request for media, at the API or at the host that it redirects to. */
export interface MediaRequest {
  at: 'api' | 'elsewhere'
  path: string
  /** As it came; undefined when there was none. */
  authorization: string | undefined
  bytesSent: number
}

export interface Media {
  /** Keeps what a message has, and gives the address and type of each. */
  keep(messageSid: string, items: readonly MediaItem[]): { url: string; type: string }[]
  /** Answers `GET …/Media/ME…` at the API. */
  answer(request: IncomingMessage, response: ServerResponse, isAuthorized: boolean): void
  readonly requests: MediaRequest[]
  close(): void
}

const CHUNK = 65_536

/** @param apiUrl the stand-in's own address */
export async function startMedia(account: Account, apiUrl: () => string): Promise<Media> {
  const kept = new Map<string, MediaItem>()
  const requests: MediaRequest[] = []
  const elsewhere = createServer((request, response) => serve('elsewhere', request, response))
  await new Promise<void>((listening) => elsewhere.listen(0, '127.0.0.1', listening))
  const origin = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`

  const itemOf = (path: string): MediaItem | undefined => kept.get(/(ME[0-9a-f]{32})/.exec(path)?.[1] ?? '')

  function note(at: MediaRequest['at'], request: IncomingMessage): MediaRequest {
    const { authorization } = request.headers
    const noted = { at, path: request.url ?? '', authorization, bytesSent: 0 }
    requests.push(noted)
    return noted
  }

  function serve(at: MediaRequest['at'], request: IncomingMessage, response: ServerResponse): void {
    const noted = note(at, request)
    const item = itemOf(noted.path)
    if (item === undefined) return ends(response, 404)
    response.writeHead(200, { 'content-type': item.type ?? 'image/jpeg' })
    const body = Readable.from(chunksOf(item))
    body.on('data', (chunk: Buffer) => {
      noted.bytesSent += chunk.length
    })
    response.on('close', () => body.destroy())
    body.pipe(response)
  }

  return {
    requests,
    keep: (messageSid, items) =>
      items.map((item) => {
        const sid = newSid('ME')
        kept.set(sid, item)
        const own = `${apiUrl()}/2010-04-01/Accounts/${account.sid}/Messages/${messageSid}/Media/${sid}`
        return { url: item.url ?? own, type: item.type ?? 'image/jpeg' }
      }),
    answer(request, response, isAuthorized) {
      const item = itemOf(request.url ?? '')
      const behaves = item?.behaves ?? 'redirect'
      if (item !== undefined && (behaves === 'direct' || behaves === 'endless') && isAuthorized)
        return serve('api', request, response)
      const { path } = note('api', request)
      if (item === undefined || behaves === 'missing') return ends(response, 404)
      if (!isAuthorized || behaves === 'unauthorized')
        return ends(response, 401, { 'www-authenticate': 'Basic realm="Twilio API"' })
      ends(response, 307, { location: `${origin}/cdn/${path.split('/').at(-1)}` })
    },
    close() {
      elsewhere.close()
      elsewhere.closeAllConnections()
    },
  }
}

function* chunksOf({ bytes, size, behaves }: MediaItem): Generator<Buffer> {
  if (size === undefined && behaves !== 'endless') return void (yield Buffer.from(bytes ?? 'a picture'))
  for (let left = size ?? Infinity; left > 0; left -= CHUNK) yield Buffer.alloc(Math.min(CHUNK, left), 0x61)
}

/** Not chained: restify, in the same process, changes what writeHead gives back. */
function ends(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, headers)
  response.end()
}
