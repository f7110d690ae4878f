import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { ServerResponse } from 'node:http'
import type { Settings } from '../services/platform/settings.ts'
import { shippedLanguage } from '../services/locales/index.ts'
import { notFound } from '../services/platform/errors.ts'
import { readVisitorCookie } from '../services/visitors/index.ts'
import { pickLanguage } from './errors.ts'
import { route, type Answer, type Call, type Route } from './route.ts'
import { z } from 'zod'
import { firstPageFile, WEB_DIST } from './webBuild.ts'

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
}

interface Page {
  type: string
  plain: Buffer
  br?: Buffer
  gz?: Buffer
}

/**
 * The pages' policy: everything comes from here, nothing inline, nothing framed. The socket's origin
 * is named because older Safari does not take 'self' for it. `framedBy`: the origins whose pages may hold it.
 */
export function pagePolicy(publicUrl: string, framedBy: readonly string[] = []): string {
  const socket = new URL(publicUrl).origin.replace(/^http/, 'ws')
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `connect-src 'self' ${socket}`,
    "img-src 'self' blob: data:",
    "media-src 'self' blob:",
    "font-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${framedBy.length === 0 ? "'none'" : framedBy.join(' ')}`,
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ')
}

/** The built pages, read into memory once: two pages and their assets. */
export async function pageRoutes({ publicUrl, embedOrigins }: Settings): Promise<Route[]> {
  const pages = await loadPages()
  const policy = pagePolicy(publicUrl)
  const secure = publicUrl.startsWith('https:')
  const show = async (
    call: Call<unknown, unknown, unknown>,
    name: string,
    { policy: its = policy, varies = [] }: { policy?: string; varies?: string[] } = {},
  ): Promise<Answer> =>
    write(call, pages.get(name), {
      'content-security-policy': its,
      'cache-control': 'no-cache',
      vary: ['accept-encoding', ...varies].join(', '),
    })
  const desk = async (call: Call<unknown, unknown, unknown>): Promise<Answer> => show(call, 'desk/index.html')
  return [
    route({
      method: 'GET',
      path: '/',
      summary: "The newcomer's page",
      who: 'anyone',
      query: z.looseObject({ lang: z.unknown().optional() }),
      async handle(call) {
        const { headers } = call.request
        const language = shippedLanguage(call.query.lang) ?? pickLanguage(headers['accept-language'])
        const newcomer = readVisitorCookie(headers.cookie, secure) === undefined
        return show(call, firstPageFile(language, newcomer), { varies: ['accept-language', 'cookie'] })
      },
    }),
    route({
      method: 'GET',
      path: '/embed',
      summary: "The newcomer's page in a frame of a site of `EMBED_ORIGINS`",
      who: 'anyone',
      query: z.looseObject({ lang: z.unknown().optional() }),
      async handle(call) {
        if (embedOrigins.length === 0) throw notFound()
        const language = shippedLanguage(call.query.lang) ?? pickLanguage(call.request.headers['accept-language'])
        return show(call, firstPageFile(language, true), {
          policy: pagePolicy(publicUrl, embedOrigins),
          varies: ['accept-language'],
        })
      },
    }),
    route({
      method: 'GET',
      path: '/embed.js',
      summary: 'The script with which a site embeds the page',
      who: 'anyone',
      query: z.looseObject({}),
      handle: (call) =>
        write(call, pages.get('embed.js'), {
          'cache-control': 'public, max-age=3600',
          'cross-origin-resource-policy': 'cross-origin',
        }),
    }),
    route({
      method: 'GET',
      path: '/desk',
      summary: "The agents' desk",
      who: 'anyone',
      query: z.looseObject({}),
      handle: desk,
    }),
    route({
      method: 'GET',
      path: '/desk/*',
      summary: 'The desk at one of its places, which the page reads from the address: a conversation, the team',
      who: 'anyone',
      params: z.looseObject({}),
      query: z.looseObject({}),
      handle: desk,
    }),
    route({
      method: 'GET',
      path: '/assets/:file',
      summary: 'A script, style or image of the pages; its name changes with its content',
      who: 'anyone',
      params: z.object({ file: z.string().max(200) }),
      query: z.looseObject({}),
      handle: (call) =>
        write(call, pages.get(`assets/${call.params.file}`), {
          'cache-control': 'public, max-age=31536000, immutable',
        }),
    }),
    route({
      method: 'GET',
      path: '/favicon.ico',
      summary: 'The icon that browsers ask for by themselves',
      who: 'anyone',
      query: z.looseObject({}),
      handle: (call) => write(call, pages.get('icon.svg'), { 'cache-control': 'public, max-age=86400' }),
    }),
  ]
}

async function write(
  call: Call<unknown, unknown, unknown>,
  page: Page | undefined,
  headers: Record<string, string>,
): Promise<Answer> {
  if (page === undefined) throw notFound()
  const { response, request } = call
  const accepted = String(request.headers['accept-encoding'] ?? '')
  const encoded: [string, Buffer] | undefined =
    page.br !== undefined && /\bbr\b/.test(accepted)
      ? ['br', page.br]
      : page.gz !== undefined && /\bgzip\b/.test(accepted)
        ? ['gzip', page.gz]
        : undefined
  setHeaders(response, {
    vary: 'accept-encoding',
    ...headers,
    'content-type': page.type,
    ...(encoded === undefined ? {} : { 'content-encoding': encoded[0] }),
  })
  const bytes = encoded?.[1] ?? page.plain
  response.writeHead(200, { 'content-length': bytes.length }) // restify's own returns nothing to chain on
  response.end(bytes)
  return 'answered'
}

function setHeaders(response: ServerResponse, headers: Record<string, string>): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
}

async function loadPages(): Promise<Map<string, Page>> {
  if (!existsSync(WEB_DIST)) return new Map() // not built: the API alone answers
  const entries = await readdir(WEB_DIST, { recursive: true, withFileTypes: true })
  const files = new Map<string, Buffer>()
  for (const entry of entries) {
    if (!entry.isFile() || entry.name.startsWith('.')) continue
    const path = join(entry.parentPath, entry.name)
    files.set(
      path
        .slice(WEB_DIST.length + 1)
        .replaceAll('\\', '/')
        .replace(/^web\//, ''),
      await readFile(path),
    )
  }
  const pages = new Map<string, Page>()
  for (const [name, plain] of files) {
    const type = TYPES[extname(name)]
    if (type === undefined) continue
    const br = files.get(`${name}.br`)
    const gz = files.get(`${name}.gz`)
    pages.set(name, { type, plain, ...(br === undefined ? {} : { br }), ...(gz === undefined ? {} : { gz }) })
  }
  return pages
}
