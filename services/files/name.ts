const NAME_CHARACTERS = 120
/** Controls, and the characters that turn the direction of text ("exe.gpj" shown as "jpg.exe"). */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/**
 * A file's name as it may be kept and shown: the last part of any path, NFC, visible characters only,
 * at most 120 of them with the extension kept. Never empty: `file` when nothing is left.
 */
export function safeFileName(given: string): string {
  const last = given.slice(0, 4_000).toWellFormed().normalize('NFC').split(/[/\\]/).at(-1) ?? ''
  const clean = last
    .replace(INVISIBLE, '')
    .replace(/[<>:"|?*]/g, '_')
    .replace(/\s+/g, ' ')
    .replace(/^[. ]+|[. ]+$/g, '')
  if (clean === '') return 'file'
  const characters = Array.from(clean)
  if (characters.length <= NAME_CHARACTERS) return clean
  const extension = /\.[A-Za-z0-9]{1,8}$/.exec(clean)?.[0] ?? ''
  return (
    characters
      .slice(0, NAME_CHARACTERS - extension.length)
      .join('')
      .trimEnd() + extension
  )
}

/** Extensions that a desktop opens as a program or as a page with script. */
const ACTIVE =
  /\.(html?|xht|xhtml|shtml|mht|mhtml|svgz?|xml|xslt?|m?js|jse|css|exe|bat|cmd|com|scr|pif|cpl|msi|msc|ps1|vb[se]|ws[fh]|jar|hta|lnk|url|webloc|desktop|reg|sh|command|app|dmg|iso|apk|docm|xlsm|pptm)$/i

/** The name under which a file is downloaded: one that a double click would run gets a harmless end. */
export function downloadName(name: string): string {
  return ACTIVE.test(name) ? `${name}.bin` : name
}

/** `Content-Disposition` of a download, RFC 6266: an ASCII name for old clients and the whole name beside it. */
export function contentDisposition(name: string): string {
  const shown = downloadName(name)
  const ascii = shown
    .normalize('NFKD')
    .replace(/[^\x20-\x7e]/g, '')
    .replace(/["\\%]/g, '_')
  const encoded = encodeURIComponent(shown).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
  return `attachment; filename="${ascii === '' ? 'file' : ascii}"; filename*=UTF-8''${encoded}`
}
