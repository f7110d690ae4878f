import type { Words } from '../text.ts'

/** The files of `locales/` that the page speaks from. */
export const PAGE_FILES = ['chat', 'conversation'] as const

/** The element that holds the page, and the one that holds its words. */
export const PLACE_ID = 'app'
export const WORDS_ID = 'words'

/**
 * What the server's first HTML was drawn from, so that the script draws the same and takes it over. The
 * words come with it: no second request stands between the page and its use.
 */
export interface FirstPage {
  language: string
  /** Nobody has written from this browser yet. */
  newcomer: boolean
  files: Record<string, Words>
}

/** Reads it in a page. Throws when the page was not drawn by the server. */
export function readFirstPage(page: Document): FirstPage {
  const kept = page.getElementById(WORDS_ID)?.textContent
  if (kept === undefined) throw new Error('a page without its words')
  return JSON.parse(kept) as FirstPage
}
