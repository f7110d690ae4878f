import type { World } from './world.ts'

/** What became of a request. `retryAfter` in milliseconds. */
export type Outcome =
  | { kind: 'ok'; body: Record<string, unknown> }
  /** The token is too old, forged, or its conversation is gone: a new one may cure it. */
  | { kind: 'stale'; status: number }
  /** Never, as it stands. */
  | { kind: 'refused'; status: number }
  /** Not now: no network, too many, or the server is unwell. */
  | { kind: 'later'; retryAfter: number | null }

export interface Request {
  method: 'GET' | 'POST' | 'DELETE'
  /** From the root of the server. */
  path: string
  token?: string
  json?: unknown
  form?: FormData
  /** After this long without an answer it counts as lost. */
  patience?: number
}

/** Time for an ordinary answer, and for one that carries files on a slow phone. */
const PATIENCE = 20_000
export const UPLOAD_PATIENCE = 180_000

/** Asks the server once, and says in four words what that means for whoever asked. Never throws. */
export async function ask(world: World, request: Request): Promise<Outcome> {
  const abort = new AbortController()
  const cancel = world.later(() => abort.abort(), request.patience ?? PATIENCE)
  try {
    const response = await world.fetch(world.origin + request.path, {
      method: request.method,
      credentials: 'same-origin',
      cache: 'no-store',
      // A short post that has left the page arrives even if the page is closed. Browsers allow 64 KB of these.
      keepalive: request.json !== undefined || request.method === 'DELETE',
      headers: {
        ...(request.token === undefined ? {} : { authorization: `Bearer ${request.token}` }),
        ...(request.json === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(request.json === undefined ? {} : { body: JSON.stringify(request.json) }),
      ...(request.form === undefined ? {} : { body: request.form }),
      signal: abort.signal,
    })
    return await judge(response)
  } catch {
    return { kind: 'later', retryAfter: null }
  } finally {
    cancel()
  }
}

async function judge(response: Response): Promise<Outcome> {
  const { status } = response
  if (status === 204) return { kind: 'ok', body: {} }
  if (response.ok) {
    const body: unknown = await response.json()
    return { kind: 'ok', body: typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {} }
  }
  await response.body?.cancel()
  if (status === 401 || status === 403 || status === 404) return { kind: 'stale', status }
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
    return { kind: 'later', retryAfter: Number.isFinite(seconds) ? seconds * 1000 : null }
  }
  return { kind: 'refused', status }
}
