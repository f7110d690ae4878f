import { createHmac } from 'node:crypto'

/**
 * How a POST to the webhook is signed. `short`: a digit is missing; `uppercase`: `SHA256=`; `sha1`: only the old
 * header; `otherSecret`: well formed, by somebody else.
 */
export type Signing = 'good' | 'bad' | 'absent' | 'sha1' | 'short' | 'uppercase' | 'otherSecret'

/** `sha256=` and 64 hexadecimal digits, over the bytes as they are sent. */
export function signature(secret: string, body: Buffer | string, algorithm: 'sha256' | 'sha1' = 'sha256'): string {
  return `${algorithm}=${createHmac(algorithm, secret).update(body).digest('hex')}`
}

/** The headers of a POST. Meta sends both signatures; only the first counts. */
export function signatureHeaders(signing: Signing, secret: string, body: Buffer): Record<string, string> {
  const good = signature(secret, body)
  const old = { 'x-hub-signature': signature(secret, body, 'sha1') }
  switch (signing) {
    case 'good':
      return { ...old, 'x-hub-signature-256': good }
    case 'bad':
      return { ...old, 'x-hub-signature-256': good.slice(0, -1) + (good.endsWith('0') ? '1' : '0') }
    case 'short':
      return { ...old, 'x-hub-signature-256': good.slice(0, -1) }
    case 'uppercase':
      return { ...old, 'x-hub-signature-256': good.replace('sha256', 'SHA256') }
    case 'otherSecret':
      return { ...old, 'x-hub-signature-256': signature(`${secret}!`, body) }
    case 'sha1':
      return old
    case 'absent':
      return {}
  }
}

/** JSON as Meta sends it: everything outside of ASCII as `\u00e9`, in lowercase digits, and `/` as `\/`. */
export function escapedJson(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('/', String.raw`\/`)
    .replaceAll(/[\u0080-\uffff]/g, (unit) => String.raw`\u` + unit.charCodeAt(0).toString(16).padStart(4, '0'))
}
