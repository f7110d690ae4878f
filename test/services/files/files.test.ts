import { expect } from 'chai'
import fc from 'fast-check'
import { contentTypeOf } from '../../../services/files/contentType.ts'
import { contentDisposition, downloadName, safeFileName } from '../../../services/files/name.ts'

describe('the type of a file', () => {
  const latin = (text: string): Buffer => Buffer.from(text, 'latin1')
  const table: [string, Buffer, string][] = [
    ['PNG', latin('\x89PNG\r\n\x1a\nrest'), 'image/png'],
    ['JPEG', latin('\xff\xd8\xff\xe0rest'), 'image/jpeg'],
    ['GIF', latin('GIF89a=1;alert(1)'), 'image/gif'],
    ['WebP', latin('RIFF\x01\x02\x03\x04WEBPVP8 '), 'image/webp'],
    ['PDF', latin('%PDF-1.7 /JS'), 'application/pdf'],
    ['Ogg', latin('OggS\x00'), 'audio/ogg'],
    ['MP3', latin('ID3\x03'), 'audio/mpeg'],
    ['M4A', latin('\x00\x00\x00\x20ftypM4A '), 'audio/mp4'],
    ['MP4', latin('\x00\x00\x00\x20ftypisom'), 'video/mp4'],
    ['a voice message of Chromium', latin('\x1a\x45\xdf\xa3\x9fB\x86webm\x86\x86A_OPUS'), 'audio/webm'],
    ['a film of Chromium', latin('\x1a\x45\xdf\xa3\x9fB\x86webm\x86\x86V_VP8\x86\x86A_OPUS'), 'video/webm'],
    ['a voice message of Safari', latin(`\0\0\0\x1cftypiso5\0\0\0\x21hdlr\0\0\0\0\0\0\0\0soun`), 'audio/mp4'],
    [
      'a film of Safari',
      latin(`\0\0\0\x1cftypisom\0\0\0\x21hdlr\0\0\0\0\0\0\0\0soun\0\0\0\x21hdlr\0\0\0\0\0\0\0\0vide`),
      'video/mp4',
    ],
    ['text', Buffer.from('relevé de notes\r\n\tÀ'), 'text/plain'],
    ['HTML', Buffer.from('<!doctype html>'), 'application/octet-stream'],
    ['SVG with a byte order mark', Buffer.from('\ufeff  <svg/>'), 'application/octet-stream'],
    ['XHTML', Buffer.from('<?xml version="1.0"?>'), 'application/octet-stream'],
    ['Latin-1 text', latin('\xe9t\xe9'), 'application/octet-stream'],
    ['UTF-16', Buffer.from('<html>', 'utf16le'), 'application/octet-stream'],
    ['a program', latin('MZ\x90\x00'), 'application/octet-stream'],
    ['a zip', latin('PK\x03\x04'), 'application/octet-stream'],
    ['nothing', Buffer.alloc(0), 'application/octet-stream'],
    ['a PNG that is cut', latin('\x89PN'), 'application/octet-stream'],
  ]
  for (const [what, bytes, type] of table)
    it(`${what}: ${type}`, () => {
      expect(contentTypeOf(bytes)).to.equal(type)
    })
})

describe('the name of a file', function () {
  this.timeout(20_000)
  const table: [string, string][] = [
    ['relevé.pdf', 'relevé.pdf'],
    ['releve\u0301.pdf', 'relevé.pdf'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\me\\photo.jpg', 'photo.jpg'],
    ['photo\u202egpj.exe', 'photogpj.exe'],
    ['a\u0000b\r\nc.txt', 'abc.txt'],
    ['.htaccess', 'htaccess'],
    ['con"fi<d>?.txt', 'con_fi_d__.txt'],
    ['', 'file'],
    ['..', 'file'],
    ['/', 'file'],
    ['\ud800.txt', '\ufffd.txt'],
    ['证件.png', '证件.png'],
    [`${'é'.repeat(300)}.jpeg`, `${'é'.repeat(115)}.jpeg`],
  ]
  for (const [given, safe] of table)
    it(`${JSON.stringify(given).slice(0, 40)} → ${safe.slice(0, 30)}`, () => {
      expect(safeFileName(given)).to.equal(safe)
    })

  it('is safe whatever is given, and stays as it is when made safe again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (given) => {
        const safe = safeFileName(given)
        expect(safe).to.not.match(/[/\\\p{Cc}\p{Cf}]/u)
        expect(Array.from(safe).length).to.be.within(1, 120)
        expect(safeFileName(safe)).to.equal(safe)
        expect(contentDisposition(safe)).to.match(
          /^attachment; filename="[\x20-\x7e]+"; filename\*=UTF-8''[\w.!~*%-]+$/,
        )
      }),
      { numRuns: 300 },
    )
  })

  it('that a double click would run gets a harmless end', () => {
    for (const name of ['a.html', 'a.SVG', 'a.pdf.exe', 'a.js']) expect(downloadName(name)).to.equal(`${name}.bin`)
    for (const name of ['a.pdf', 'exe', 'a.html.txt']) expect(downloadName(name)).to.equal(name)
  })
})
