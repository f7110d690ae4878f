/** Takes the metadata out of a file of some type; undefined when the file is not written as its type says. */
type Strip = (bytes: Buffer) => Buffer | undefined

const STRIPS: Readonly<Record<string, Strip>> = {
  'image/jpeg': stripJpeg,
  'image/png': stripPng,
  'image/webp': stripWebp,
}

/**
 * A picture without what it tells beside its pixels: where and when it was taken, by which device, its
 * thumbnail, comments, and whatever follows its end (ASVS 14.2.8). Only pieces of the file are left out;
 * nothing is decoded, and the pixels' bytes stay as they are. Of EXIF a JPEG keeps which way is up. What
 * is not written as its type says is kept as it came, so that nobody loses a paper to a strict parser.
 */
export function withoutMetadata(contentType: string, bytes: Buffer): Buffer {
  return STRIPS[contentType]?.(bytes) ?? bytes
}

/** Segments of a JPEG that tell how to show it: JFIF, Adobe's colours, the colour profile. */
function isForShowing(marker: number, content: Buffer): boolean {
  if (marker === 0xfe) return false // a comment
  if (marker < 0xe0 || marker > 0xef) return true
  return marker === 0xe0 || marker === 0xee || (marker === 0xe2 && startsWith(content, 'ICC_PROFILE\0'))
}

/** ITU T.81, annex B: marker segments, and between them the scans, in which 0xff stands before 0 or a restart. */
function stripJpeg(bytes: Buffer): Buffer | undefined {
  const kept: Buffer[] = []
  let orientation = 1
  let at = 2
  for (;;) {
    if (bytes[at] !== 0xff) return undefined
    const marker = bytes[at + 1] ?? 0
    if (marker === 0xff) {
      at += 1 // padding
      continue
    }
    if (marker === 0xd9) break
    const length = at + 4 <= bytes.length ? bytes.readUInt16BE(at + 2) : 0
    let end = at + 2 + length
    if (length < 2 || end > bytes.length) return undefined
    const content = bytes.subarray(at + 4, end)
    if (marker === 0xe1) orientation = orientationOf(content) ?? orientation
    if (marker === 0xda) end = endOfScan(bytes, end)
    if (isForShowing(marker, content)) kept.push(bytes.subarray(at, end))
    at = end
    if (at >= bytes.length) break // cut off in its last scan: what there is of it can be seen
  }
  // JFIF comes first, where there is one.
  if (orientation > 1) kept.splice(kept[0]?.[1] === 0xe0 ? 1 : 0, 0, orientationSegment(orientation))
  return Buffer.concat([bytes.subarray(0, 2), ...kept, Buffer.from([0xff, 0xd9])])
}

function endOfScan(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at !== -1; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1] ?? 0
    if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at
  }
  return bytes.length
}

const ORIENTATION = 0x0112

/** 2 to 8 of EXIF's first directory: how a picture is turned to be seen upright. Undefined when it says nothing. */
function orientationOf(content: Buffer): number | undefined {
  if (!startsWith(content, 'Exif\0\0')) return undefined
  const tiff = content.subarray(6)
  const little = startsWith(tiff, 'II')
  if (tiff.length < 8 || (!little && !startsWith(tiff, 'MM'))) return undefined
  const u16 = (at: number): number => (little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at))
  const first = little ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4)
  if (first + 2 > tiff.length) return undefined
  for (let entry = 0, at = first + 2; entry < u16(first) && at + 12 <= tiff.length; entry += 1, at += 12)
    if (u16(at) === ORIENTATION) return u16(at + 8) >= 1 && u16(at + 8) <= 8 ? u16(at + 8) : undefined
  return undefined
}

/** EXIF that says nothing else. */
function orientationSegment(orientation: number): Buffer {
  const entry = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]
  const tiff = [...Buffer.from('Exif\0\0MM\0*'), 0, 0, 0, 8, 0, 1, ...entry, 0, 0, 0, 0]
  return Buffer.from([0xff, 0xe1, 0, tiff.length + 2, ...tiff])
}

/** Chunks of a PNG that change what is seen, beside the critical ones, whose names begin with a capital. */
const PNG_SHOWING = /^(?:[A-Z]|tRNS|gAMA|cHRM|sRGB|iCCP|cICP|sBIT|pHYs|bKGD|hIST|sPLT|acTL|fcTL|fdAT)/

function stripPng(bytes: Buffer): Buffer | undefined {
  const kept = [bytes.subarray(0, 8)]
  for (let at = 8; ;) {
    if (at + 12 > bytes.length) return undefined
    const end = at + 12 + bytes.readUInt32BE(at)
    if (end > bytes.length) return undefined
    const type = bytes.toString('latin1', at + 4, at + 8)
    if (PNG_SHOWING.test(type)) kept.push(bytes.subarray(at, end))
    if (type === 'IEND') return Buffer.concat(kept)
    at = end
  }
}

const WEBP_SHOWING = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF', 'ICCP'])
/** Of `VP8X`: that EXIF, or XMP, follows. */
const WEBP_TELLS = 0x08 | 0x04

function stripWebp(bytes: Buffer): Buffer | undefined {
  const kept: Buffer[] = []
  const size = 8 + bytes.readUInt32LE(4)
  if (size > bytes.length) return undefined
  for (let at = 12; at + 8 <= size;) {
    const length = bytes.readUInt32LE(at + 4)
    const end = at + 8 + length + (length % 2)
    if (at + 8 + length > size) return undefined
    const type = bytes.toString('latin1', at, at + 4)
    const chunk = Buffer.from(bytes.subarray(at, end))
    if (type === 'VP8X' && chunk.length > 8) chunk[8] = (chunk[8] ?? 0) & ~WEBP_TELLS
    if (WEBP_SHOWING.has(type)) kept.push(chunk)
    at = end
  }
  const body = Buffer.concat([Buffer.from('WEBP'), ...kept])
  const header = Buffer.alloc(8)
  header.write('RIFF')
  header.writeUInt32LE(body.length, 4)
  return Buffer.concat([header, body])
}

const startsWith = (bytes: Buffer, mark: string): boolean =>
  bytes.subarray(0, mark.length).equals(Buffer.from(mark, 'latin1'))
