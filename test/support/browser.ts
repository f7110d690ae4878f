import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { expect } from 'chai'
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core'

/** Where screenshots of a run are kept; `SHOTS` names another folder (`docs/images` for the README's). */
const SHOTS = process.env['SHOTS'] ?? join('test', 'output')

// Without motion: a colour that is on its way to another is neither what a person sees nor what axe should judge.
const STILL = { reducedMotion: 'reduce', timezoneId: 'America/Toronto' } satisfies BrowserContextOptions

/** A cheap phone: 360 pixels wide. */
export const PHONE = {
  ...STILL,
  viewport: { width: 360, height: 740 },
  hasTouch: true,
  isMobile: true,
} satisfies BrowserContextOptions
export const LAPTOP = { ...STILL, viewport: { width: 1280, height: 800 } } satisfies BrowserContextOptions

/** A page that remembers what must not happen on it: errors, refused content, requests to elsewhere. */
export interface WatchedPage {
  page: Page
  /** Fails with what happened, if anything did. */
  expectClean(): void
}

/** Opens a page under watch. `origin` is the only place that it may ask. */
export async function openPage(context: BrowserContext, url: string): Promise<WatchedPage> {
  const page = await context.newPage()
  const origin = new URL(url).origin
  const troubles: string[] = []
  page.on('pageerror', (error) => troubles.push(`error: ${error.message}`))
  page.on('console', (message) => {
    // A refused request is logged by the browser itself; what it was about is judged by the test.
    if (message.type() === 'error' && !/Failed to load resource|WebSocket connection/.test(message.text()))
      troubles.push(`console: ${message.text()}`)
  })
  page.on('request', (request) => {
    const to = new URL(request.url())
    if (/^(https?|wss?):$/.test(to.protocol) && to.host !== new URL(origin).host)
      troubles.push(`request to ${to.origin}`)
  })
  await page.goto(url)
  return { page, expectClean: () => expect(troubles, 'what went wrong on the page').to.deep.equal([]) }
}

/** axe's verdict by WCAG 2.2 AA; fails with rule and element. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
    .analyze()
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => String(target)).join(' ')}`),
  ).to.deep.equal([])
}

/** Keeps a screenshot for a person to look at. */
export async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync(SHOTS, { recursive: true })
  await page.screenshot({ path: join(SHOTS, `${name}.png`) })
}
