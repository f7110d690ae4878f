import type { ErrorView } from '../../api/types.ts'
import type { SignedIn } from './server.ts'

interface Reply<T> {
  status: number
  json: T
  headers: Headers
  text: string
}

/** Asks the JSON API of the server at `url` as somebody: the answer's status, headers, text and JSON. */
export const asking =
  (url: () => string) =>
  async <T = ErrorView>(
    who: SignedIn | undefined,
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Reply<T>> => {
    const response = await fetch(`${url()}/api/v1${path}`, {
      method,
      headers: {
        ...(who === undefined ? {} : { cookie: who.cookie }),
        ...(method === 'GET' ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: (text === '' ? undefined : JSON.parse(text)) as T,
    }
  }
