import { createHmac, timingSafeEqual } from 'node:crypto'
import { forbidden } from '../../../services/platform/errors.ts'
import { verified, type Verified } from '../verified.ts'

/** The fields of a form in the order in which they came; a name may come twice. */
export type Fields = URLSearchParams

/**
 * What Twilio signs: the address that it calls, then each field's name and value, names in the order of their code
 * units; of a name that comes twice the different values, sorted.
 */
function signed(url: string, fields: Fields): string {
  const names = [...new Set(fields.keys())].sort()
  return (
    url +
    names
      .map((name) =>
        [...new Set(fields.getAll(name))]
          .sort()
          .map((value) => name + value)
          .join(''),
      )
      .join('')
  )
}

/** The address with its port, and without where it is the usual one: Twilio has signed either. */
function spellings(url: string): string[] {
  const { protocol, port, host, hostname } = new URL(url)
  if (port !== '') return [url, url.replace(`//${host}`, `//${hostname}`)]
  return [url, url.replace(`//${hostname}`, `//${hostname}:${protocol === 'https:' ? 443 : 80}`)]
}

/**
 * Proves that a form was signed by Twilio with one of our tokens (two, while one is replaced). `url`: as the account
 * calls it, which behind a proxy is not what arrived. All fields count, also those that nobody knows. Throws `forbidden`.
 */
export function verify(
  fields: Fields,
  header: string | undefined,
  { url, tokens }: { url: string; tokens: readonly string[] },
): Verified<Fields> {
  const said = Buffer.from(header ?? '')
  const isSigned = tokens.some((token) =>
    spellings(url).some((spelled) => {
      const own = Buffer.from(createHmac('sha1', token).update(signed(spelled, fields), 'utf8').digest('base64'))
      return own.length === said.length && timingSafeEqual(own, said)
    }),
  )
  if (!isSigned) throw forbidden()
  return verified(fields)
}
