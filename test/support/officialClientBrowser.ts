import { mkdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser } from 'playwright-core'
import { route, type Route } from '../../api/route.ts'

/**
 * Chromium from npm. It unpacks where TMPDIR says when it is first imported, into files that no second
 * account may write: hence a folder for each account. Undefined where it does not run.
 */
export async function launchBrowser(): Promise<Browser | undefined> {
  if (process.platform !== 'linux') return undefined
  const folder = join(tmpdir(), `parcours-chromium-${process.getuid?.() ?? 0}`)
  mkdirSync(folder, { recursive: true })
  const before = process.env['TMPDIR']
  process.env['TMPDIR'] = folder
  try {
    const { default: sparticuz } = await import('@sparticuz/chromium')
    const executablePath = await sparticuz.executablePath()
    // Its own list of arguments would switch the browser's security off.
    return await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] })
  } finally {
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
  }
}

const fixture = (name: string): Buffer => readFileSync(new URL(`../fixtures/webchat/${name}`, import.meta.url))

/** The strictest policy under which Web Chat works: the hash is of its one empty style element. */
export const webChatPolicy = (connectsTo: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
    `connect-src ${connectsTo} blob:`,
    "img-src 'self' blob: data:",
    'worker-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')

const PAGE = `<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Host</title><link rel="icon" href="/host/icon.png"></head>
<body><h1>Host</h1><div id="chat"></div><script src="/host/webchat.js"></script><script src="/host/page.js"></script></body></html>`

/** A site that embeds the official Web Chat, as routes that only a test serves: `/host`. */
export function hostPageRoutes(): Route[] {
  const serve = (path: string, type: string, content: Buffer | string): Route =>
    route({
      method: 'GET',
      path,
      summary: 'A page of the tests',
      who: 'anyone',
      async handle({ response }) {
        response.setHeader('content-security-policy', webChatPolicy("'self'"))
        response.setHeader('content-type', type)
        response.writeHead(200)
        response.end(content)
        return 'answered'
      },
    })
  return [
    serve('/host', 'text/html; charset=utf-8', PAGE),
    serve('/host/webchat.js', 'text/javascript', fixture('botframework-webchat-minimal.js')),
    serve('/host/page.js', 'text/javascript', fixture('page.js')),
    serve('/host/icon.png', 'image/png', ''),
  ]
}
