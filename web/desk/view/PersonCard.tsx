import type { ConversationCard } from '../../../api/types.ts'
import { CardButton } from './CardButton.tsx'
import { useScene } from './context.ts'
import { personName, regionName } from './person.ts'
import { ago, languageName } from './times.ts'

/** Somebody this agent holds or accompanies: what they wait for, and what nobody has read. */
export function PersonCard({ card, now }: { card: ConversationCard; now: number }) {
  const { state, words } = useScene()
  const me = state.session.status === 'signedIn' ? state.session.me.agent.id : null
  const danger = card.handoff?.priority === 0 && card.handoff.reason === 'danger'
  return (
    <CardButton id={card.id} danger={danger}>
      <span class="card-top">
        <span class="card-name" dir="auto">
          {personName(words, card)}
        </span>
        <span class="card-time">{ago(words.language, card.lastMessageAt, now)}</span>
      </span>
      <span class="tags">
        {danger && <span class="tag tag-danger">{words.say('reason.danger')}</span>}
        <span class={card.waitsFor === 'agent' ? 'tag tag-calls' : 'tag'}>
          {words.say(`waitsFor.${card.waitsFor}`)}
        </span>
        {card.heldBy?.id !== me && <span class="tag">{words.say(`mode.${card.mode}`)}</span>}
        <span class="tag">{languageName(words.language, card.language)}</span>
        {card.region !== null && <span class="tag">{regionName(words, card.region)}</span>}
        {card.unread > 0 && <span class="unread">{words.say('people.unread', { count: card.unread })}</span>}
      </span>
    </CardButton>
  )
}
