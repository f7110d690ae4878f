import { useSpeech } from '../../ui/speech.tsx'
import { MessageText } from '../../conversation/MessageText.tsx'

/** What the assistant says first, as it will stand in the log: there to be read before the log has come. */
export function FirstWords() {
  const { language, say } = useSpeech()
  return (
    <div class="first-words">
      <p class="day">
        <span>{say('conversation:today')}</span>
      </p>
      <article class="message message-other by-bot">
        <header class="message-head">
          <span class="message-author" dir="auto">
            {say('conversation:author.bot')}
          </span>
        </header>
        <div class="bubble">
          <MessageText text={say('onboarding:welcome')} language={language} />
        </div>
      </article>
    </div>
  )
}
