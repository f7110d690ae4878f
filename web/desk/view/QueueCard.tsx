import type { ConversationCard } from '../../../api/types.ts'
import { CardButton } from './CardButton.tsx'
import { useScene } from './context.ts'
import { personName, regionName } from './person.ts'
import { ago, languageName } from './times.ts'

/** Somebody who waits: since when, in which language, why, and their last words. */
export function QueueCard({ card, now }: { card: ConversationCard; now: number }) {
  const { words } = useScene()
  const { handoff } = card
  const danger = handoff?.priority === 0
  const lastWords = handoff?.summary.lastWords ?? ''
  return (
    <CardButton id={card.id} danger={danger}>
      <span class="card-top">
        <span class="card-name" dir="auto">
          {personName(words, card)}
        </span>
        {handoff !== null && (
          <span class="card-time">
            <span class="only-read">{words.say('queue.since')} </span>
            {ago(words.language, handoff.requestedAt, now)}
          </span>
        )}
      </span>
      <span class="tags">
        {handoff !== null && (
          <span class={danger ? 'tag tag-danger' : 'tag'}>{words.say(`reason.${handoff.reason}`)}</span>
        )}
        {handoff?.priority === 1 && <span class="tag tag-urgent">{words.say('priority.urgent')}</span>}
        <span class="tag">{languageName(words.language, card.language)}</span>
        {card.region !== null && <span class="tag">{regionName(words, card.region)}</span>}
      </span>
      {lastWords !== '' && (
        <span class="card-words" dir="auto" lang={card.language}>
          {lastWords}
        </span>
      )}
    </CardButton>
  )
}
