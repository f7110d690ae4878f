import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Button } from '../ui/Button.tsx'
import { useSpeech } from '../ui/speech.tsx'
import { Bubble } from './Bubble.tsx'
import { Choices } from './Choices.tsx'
import { Delivery, ProviderState } from './Delivery.tsx'
import { ChangeAnswer } from './ChangeAnswer.tsx'
import { answersToChange, isOwn, keyOf, type Choice, type Reader, type TranscriptMessage } from './message.ts'
import { dayName, daysAgo } from './times.ts'
import { Typing, type TypingNow } from './Typing.tsx'
import { HOLD, useStickToEnd } from './useStickToEnd.ts'

export interface TranscriptProps {
  /** Oldest first; what is being sent comes last. */
  messages: TranscriptMessage[]
  me: Reader
  /** The language the conversation is in. */
  language: string
  hasOlder: boolean
  /** Older messages are on their way. */
  loadingOlder?: boolean
  onOlder: () => void
  typing?: TypingNow | null
  /** Shown while there is no message; none while they load. */
  emptyText?: string
  /** The first messages have not come yet: nothing is spoken until they are there. */
  loading?: boolean
  /** Own messages up to this position have been read by the other side. */
  readUpTo?: number
  /** With it, the choices of the last message are buttons; without, they are shown as what was proposed. */
  onChoose?: (choice: Choice) => void
  /** With it, an answer of one's own can be tapped to change it; called with what one says to do so. */
  onChange?: (words: string) => void
  onRetry?: (message: TranscriptMessage) => void
  onDiscard?: (message: TranscriptMessage) => void
  /** With it, a message that a provider refused, or may have lost, can be sent again. */
  onSendAgain?: (message: TranscriptMessage) => void
  /** Above the first message, when the beginning is on screen. */
  children?: ComponentChildren
}

/** A conversation, as its newcomer or an agent reads it. */
export function Transcript(props: TranscriptProps) {
  const { messages, me, language, hasOlder, loadingOlder = false, loading = false, typing = null } = props
  const { language: pageLanguage, say } = useSpeech()
  const last = messages.at(-1)
  const choices = last?.choices ?? []
  const end = `${last === undefined ? '' : keyOf(last)} ${typing?.author ?? ''}`
  const first = messages[0]
  const { scrollerRef, below, onScroll, toEnd } = useStickToEnd(
    first && keyOf(first),
    end,
    last !== undefined && isOwn(last, me),
  )
  const isNews = useNews(messages, loading)
  const lastOwnAt = messages.findLastIndex((message) => isOwn(message, me))
  const lastOwn = messages[lastOwnAt]
  const changes = props.onChange === undefined ? null : answersToChange(messages, me)
  // What is urgent and not answered yet: the numbers must not scroll away under what is said after them.
  const hold = messages.find((message, index) => index > lastOwnAt && message.urgent === true)

  return (
    <div class="transcript">
      <section
        class="transcript-scroll"
        ref={scrollerRef}
        onScroll={onScroll}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard (WCAG 2.1.1)
        tabIndex={0}
        aria-label={say('conversation:transcript')}
      >
        <div class="transcript-inner">
          {hasOlder ? (
            <Button kind="quiet" icon="up" class="older" disabled={loadingOlder} onClick={props.onOlder}>
              {say(loadingOlder ? 'conversation:olderLoading' : 'conversation:older')}
            </Button>
          ) : (
            props.children
          )}
          {messages.length === 0 && !loading && props.emptyText !== undefined && (
            <p class="transcript-empty">{props.emptyText}</p>
          )}
          <div
            role="log"
            aria-live={loading || loadingOlder ? 'off' : 'polite'}
            aria-relevant="additions"
            aria-busy={loading || loadingOlder}
            aria-label={say('conversation:log')}
          >
            <ol class="messages">
              {messages.map((message, index) => (
                <li key={keyOf(message)} {...(message === hold ? { [HOLD]: keyOf(message) } : {})}>
                  {startsDay(message, messages[index - 1]) && (
                    <p class="day">
                      <span>{dayWords(pageLanguage, message.at, say)}</span>
                    </p>
                  )}
                  <Bubble
                    message={message}
                    me={me}
                    language={language}
                    alerting={message.urgent === true && isNews(message)}
                  >
                    {message === last && choices.length > 0 && (
                      <p class={props.onChoose === undefined ? 'choices-shown' : 'visually-hidden'}>
                        {say('conversation:choicesAre', { list: choices.map((choice) => choice.title).join(' · ') })}
                      </p>
                    )}
                    <ChangeAnswer words={changes?.get(message)} onChange={props.onChange} />
                    <ProviderState message={message} onSendAgain={props.onSendAgain} />
                    {message.provider === undefined &&
                      isOwn(message, me) &&
                      (message === lastOwn || message.pending !== undefined) && (
                        <Delivery
                          message={message}
                          read={
                            message.pending === undefined && message.seq > 0 && message.seq <= (props.readUpTo ?? 0)
                          }
                          onRetry={props.onRetry}
                          onDiscard={props.onDiscard}
                        />
                      )}
                  </Bubble>
                </li>
              ))}
            </ol>
          </div>
          <Typing now={typing} />
          {props.onChoose !== undefined && <Choices items={choices} onChoose={props.onChoose} />}
        </div>
      </section>
      {below && (
        <Button kind="primary" size="small" icon="down" class="to-end" onClick={toEnd}>
          {say('conversation:newMessages')}
        </Button>
      )}
    </div>
  )
}

/** Tells a message that came while the page was open from one of the history, which is never an alarm. */
function useNews(messages: TranscriptMessage[], loading: boolean): (message: TranscriptMessage) => boolean {
  const [known, setKnown] = useState<number | null>(null)
  useEffect(() => {
    if (known === null && !loading) setKnown(Math.max(0, ...messages.map((message) => message.seq)))
  }, [known, loading, messages])
  return (message) => known !== null && message.seq > known
}

function startsDay(message: TranscriptMessage, before: TranscriptMessage | undefined): boolean {
  return before === undefined || new Date(message.at).toDateString() !== new Date(before.at).toDateString()
}

function dayWords(language: string, at: string, say: (key: string) => string): string {
  const now = new Date()
  const ago = daysAgo(at, now)
  if (ago === 0) return say('conversation:today')
  if (ago === 1) return say('conversation:yesterday')
  return dayName(language, at, now)
}
