import { expect } from 'chai'
import fc from 'fast-check'
import { withoutMetadata } from '../../../services/files/metadata.ts'
import { receiveFile } from '../../../services/files/store.ts'
import { pngChunk } from '../../support/hostileFiles.ts'

const latin = (text: string): Buffer => Buffer.from(text, 'latin1')
const SECRET = 'GPS 48.4489N 68.5239W Amina'

/** A marker segment of a JPEG. */
const segment = (marker: number, content: Buffer): Buffer => {
  const head = Buffer.from([0xff, marker, 0, 0])
  head.writeUInt16BE(content.length + 2, 2)
  return Buffer.concat([head, content])
}
const START = Buffer.from([0xff, 0xd8])
const END = Buffer.from([0xff, 0xd9])
const JFIF = segment(0xe0, latin('JFIF\0\x01\x01\0\0\x01\0\x01\0\0'))
const TABLE = segment(0xdb, Buffer.alloc(65, 1))
const FRAME = segment(0xc2, Buffer.alloc(15, 2))
const SCAN = Buffer.concat([
  segment(0xda, Buffer.alloc(10, 3)),
  Buffer.from([1, 0xff, 0, 2, 0xff, 0xd0, 3, 0xff, 0, 0xff, 0xd7, 4]),
])
const jpeg = (...parts: Buffer[]): Buffer => Buffer.concat([START, ...parts, END])

/** EXIF with an orientation among other things, in either order of bytes. */
function exif(order: 'II' | 'MM', orientation: number): Buffer {
  const tiff = Buffer.alloc(8 + 2 + 24 + 4)
  tiff.write(order === 'II' ? 'II*\0' : 'MM\0*', 'latin1')
  const put16 = (value: number, at: number) =>
    order === 'II' ? tiff.writeUInt16LE(value, at) : tiff.writeUInt16BE(value, at)
  const put32 = (value: number, at: number) =>
    order === 'II' ? tiff.writeUInt32LE(value, at) : tiff.writeUInt32BE(value, at)
  put32(8, 4)
  put16(2, 8)
  put16(0x010f, 10) // the maker's name
  put16(2, 12)
  put16(0x0112, 22)
  put16(3, 24)
  put32(1, 26)
  put16(orientation, 30)
  return segment(0xe1, Buffer.concat([latin('Exif\0\0'), tiff, latin(SECRET)]))
}

const header = Buffer.alloc(13, 1)
const pixels = pngChunk('IDAT', Buffer.from('pixels'))
const png = (...chunks: Buffer[]): Buffer =>
  Buffer.concat([latin('\x89PNG\r\n\x1a\n'), pngChunk('IHDR', header), ...chunks, pngChunk('IEND', Buffer.alloc(0))])

const webpChunk = (type: string, content: Buffer): Buffer => {
  const size = Buffer.alloc(4)
  size.writeUInt32LE(content.length)
  return Buffer.concat([latin(type), size, content, Buffer.alloc(content.length % 2)])
}
const webp = (...chunks: Buffer[]): Buffer => webpChunk('RIFF', Buffer.concat([latin('WEBP'), ...chunks]))

describe('a picture that somebody sends', () => {
  const secret = latin(SECRET)
  const cases: [what: string, type: string, given: Buffer, kept: Buffer][] = [
    [
      'JPEG: EXIF, XMP, Photoshop, comment, second picture, what follows the end',
      'image/jpeg',
      Buffer.concat([
        jpeg(
          JFIF,
          exif('II', 1),
          segment(0xe1, latin(`http://ns.adobe.com/xap/1.0/\0${SECRET}`)),
          segment(0xe2, latin(`MPF\0${SECRET}`)),
          segment(0xed, latin(`Photoshop 3.0\0${SECRET}`)),
          segment(0xfe, secret),
          TABLE,
          FRAME,
          SCAN,
          segment(0xfe, secret),
          SCAN,
        ),
        secret,
      ]),
      jpeg(JFIF, TABLE, FRAME, SCAN, SCAN),
    ],
    [
      'JPEG: the colour profile and Adobe’s colours stay',
      'image/jpeg',
      jpeg(segment(0xe2, latin('ICC_PROFILE\0\x01\x01…')), segment(0xee, latin('Adobe\0d')), TABLE, SCAN),
      jpeg(segment(0xe2, latin('ICC_PROFILE\0\x01\x01…')), segment(0xee, latin('Adobe\0d')), TABLE, SCAN),
    ],
    ['JPEG cut off in its pixels', 'image/jpeg', Buffer.concat([START, exif('MM', 1), TABLE, SCAN]), jpeg(TABLE, SCAN)],
    [
      'PNG: text, EXIF, time, private chunks, what follows the end',
      'image/png',
      Buffer.concat([
        png(
          pngChunk('gAMA', Buffer.alloc(4)),
          ...['tEXt', 'iTXt', 'zTXt', 'eXIf', 'tIME', 'prVt'].map((type) => pngChunk(type, secret)),
          pixels,
          pngChunk('tEXt', secret),
        ),
        secret,
      ]),
      png(pngChunk('gAMA', Buffer.alloc(4)), pixels),
    ],
    [
      'WebP: EXIF and XMP, and that there are any',
      'image/webp',
      webp(
        webpChunk('VP8X', Buffer.from([0x1c, 0, 0, 0, 1, 0, 0, 1, 0, 0])),
        webpChunk('VP8 ', latin('odd')),
        webpChunk('EXIF', secret),
        webpChunk('XMP ', secret),
      ),
      webp(webpChunk('VP8X', Buffer.from([0x10, 0, 0, 0, 1, 0, 0, 1, 0, 0])), webpChunk('VP8 ', latin('odd'))),
    ],
  ]
  for (const [what, type, given, kept] of cases)
    it(`is kept without its metadata; ${what}`, () => {
      const file = receiveFile('x', given)
      expect(file.contentType).to.equal(type)
      expect(file.bytes).to.deep.equal(kept)
      expect(given.includes('GPS') ? file.bytes.includes('GPS') : false).to.equal(false)
      expect(withoutMetadata(type, file.bytes), 'once more').to.deep.equal(kept)
    })

  for (const order of ['II', 'MM'] as const)
    it(`keeps which way is up, and nothing else of its EXIF (${order})`, () => {
      for (let orientation = 2; orientation <= 8; orientation += 1) {
        const stripped = withoutMetadata('image/jpeg', jpeg(JFIF, exif(order, orientation), TABLE, SCAN))
        expect(stripped.includes('GPS')).to.equal(false)
        expect(stripped.subarray(0, 2 + JFIF.length)).to.deep.equal(Buffer.concat([START, JFIF]))
        const at = stripped.indexOf('Exif\0\0MM\0*')
        expect(stripped.readUInt16BE(at + 6 + 8 + 2 + 8)).to.equal(orientation)
        expect(withoutMetadata('image/jpeg', stripped), 'once more').to.deep.equal(stripped)
      }
      for (const odd of [0, 1, 9, 65_535])
        expect(withoutMetadata('image/jpeg', jpeg(exif(order, odd), TABLE, SCAN))).to.deep.equal(jpeg(TABLE, SCAN))
    })

  it('is kept as it came when it is not written as its type says, and other files always are', () => {
    const odd: [string, Buffer][] = [
      ['image/jpeg', Buffer.concat([START, Buffer.from([0xff, 0xe1, 0xff, 0xff]), secret])],
      ['image/jpeg', Buffer.concat([START, latin('<html>')])],
      ['image/png', latin('\x89PNG\r\n\x1a\n\xff\xff\xff\xfftEXt')],
      ['image/webp', latin('RIFF\xff\xff\xff\xffWEBPEXIF')],
      ['image/gif', latin(`GIF89a${SECRET}`)],
      ['application/pdf', latin(`%PDF-${SECRET}`)],
    ]
    for (const [type, bytes] of odd) expect(withoutMetadata(type, bytes)).to.equal(bytes)
  })

  it('keeps the bytes of its pixels, whatever stands between them', () => {
    const pixelSegments = fc.constantFrom(TABLE, FRAME, SCAN)
    const talk = fc
      .tuple(fc.constantFrom(0xe1, 0xe3, 0xe5, 0xec, 0xed, 0xef, 0xfe), fc.uint8Array({ maxLength: 60 }))
      .map(([marker, content]) => segment(marker, Buffer.concat([secret, Buffer.from(content)])))
    const parts = fc.array(fc.oneof(pixelSegments, talk), { maxLength: 12 })
    fc.assert(
      fc.property(parts, fc.uint8Array({ maxLength: 40 }), (all, after) => {
        const seen = all.filter((part) => [TABLE, FRAME, SCAN].includes(part))
        const given = Buffer.concat([jpeg(...all), Buffer.from(after)])
        expect(withoutMetadata('image/jpeg', given)).to.deep.equal(jpeg(...seen))
      }),
      { numRuns: 300 },
    )
  })

  it('never fails, and never grows by more than the orientation, whatever its bytes', () => {
    const whole = cases.map(([, type, given]) => ({ type, given }))
    fc.assert(
      fc.property(
        fc.constantFrom(...whole),
        fc.array(fc.tuple(fc.nat(500), fc.integer({ min: 0, max: 255 })), { maxLength: 6 }),
        fc.nat(500),
        ({ type, given }, edits, cut) => {
          const bytes = Buffer.from(given.subarray(0, Math.max(12, given.length - (cut % given.length))))
          for (const [at, value] of edits) bytes[12 + (at % Math.max(1, bytes.length - 12))] = value
          expect(withoutMetadata(type, bytes).length).to.be.at.most(bytes.length + 40)
        },
      ),
      { numRuns: 500 },
    )
  })
})
