/** What is kept of a file that we do not know: it can only be downloaded. */
export const UNKNOWN_TYPE = 'application/octet-stream'

const at =
  (offset: number, ...wanted: (string | number[])[]) =>
  (bytes: Buffer): boolean =>
    wanted.some((mark) => {
      const expected = typeof mark === 'string' ? Buffer.from(mark, 'latin1') : Buffer.from(mark)
      return bytes.subarray(offset, offset + expected.length).equals(expected)
    })

const riff = at(0, 'RIFF')
const iso = at(4, 'ftyp')
const ebml = at(0, [0x1a, 0x45, 0xdf, 0xa3])
/** Where what a recording holds is told, from its start. */
const HEADER = 8_192
/** What a track of an MP4 is: its `hdlr` box says so, twelve bytes after its name (ISO 14496-12, 8.4.3). */
const hasHandler = (bytes: Buffer, kind: 'soun' | 'vide'): boolean => {
  const head = bytes.subarray(0, HEADER)
  for (let found = head.indexOf('hdlr'); found !== -1; found = head.indexOf('hdlr', found + 4))
    if (at(found + 12, kind)(head)) return true
  return false
}

/** First bytes by type, after the registries of their formats. Nothing that can carry script is shown as itself. */
const MARKS: readonly [type: string, fits: (bytes: Buffer) => boolean][] = [
  ['image/png', at(0, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])],
  ['image/jpeg', at(0, [0xff, 0xd8, 0xff])],
  ['image/gif', at(0, 'GIF87a', 'GIF89a')],
  ['image/webp', (bytes) => riff(bytes) && at(8, 'WEBP')(bytes)],
  ['image/heic', (bytes) => iso(bytes) && at(8, 'heic', 'heix', 'mif1')(bytes)],
  ['audio/wav', (bytes) => riff(bytes) && at(8, 'WAVE')(bytes)],
  ['audio/mp4', (bytes) => iso(bytes) && at(8, 'M4A ', 'M4B ')(bytes)],
  ['audio/mp4', (bytes) => iso(bytes) && hasHandler(bytes, 'soun') && !hasHandler(bytes, 'vide')],
  ['video/mp4', (bytes) => iso(bytes) && at(8, 'isom', 'iso2', 'mp41', 'mp42', 'avc1')(bytes)],
  ['audio/webm', (bytes) => ebml(bytes) && !bytes.subarray(0, HEADER).includes('V_')],
  ['video/webm', ebml],
  ['audio/ogg', at(0, 'OggS')],
  ['audio/mpeg', at(0, 'ID3', [0xff, 0xfb], [0xff, 0xf3], [0xff, 0xf2])],
  ['application/pdf', at(0, '%PDF-')],
]

/** The type of a file by its content. Its name and what its sender calls it are not asked. */
export function contentTypeOf(bytes: Buffer): string {
  return MARKS.find(([, fits]) => fits(bytes))?.[0] ?? (isPlainText(bytes) ? 'text/plain' : UNKNOWN_TYPE)
}

/** UTF-8 without control characters that does not begin like markup (HTML, SVG, XML). */
function isPlainText(bytes: Buffer): boolean {
  if (bytes.length === 0 || bytes.includes(0)) return false
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return !/^\s*</.test(text.slice(0, 1_000)) && !/[\u0001-\u0008\u000e-\u001f]/.test(text)
  } catch {
    return false
  }
}
