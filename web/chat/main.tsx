import { render } from 'preact'
import '../ui/styles.css'
import '../conversation/styles.css'
import './chat.css'
import { languagesOf, loadSpeech } from '../languages.ts'
import { chooseLanguage, type Speech } from '../text.ts'
import { leaveQuickly, onThreeEscapes } from './leave.ts'
import { openChat } from './model/chat.ts'
import { browserWorld } from './wire/browser.ts'
import { App } from './view/App.tsx'

const PAGE = 'chat'
/** Longer away than this, in ms, and the link is doubted when the page is looked at again. */
const AWAY = 30_000

/** Opens the page: language from the address or the browser, conversation from the cookie. */
async function main(): Promise<void> {
  const languages = languagesOf(PAGE)
  const asked = new URL(location.href).searchParams.get('lang')
  const language = chooseLanguage(languages, [asked, ...navigator.languages])
  const place = document.getElementById('app')
  if (place === null) return
  const load = (language: string): Promise<Speech> => loadSpeech(language, [PAGE, 'conversation'])

  let drawn = false
  let speech: Speech | null = null
  const chat = openChat(browserWorld(), language, draw)
  const leave = (lastWord?: string): void =>
    leaveQuickly(() => chat.line.leave(), lastWord === undefined ? undefined : () => chat.line.send(lastWord))
  chat.line.start()
  speech = await load(language)
  introduce(speech)
  draw()

  function draw(): void {
    // Many frames can come at once: one drawing shows them all.
    if (drawn || speech === null) return
    drawn = true
    queueMicrotask(() => {
      drawn = false
      if (speech === null || place === null || !place.isConnected) return
      render(
        <App
          speech={speech}
          languages={languages}
          state={chat.state()}
          chat={chat}
          onLanguage={(next) => void speak(next)}
          onLeave={leave}
        />,
        place,
      )
    })
  }

  async function speak(next: string): Promise<void> {
    speech = await load(next)
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

void main()
