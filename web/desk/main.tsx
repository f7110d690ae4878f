import { render } from 'preact'
import { languagesOf, loadSpeech } from '../languages.ts'
import { chooseLanguage, directionOf } from '../text.ts'
import { browserWorld } from './browser.ts'
import { addressOf, placeAt, signInToken } from './model/place.ts'
import { App } from './view/App.tsx'
import { keptLanguage, keepLanguage } from './keptLanguage.ts'
import { desk } from './work/desk.ts'
import './styles.css'

/** The files of `locales/` that the desk speaks from; the file's answers are named by their dialog. */
const files = ['desk', 'conversation', 'onboarding']

const languages = languagesOf('desk')
const box = document.getElementById('desk')
let language = chooseLanguage(languages, [keptLanguage(), ...navigator.languages])

const token = signInToken(location.hash)
// Before anything else: a link in the address bar is a link in the history, and over a shoulder.
if (token !== null) history.replaceState(null, '', location.pathname)

const atWork = desk(browserWorld(() => language))

async function show(): Promise<void> {
  if (box === null) return
  const speech = await loadSpeech(language, files)
  document.documentElement.lang = language
  document.documentElement.dir = directionOf(language)
  const changeLanguage = (chosen: string): void => {
    language = chosen
    keepLanguage(chosen)
    void show()
  }
  render(<App desk={atWork} speech={speech} languages={languages} changeLanguage={changeLanguage} />, box)
}

atWork.store.listen(() => {
  const address = addressOf(atWork.store.state().place)
  if (address !== location.pathname) history.pushState(null, '', address)
})
addEventListener('popstate', () => atWork.go(placeAt(location.pathname)))
addEventListener('online', () => atWork.wake())
addEventListener('focus', () => atWork.wake())
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') atWork.wake()
})
addEventListener('beforeunload', (event) => {
  // What has not left yet would be lost with the page.
  if (atWork.store.state().pending.length > 0) event.preventDefault()
})

await Promise.all([show(), atWork.start(token, placeAt(location.pathname))])
