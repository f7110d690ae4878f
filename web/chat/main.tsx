import { hydrate, render } from 'preact'
import '../ui/styles.css'
import '../conversation/styles.css'
import './chat.css'
import { languagesOf, loadSpeech } from '../languages.ts'
import { speech as speechOf, type Speech } from '../text.ts'
import { PAGE_FILES, PLACE_ID, readFirstPage } from './firstPage.ts'
import { isEmbedded, openHost } from './host.ts'
import { leaveQuickly, NEUTRAL_PAGE, onThreeEscapes } from './leave.ts'
import { openChat } from './model/chat.ts'
import { browserWorld } from './wire/browser.ts'
import { App } from './view/App.tsx'

/** Longer away than this, in ms, and the link is doubted when the page is looked at again. */
const AWAY = 30_000

/** Takes over the page that the server has drawn, in its language; the conversation comes from the cookie. */
function main(): void {
  const languages = languagesOf(PAGE_FILES[0])
  const place = document.getElementById(PLACE_ID)
  if (place === null) return
  const first = readFirstPage(document)
  // What was typed while the script was on its way is the person's: it stays.
  const typedAlready = place.querySelector('textarea')?.value ?? ''

  let speech: Speech = speechOf(first.language, first.files)
  let drawn = false
  let ready = false
  const host = isEmbedded() ? openHost((next) => void (languages.includes(next) && speak(next))) : null
  const world = browserWorld(host !== null)
  const chat = openChat(world, first.language, draw)
  const leave = (lastWord?: string): void => {
    const said = lastWord === undefined ? undefined : () => chat.line.send(lastWord)
    if (host === null) leaveQuickly(chat.leave, said)
    else leaveQuickly(chat.leave, said, () => host.leave(NEUTRAL_PAGE))
  }
  hydrate(view(), place)
  ready = true
  document.documentElement.dataset['ready'] = '' // from here on what is pressed is heard
  chat.line.start()
  host?.ready()

  function view() {
    return (
      <App
        speech={speech}
        languages={languages}
        newcomer={first.newcomer}
        state={chat.state()}
        chat={chat}
        startText={typedAlready}
        onLanguage={(next) => void speak(next)}
        onLeave={leave}
        onSharedDevice={(shared) => chat.line.share(shared)}
      />
    )
  }

  function draw(): void {
    // Many frames can come at once: one drawing shows them all.
    if (drawn || !ready) return
    drawn = true
    queueMicrotask(() => {
      drawn = false
      host?.log(chat.state().log)
      if (place !== null && place.isConnected) render(view(), place)
    })
  }

  async function speak(next: string): Promise<void> {
    speech = await loadSpeech(next, PAGE_FILES)
    chat.line.speak(next)
    const address = new URL(location.href)
    address.searchParams.set('lang', next)
    history.replaceState(null, '', address) // so that a reload keeps the choice
    introduce(speech)
    draw()
    // Whoever answers should follow: they are told in words, as the person would.
    if (chat.state().log.length > 0) chat.line.send(speech.say('chat:speakThis'))
  }

  onThreeEscapes(() => leave())
  window.addEventListener('online', () => chat.line.wake())
  let hiddenAt = 0
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') hiddenAt = Date.now()
    else if (Date.now() - hiddenAt > AWAY) chat.line.wake()
  })
}

function introduce(speech: Speech): void {
  document.documentElement.lang = speech.language
  document.documentElement.dir = speech.direction
  document.title = speech.say('chat:pageTitle')
}

main()
