/** How long a call may take, in ms: less than after what a part counts as lost. */
const TIMEOUT_MS = 15_000

/** What came of a call to a provider. */
export type Called =
  | { kind: 'answered'; status: number; body: unknown; headers: Headers }
  /** The call was never made: nobody listened. */
  | { kind: 'unmade'; code: string }
  /** It was made, or may have been, and nothing that can be read came back. */
  | { kind: 'silent'; code: string }

/** Nothing was sent: the connection itself failed. */
const UNMADE: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

/**
 * The one place from which the server calls anybody: a provider, at the address that the operator has set. Never
 * throws, follows nobody elsewhere, and reads JSON. Tells apart what was never sent from what nobody can say.
 */
export async function callOut(
  url: URL,
  request: { method: 'GET' | 'POST' | 'DELETE'; headers?: Record<string, string>; body?: string | URLSearchParams },
): Promise<Called> {
  try {
    const response = await fetch(url, { ...request, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) })
    const { status, headers } = response
    const text = await response.text()
    try {
      return { kind: 'answered', status, headers, body: JSON.parse(text) as unknown }
    } catch {
      return { kind: 'silent', code: String(status) }
    }
  } catch (error) {
    const cause = (error as { cause?: { code?: unknown } }).cause?.code
    const code = typeof cause === 'string' ? cause : error instanceof Error ? error.name : 'unknown'
    return UNMADE.has(code) ? { kind: 'unmade', code } : { kind: 'silent', code }
  }
}
