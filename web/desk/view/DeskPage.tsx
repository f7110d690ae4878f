import { useEffect, useRef, useState } from 'preact/hooks'
import { Banners } from './Banners.tsx'
import { useScene } from './context.ts'
import { ConversationPane } from './ConversationPane.tsx'
import { Lists } from './Lists.tsx'
import { QuestionsPane } from './QuestionsPane.tsx'
import { SidePane } from './SidePane.tsx'
import { TeamPane } from './TeamPane.tsx'
import { TopBar } from './TopBar.tsx'

/**
 * The desk: lists, conversation, file. On a narrow screen one of them at a time; which one is
 * `data-shows`, and the style sheet does the rest.
 */
export function DeskPage() {
  const { state, words } = useScene()
  const { place, open } = state
  const [beside, showBeside] = useState(false)
  const openId = open?.id ?? null
  const beforeRef = useRef<string | null>(null)
  const [begun, begin] = useState(false)

  useEffect(() => {
    showBeside(false)
    // Back in the lists the keyboard is where it left them.
    if (openId === null && beforeRef.current !== null) {
      const card = [...document.querySelectorAll<HTMLElement>('[data-conversation]')].find(
        (one) => one.dataset['conversation'] === beforeRef.current,
      )
      ;(card ?? document.getElementById('main'))?.focus()
    }
    beforeRef.current = openId
    begin(true)
  }, [openId])

  const shows = place.at === 'conversation' ? (beside ? 'file' : 'talk') : place.at
  return (
    <div class="desk" data-shows={shows}>
      <a class="skip" href="#main">
        {words.say('skip')}
      </a>
      <TopBar />
      <Banners />
      <main class="columns">
        <h1 class="only-read">{words.say('title')}</h1>
        {place.at !== 'team' && place.at !== 'questions' && <Lists />}
        <div id="main" class="middle" tabIndex={-1}>
          {place.at === 'team' && <TeamPane />}
          {place.at === 'questions' && <QuestionsPane />}
          {place.at === 'people' && <p class="nobody">{words.say('conversation.none')}</p>}
          {open !== null && (
            <ConversationPane key={open.id} open={open} takesFocus={begun} showFile={() => showBeside(true)} />
          )}
        </div>
        {open !== null && <SidePane key={open.id} open={open} leave={() => showBeside(false)} />}
      </main>
    </div>
  )
}
