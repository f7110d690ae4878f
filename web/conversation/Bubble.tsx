import type { ComponentChildren } from 'preact'
import { classes } from '../ui/classes.ts'
import { Icon } from '../ui/Icon.tsx'
import { useSpeech } from '../ui/speech.tsx'
import { FileChip } from './FileChip.tsx'
import { isOnMySide, isOwn, type Reader, type TranscriptMessage } from './message.ts'
import { MessageText } from './MessageText.tsx'
import { ReadAloud } from './ReadAloud.tsx'
import { hour } from './times.ts'

export interface BubbleProps {
  message: TranscriptMessage
  me: Reader
  /** The language the conversation is in, which may not be the page's. */
  language: string
  /** It has just come and is urgent: spoken at once. */
  alerting: boolean
  /** Below the bubble: delivery, buttons. */
  children?: ComponentChildren
}

/** One message: who wrote it, when, what it says. */
export function Bubble({ message, me, language, alerting, children }: BubbleProps) {
  const speech = useSpeech()
  const author = authorName(message, me, speech.say)
  const own = isOnMySide(message, me)
  return (
    <article
      class={classes(
        'message',
        own ? 'message-own' : 'message-other',
        `by-${message.author}`,
        message.urgent === true && 'message-urgent',
      )}
    >
      <header class="message-head">
        <span class="message-author" dir="auto">
          {author}
        </span>
        <time dateTime={message.at} dir="auto">
          {hour(speech.language, message.at)}
        </time>
        {me.side === 'newcomer' && !own && message.text !== '' && <ReadAloud text={message.text} language={language} />}
      </header>
      <div class="bubble" {...(alerting ? { role: 'alert' } : {})}>
        {message.urgent === true && (
          <p class="urgent-mark">
            <Icon name="warning" />
            {speech.say('conversation:urgent')}
          </p>
        )}
        {message.text !== '' && <MessageText text={message.text} language={language} />}
        {message.files !== undefined && message.files.length > 0 && (
          <ul class="files">
            {message.files.map((file) => (
              <li key={file.id}>
                <FileChip file={file} />
              </li>
            ))}
          </ul>
        )}
      </div>
      {message.status === 'failed' && <p class="message-note">{speech.say('conversation:notUnderstood')}</p>}
      {children}
    </article>
  )
}

function authorName(message: TranscriptMessage, me: Reader, say: (key: string) => string): string {
  if (isOwn(message, me)) return say('conversation:author.you')
  if (message.author === 'agent') return message.agentName ?? say('conversation:author.agent')
  return say(`conversation:author.${message.author}`)
}
