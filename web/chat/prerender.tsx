import { renderToString } from 'preact-render-to-string'
import { languagesOf, loadWords } from '../languages.ts'
import { speech, type Words } from '../text.ts'
import { PAGE_FILES, PLACE_ID, WORDS_ID, type FirstPage } from './firstPage.ts'
import { openChat } from './model/chat.ts'
import { App } from './view/App.tsx'
import type { World } from './wire/world.ts'

/** One first HTML: for a language, and for somebody new or somebody who comes back. */
export interface Prerendered {
  language: string
  newcomer: boolean
  html: string
}

/**
 * Draws the page's first HTML from the built `index.html`, for each language and both kinds of visitor.
 * Run once, by the build.
 */
export async function prerender(template: string): Promise<Prerendered[]> {
  const pages = await Promise.all(
    languagesOf(PAGE_FILES[0]).flatMap((language) =>
      [true, false].map(async (newcomer) => ({ language, newcomer, files: await wordsOf(language, newcomer) })),
    ),
  )
  return pages.map((page) => ({ language: page.language, newcomer: page.newcomer, html: fill(template, page) }))
}

/** The page's own words, and the assistant's first ones where they are shown. */
async function wordsOf(language: string, newcomer: boolean): Promise<Record<string, Words>> {
  const words = await loadWords(language, PAGE_FILES)
  if (!newcomer) return words
  const { onboarding } = await loadWords(language, ['onboarding'])
  return { ...words, onboarding: { welcome: onboarding?.['welcome'] ?? '' } }
}

function fill(template: string, page: FirstPage): string {
  const speaking = speech(page.language, page.files)
  const nothing = (): void => {}
  const chat = openChat(nowhere, page.language, nothing)
  const view = (
    <App
      speech={speaking}
      languages={languagesOf(PAGE_FILES[0])}
      newcomer={page.newcomer}
      state={chat.state()}
      chat={chat}
      onLanguage={nothing}
      onLeave={nothing}
    />
  )
  // `<` is written otherwise, so that nothing in a text can end the element.
  const words = JSON.stringify(page).replaceAll('<', '\\u003c')
  return replaceEach(
    [
      [/<html[^>]*>/, `<html lang="${page.language}" dir="${speaking.direction}">`],
      [/<title>[^<]*<\/title>/, `<title>${escape(speaking.say('chat:pageTitle'))}</title>`],
      [
        /<div id="app"><\/div>/,
        `<div id="${PLACE_ID}">${renderToString(view)}</div>\n    <script type="application/json" id="${WORDS_ID}">${words}</script>`,
      ],
    ],
    template,
  )
}

/** Each is replaced; a template that lacks one is another page than this was written for. */
function replaceEach(changes: readonly (readonly [RegExp, string])[], template: string): string {
  let html = template
  for (const [from, to] of changes) {
    if (!from.test(html)) throw new Error(`the built page has no ${String(from)}`)
    html = html.replace(from, () => to)
  }
  return html
}

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

/** A browser without network, storage or time: a page is drawn, nothing happens. */
const nowhere: World = {
  origin: '',
  fetch: () => Promise.reject(new Error('the page is only drawn')),
  connect: () => ({ send() {}, close() {} }),
  later: () => () => {},
  now: () => 0,
  chance: () => 0,
  newId: () => '',
  networkUp: () => false,
  unsent: { load: () => [], save() {} },
  device: { isShared: () => false, share() {} },
  held: null,
}
