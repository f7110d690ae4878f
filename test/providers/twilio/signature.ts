import { createHash, createHmac } from 'node:crypto'

/** The fields of a form, in the order in which they are on the wire. A key may come twice. */
export type Fields = readonly (readonly [key: string, value: string])[]

/** How a request that we receive is signed. `sha256`: as a Webhook Rule of 2026 may ask, which no library knows yet. */
export type SignatureManner = 'good' | 'bad' | 'absent' | 'sha256'

/**
 * `X-Twilio-Signature`: base64 of HMAC-SHA1, keyed with the token, over the URL and each key and value, keys in the
 * order of code units, the values of a repeated key without doubles and sorted. `url` has its query and no fragment.
 */
export const sign = (token: string, url: string, fields: Fields = []): string => hmac('sha1', token, url, fields)

/** The headers with which a request is sent to us. */
export function signatureHeaders(
  manner: SignatureManner,
  token: string,
  url: string,
  fields: Fields,
): Record<string, string> {
  switch (manner) {
    case 'good':
      return { 'x-twilio-signature': sign(token, url, fields) }
    case 'bad':
      return { 'x-twilio-signature': sign(`not ${token}`, url, fields) }
    case 'sha256':
      return {
        'x-twilio-signature': hmac('sha256', token, url, fields),
        'x-twilio-webhooks-signature-settings': 'key=primary,algorithm=HMAC_SHA256',
      }
    case 'absent':
      return {}
  }
}

/** The URL to which a JSON body is posted: it carries the body's digest, and is signed alone. */
export function urlWithDigest(url: string, body: string): string {
  const digest = createHash('sha256').update(body).digest('hex')
  return `${url}${url.includes('?') ? '&' : '?'}bodySHA256=${digest}`
}

function hmac(algorithm: 'sha1' | 'sha256', token: string, url: string, fields: Fields): string {
  const values = new Map<string, Set<string>>()
  for (const [key, value] of fields) values.set(key, (values.get(key) ?? new Set()).add(value))
  const keys = [...values.keys()].sort(byCodeUnits)
  const signed = keys.flatMap((key) => [...(values.get(key) ?? [])].sort(byCodeUnits).map((value) => key + value))
  return createHmac(algorithm, token)
    .update(url + signed.join(''), 'utf8')
    .digest('base64')
}

const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
