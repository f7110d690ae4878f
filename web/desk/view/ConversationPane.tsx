import { useEffect, useRef } from 'preact/hooks'
import { Composer } from '../../conversation/Composer.tsx'
import { Transcript } from '../../conversation/Transcript.tsx'
import { cardOf } from '../model/selectors.ts'
import type { OpenConversation } from '../model/state.ts'
import { useScene } from './context.ts'
import { ConversationHead } from './ConversationHead.tsx'
import { personName } from './person.ts'
import { shown } from './shown.ts'
import { dayAndHour } from './times.ts'

/** The middle: who it is, what was said, and where the agent writes. */
export function ConversationPane(props: {
  open: OpenConversation
  /** Somebody chose it just now; it was not there when the page loaded. */
  takesFocus: boolean
  showFile: () => void
}) {
  const { desk, state, words } = useScene()
  const { open } = props
  const { id, view } = open
  const box = useRef<HTMLTextAreaElement>(null)
  const card = cardOf(state, id)
  const name = personName(words, card)
  const me = state.session.status === 'signedIn' ? state.session.me.agent : null
  const mayWrite = view?.may.write === true
  const reach = view?.reach

  useEffect(() => {
    // The button that was pressed to take it has gone: writing is what comes next.
    if (mayWrite && document.activeElement === document.body) box.current?.focus()
  }, [mayWrite])

  return (
    <section class="talk" aria-labelledby="talk-title">
      <ConversationHead open={open} card={card} takesFocus={props.takesFocus} showFile={props.showFile} />
      <Transcript
        messages={shown(open.messages, state.pending, id, me, words, view?.deliveries)}
        me={{ side: 'team', ...(me === null ? {} : { agentId: me.id }) }}
        language={card?.language ?? words.language}
        loading={!open.loaded}
        hasOlder={open.older}
        loadingOlder={open.loadingOlder}
        onOlder={() => void desk.screen.older()}
        typing={typingNow(open, name, view?.card.heldBy?.name ?? null)}
        emptyText={words.say('conversation.empty')}
        {...(mayWrite
          ? { onSendAgain: ({ id: message }: { id: string }) => void desk.screen.sendAgain(id, message) }
          : {})}
        onRetry={({ clientMessageId }) => {
          if (clientMessageId !== undefined) desk.outbox.retry(clientMessageId)
        }}
        onDiscard={({ clientMessageId }) => {
          if (clientMessageId !== undefined) desk.outbox.drop(clientMessageId)
        }}
      />
      {mayWrite && reach?.refusal !== undefined && <p class="read-only">{words.say(`reach.${reach.refusal}`)}</p>}
      {mayWrite && reach?.refusal === undefined && reach?.until !== undefined && (
        <p class="quiet reach">{words.say('reach.until', { time: dayAndHour(words.language, reach.until) })}</p>
      )}
      {mayWrite && (
        <Composer
          inputRef={box}
          placeholder={words.say('conversation.placeholder', { name })}
          draft={state.drafts[id] ?? ''}
          onDraft={(text) => desk.store.tell({ type: 'drafted', conversationId: id, text })}
          onTyping={() => desk.screen.typing()}
          onSend={(text) => desk.outbox.write(id, text)}
        />
      )}
      {view !== null && !mayWrite && (
        <p class="read-only">
          {view.card.heldBy !== null
            ? words.say('conversation.readOnlyHeld', { name: view.card.heldBy.name })
            : words.say(view.may.take ? 'conversation.readOnly' : 'conversation.readOnlyEver')}
        </p>
      )}
    </section>
  )
}

function typingNow(
  open: OpenConversation,
  name: string,
  holder: string | null,
): { author: 'newcomer' | 'agent'; name?: string } | null {
  if (open.typing === null) return null
  if (open.typing === 'newcomer') return { author: 'newcomer', name }
  return { author: 'agent', ...(holder === null ? {} : { name: holder }) }
}
