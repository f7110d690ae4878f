import { z } from 'zod'
import type { Outcome } from '../../../services/delivery/index.ts'
import { callOut, type Called } from '../callOut.ts'
import type { MessengerSettings } from './settings.ts'
import { appSecretProof } from './signature.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

const answer = z.looseObject({
  message_id: z.string().optional(),
  error: z
    .looseObject({
      code: z.number(),
      error_subcode: z.number().optional(),
      is_transient: z.boolean().optional(),
    })
    .optional(),
})

/** Calls Graph. The token goes where Graph documents it, and into no log of ours. */
export function callGraph(
  { graphUrl, graphVersion, pageToken, appSecret }: MessengerSettings,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  { query = {}, body }: { query?: Record<string, string>; body?: unknown } = {},
): Promise<Called> {
  const url = new URL(`${graphUrl}/${graphVersion}/${path}`)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  url.searchParams.set('access_token', pageToken)
  url.searchParams.set('appsecret_proof', appSecretProof(pageToken, appSecret))
  return callOut(url, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
}

/** What came of sending a message. An error may come with status 200: it is looked at first. */
export function sentBy(called: Called): Outcome {
  if (called.kind === 'unmade') return { kind: 'later', code: called.code }
  if (called.kind === 'silent') return { kind: 'unclear', code: called.code }
  const read = answer.safeParse(called.body)
  // What a server in trouble says of itself tells nothing of the message.
  if (!read.success || called.status >= 500) return { kind: 'unclear', code: String(called.status) }
  const { error, message_id: mid } = read.data
  if (error !== undefined) return refusedBy(error)
  if (called.status === 429) return { kind: 'paused', code: '429', forMs: MINUTE_MS }
  if (called.status === 200 && mid !== undefined) return { kind: 'accepted', providerId: mid }
  return { kind: 'unclear', code: String(called.status) }
}

type GraphError = NonNullable<z.infer<typeof answer>['error']>

/** Error codes and what is to be done, as the sheet of the protocol has them: messenger.md, section 4. */
function refusedBy({ code, error_subcode: subcode, is_transient: transient }: GraphError): Outcome {
  const name = subcode === undefined ? String(code) : `${code}/${subcode}`
  // Meta's "invalid reply": the message may have been sent.
  if (code === 1 && subcode === 1357046) return { kind: 'unclear', code: name }
  if (code === 190) return { kind: 'paused', code: name, forMs: HOUR_MS }
  if (code === 368) return { kind: 'paused', code: name, forMs: HOUR_MS }
  if (code === 10 && subcode === 1893063) return { kind: 'paused', code: name, forMs: 30 * MINUTE_MS }
  if (code === 4 || code === 32 || code === 613) return { kind: 'paused', code: name, forMs: 5 * MINUTE_MS }
  if (UNREACHABLE.has(name) || code === 551) return { kind: 'unreachable', code: name }
  if (WINDOW.has(name)) return { kind: 'refused', code: name }
  if (code === 2018300 || subcode === 2018300) return { kind: 'later', code: name, afterMs: HOUR_MS }
  if (code === 10 || code === 200 || code === 3) return { kind: 'paused', code: name, forMs: HOUR_MS }
  if (code === 2 || code === 1200 || transient === true || subcode === 2018321) return { kind: 'later', code: name }
  return { kind: 'refused', code: name }
}

const UNREACHABLE = new Set(['551/1545041', '200/1545041', '10/2018108', '100/2018001', '100/33'])
const WINDOW = new Set(['10/2018278', '10/2018065'])
