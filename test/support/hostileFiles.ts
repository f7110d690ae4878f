import { crc32, deflateRawSync } from 'node:zlib'

/** A file as somebody sends it who means harm, and what it must have become. */
export interface HostileFile {
  what: string
  name: string
  /** What its sender calls it. */
  claims: string
  bytes: Buffer
  type: string
  /** The name under which it is downloaded. */
  saved: string
}

const UNKNOWN = 'application/octet-stream'
const RUN = 'globalThis.__pwn?.(1)'
const HTML = `<!doctype html><script>${RUN}</script><img src=x onerror="${RUN}">`
const SVG = `<svg xmlns="http://www.w3.org/2000/svg" onload="${RUN}"><script>${RUN}</script></svg>`
const PDF = `%PDF-1.7\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF`
// By parts, so that no scanner takes this file for what it describes.
const EICAR = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE', '!$H+H*'].join('')

/** The files: what each is, its name, its claimed type, its bytes, its type here, its name here. */
export const HOSTILE_FILES: readonly HostileFile[] = [
  file('an SVG with script', 'dessin.svg', 'image/svg+xml', SVG, UNKNOWN, 'dessin.svg.bin'),
  file('an SVG called PNG', 'dessin.png', 'image/png', SVG, UNKNOWN, 'dessin.png'),
  file('an SVG behind a mark', 'x.svgz', 'image/svg+xml', `\ufeff \n${SVG}`, UNKNOWN, 'x.svgz.bin'),
  file('HTML', 'page.html', 'text/html', HTML, UNKNOWN, 'page.html.bin'),
  file('HTML called JPEG', 'photo.jpg', 'image/jpeg', HTML, UNKNOWN, 'photo.jpg'),
  file('HTML after words', 'lettre.htm', 'text/html', `Bonjour ${HTML}`, 'text/plain', 'lettre.htm.bin'),
  file('HTML in UTF-16', 'utf16.html', 'text/html', Buffer.from(`\ufeff${HTML}`, 'utf16le'), UNKNOWN, 'utf16.html.bin'),
  file(
    'HTML in UTF-7',
    'utf7.txt',
    'text/html; charset=utf-7',
    '+ADw-script+AD4-alert(1)+ADw-/script+AD4-',
    'text/plain',
    'utf7.txt',
  ),
  file(
    'XHTML',
    'page.xhtml',
    'application/xhtml+xml',
    `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><script>${RUN}</script></html>`,
    UNKNOWN,
    'page.xhtml.bin',
  ),
  file(
    'XML with a style',
    'a.xml',
    'text/xml',
    `<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="#"?><x/>`,
    UNKNOWN,
    'a.xml.bin',
  ),
  file(
    'an MHTML archive',
    'a.mht',
    'multipart/related',
    `MIME-Version: 1.0\nContent-Type: text/html\n\n${HTML}`,
    'text/plain',
    'a.mht.bin',
  ),
  file('a PDF with script', 'releve.pdf', 'application/pdf', PDF, 'application/pdf', 'releve.pdf'),
  file('a PDF that is HTML', 'lettre.pdf', 'application/pdf', `${HTML}${PDF}`, UNKNOWN, 'lettre.pdf'),
  file('a GIF that is script', 'image.gif', 'image/gif', `GIF89a=1;${RUN}`, 'image/gif', 'image.gif'),
  file('a GIF that is HTML', 'image.html', 'text/html', `GIF89a${HTML}`, 'image/gif', 'image.html.bin'),
  file(
    'a JPEG that is HTML',
    'p.jpeg',
    'text/html',
    Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xfe]), Buffer.from(HTML)]),
    'image/jpeg',
    'p.jpeg',
  ),
  file('a WAV that is script', 's.js', 'text/javascript', `RIFF=1;/*WAVE*/${RUN}`, 'text/plain', 's.js.bin'),
  file('script', 'a.js', 'text/javascript', RUN, 'text/plain', 'a.js.bin'),
  file('a style sheet', 'a.css', 'text/css', '*{display:none}', 'text/plain', 'a.css.bin'),
  file('a program', 'photo.jpg.exe', 'image/jpeg', 'MZ\x90\x00', UNKNOWN, 'photo.jpg.exe.bin'),
  file('a double extension', 'photo.jpg.html', 'image/jpeg', HTML, UNKNOWN, 'photo.jpg.html.bin'),
  file('a path', '../../../etc/passwd', 'text/plain', 'root:x', 'text/plain', 'passwd'),
  file('a path of Windows', '..\\..\\windows\\system32\\a.dll', 'text/plain', 'MZ\x00', UNKNOWN, 'a.dll'),
  file('a path, escaped', '..%2f..%2fetc%2fpasswd', 'text/plain', 'root:x', 'text/plain', '%2f..%2fetc%2fpasswd'),
  file('a name from right to left', 'photo\u202egpj.exe', 'image/jpeg', 'MZ\x00', UNKNOWN, 'photogpj.exe.bin'),
  file('a name with a header in it', 'a";filename="b.html', 'text/html', HTML, UNKNOWN, 'a%22;filename=%22b.html.bin'),
  file('a name that is nothing', '..', 'text/plain', 'x', 'text/plain', 'file'),
  file('a picture of 50,000 × 50,000 pixels', 'grand.png', 'image/png', hugePng(50_000), 'image/png', 'grand.png'),
  file('a zip of 64 MB of zeros', 'bombe.zip', 'application/zip', zipBomb(), UNKNOWN, 'bombe.zip'),
  file('the EICAR test file', 'eicar.com', 'text/plain', EICAR, 'text/plain', 'eicar.com.bin'),
]

function file(
  what: string,
  name: string,
  claims: string,
  content: string | Buffer,
  type: string,
  saved: string,
): HostileFile {
  const bytes =
    typeof content === 'string'
      ? Buffer.from(content, /[\x80-\xff]/.test(content) && !content.includes('\ufeff') ? 'latin1' : 'utf8')
      : content
  return { what, name, claims, bytes, type, saved }
}

/** A chunk of a PNG. */
export function pngChunk(type: string, content: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), content])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(content.length)
  sum.writeUInt32BE(crc32(typed))
  return Buffer.concat([length, typed, sum])
}

function hugePng(side: number): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(side, 0)
  header.writeUInt32BE(side, 4)
  header.set([1, 0], 8)
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', header),
    pngChunk('IDAT', Buffer.from('789c0300000000001', 'hex')),
    pngChunk('IEND', Buffer.alloc(0)),
  ])
}

/** One entry that unpacks to a thousand times its size. */
function zipBomb(): Buffer {
  const packed = deflateRawSync(Buffer.alloc(64 * 1024 * 1024))
  const header = Buffer.alloc(30)
  header.write('PK\x03\x04', 'latin1')
  header.writeUInt16LE(8, 8)
  header.writeUInt32LE(packed.length, 18)
  header.writeUInt32LE(64 * 1024 * 1024, 22)
  header.writeUInt16LE(1, 26)
  return Buffer.concat([header, Buffer.from('a'), packed])
}
