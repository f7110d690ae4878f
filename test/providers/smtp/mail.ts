/** A message as it came over SMTP. */
export interface Mail {
  /** Of the envelope: who it says sends it, and who gets it. */
  readonly from: string
  readonly to: readonly string[]
  /** By name in lower case, decoded; a header that comes twice has its last value. */
  readonly headers: Readonly<Record<string, string>>
  /** One for a simple message. */
  readonly parts: readonly Part[]
  /** Bytes as sent, dots unstuffed. */
  readonly raw: Buffer
}

/** A part that is no multipart itself. */
export interface Part {
  readonly headers: Readonly<Record<string, string>>
  /** `text/plain`, without parameters. */
  readonly type: string
  readonly filename: string | undefined
  readonly bytes: Buffer
  /** By the part's charset. */
  readonly text: string
}

export function readMail(from: string, to: readonly string[], raw: Buffer): Mail {
  const { headers, body } = split(raw)
  return { from, to, headers, parts: partsOf(headers, body), raw }
}

function split(raw: Buffer): { headers: Record<string, string>; body: Buffer } {
  const at = raw.indexOf('\r\n\r\n')
  const head = (at < 0 ? raw : raw.subarray(0, at)).toString('utf8').replaceAll(/\r\n[ \t]+/g, ' ')
  const headers: Record<string, string> = {}
  for (const line of head.split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon > 0) headers[line.slice(0, colon).toLowerCase()] = decodedWords(line.slice(colon + 1).trim())
  }
  return { headers, body: at < 0 ? Buffer.alloc(0) : raw.subarray(at + 4) }
}

function partsOf(headers: Record<string, string>, body: Buffer): Part[] {
  const type = headers['content-type'] ?? 'text/plain'
  const boundary = parameter(type, 'boundary')
  if (type.startsWith('multipart/') && boundary !== undefined)
    return between(body, boundary).flatMap((inner) => {
      const part = split(inner)
      return partsOf(part.headers, part.body)
    })
  const bytes = decoded(body, headers['content-transfer-encoding'] ?? '7bit')
  const charset = parameter(type, 'charset') ?? 'utf-8'
  return [
    {
      headers,
      type: (type.split(';')[0] ?? '').trim().toLowerCase(),
      filename: parameter(headers['content-disposition'] ?? '', 'filename') ?? parameter(type, 'name'),
      bytes,
      text: new TextDecoder(charset).decode(bytes),
    },
  ]
}

/** What is between the lines of a boundary; Latin-1 keeps each byte. */
function between(body: Buffer, boundary: string): Buffer[] {
  const pieces = `\r\n${body.toString('latin1')}`.split(`\r\n--${boundary}`)
  return pieces
    .slice(1)
    .filter((piece) => !piece.startsWith('--'))
    .map((piece) => Buffer.from(piece.replace(/^[ \t]*\r\n/, ''), 'latin1'))
}

const parameter = (header: string, name: string): string | undefined => {
  const found = new RegExp(`;\\s*${name}=(?:"([^"]*)"|([^;\\s]+))`, 'i').exec(header)
  return found?.[1] ?? found?.[2]
}

function decoded(body: Buffer, encoding: string): Buffer {
  if (/^base64$/i.test(encoding)) return Buffer.from(body.toString('latin1'), 'base64')
  if (/^quoted-printable$/i.test(encoding)) return quotedPrintable(body.toString('latin1').replaceAll(/=\r\n/g, ''))
  return body
}

const quotedPrintable = (text: string): Buffer =>
  Buffer.from(
    text.replaceAll(/=([0-9A-F]{2})/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  )

/** `=?UTF-8?B?…?=` and `=?UTF-8?Q?…?=`; the space between two of them is none. */
const decodedWords = (value: string): string =>
  value
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?([^?]+)\?([BQ])\?([^?]*)\?=/gi, (_all, charset: string, kind: string, text: string) =>
      new TextDecoder(charset).decode(
        kind.toUpperCase() === 'B' ? Buffer.from(text, 'base64') : quotedPrintable(text.replaceAll('_', ' ')),
      ),
    )
