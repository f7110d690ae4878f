import { useRef } from 'preact/hooks'
import { Composer } from '../../conversation/Composer.tsx'
import { progressOf } from '../../conversation/message.ts'
import { Transcript } from '../../conversation/Transcript.tsx'
import { SpeechProvider } from '../../ui/speech.tsx'
import type { Speech } from '../../text.ts'
import { shown, type Chat, type ChatState } from '../model/chat.ts'
import { FirstWords } from './FirstWords.tsx'
import { Header } from './Header.tsx'
import { Introduction } from './Introduction.tsx'
import { Progress } from './Progress.tsx'
import { StatusLine } from './StatusLine.tsx'

export interface AppProps {
  speech: Speech
  languages: readonly string[]
  /** Nobody has written here yet: the assistant's first words are shown until they come. */
  newcomer: boolean
  state: ChatState
  chat: Chat
  /** What was written before the page's script had come. */
  startText?: string
  onLanguage: (language: string) => void
  /** Others use this device too: leaving forgets the conversation here, and so does closing the browser. */
  onSharedDevice?: (shared: boolean) => void
  /** Away at once; with a last word, the other side still hears it. */
  onLeave: (lastWord?: string) => void
}

/** The choice that leaves the page instead of going on; the bot offers it after the lines for danger. */
const QUICK_EXIT = 'quickExit'

/** What an HTTP status means to who wrote. */
const FAILURES: Readonly<Record<number, string>> = { 413: 'tooLarge', 429: 'tooMany' }

/** The newcomer's page: who is here, what was said, where one writes. */
export function App({ speech, languages, newcomer, state, chat, startText = '', ...props }: AppProps) {
  const { onLanguage, onLeave, onSharedDevice = () => {} } = props
  const { say, language } = speech
  const boxRef = useRef<HTMLTextAreaElement>(null)
  const messages = shown(state, (status) => say(`chat:failure.${FAILURES[status ?? 0] ?? 'refused'}`))
  const send = (text: string): void => chat.line.send(text)

  return (
    <SpeechProvider speech={speech}>
      <a
        class="skip-link"
        href="#write"
        onClick={(event) => {
          event.preventDefault()
          boxRef.current?.focus()
        }}
      >
        {say('chat:skip')}
      </a>
      <div class="chat">
        <Header
          languages={languages}
          mode={state.mode}
          holder={state.holder}
          onLanguage={onLanguage}
          onLeave={() => onLeave()}
          whole={chat.whole}
          device={state.device}
          onSharedDevice={onSharedDevice}
          onPerson={() => {
            send(say('chat:person.message'))
            boxRef.current?.focus()
          }}
        />
        <main class="chat-main">
          <Transcript
            messages={messages}
            me={{ side: 'newcomer' }}
            language={language}
            hasOlder={state.hasOlder}
            loadingOlder={state.loadingOlder}
            loading={!state.loaded}
            onOlder={chat.older}
            typing={state.typing}
            readUpTo={state.readUpTo}
            onChoose={(choice) => {
              if (choice.value === QUICK_EXIT || choice.title === say('chat:leave.button')) return onLeave(choice.title)
              send(choice.title)
              boxRef.current?.focus({ preventScroll: true })
            }}
            {...(state.mode === 'human' ? {} : { onChange: send })}
            onRetry={(message) => chat.line.retry(message.id)}
            onDiscard={(message) => chat.line.discard(message.id)}
          >
            <Introduction />
            {newcomer && messages.length === 0 && <FirstWords />}
          </Transcript>
          <div class="chat-foot" id="write">
            <StatusLine connection={state.connection} />
            <Progress at={state.mode === 'human' ? null : progressOf(messages)} />
            <Composer
              inputRef={boxRef}
              startText={startText}
              placeholder={say('chat:placeholder')}
              voice
              onSend={send}
              onFiles={(files, text) => chat.line.sendFiles(files, text)}
              onTyping={() => chat.line.typing()}
            />
          </div>
        </main>
      </div>
    </SpeechProvider>
  )
}
