import { useEffect, useRef, useState } from 'preact/hooks'
import type { ConversationCard } from '../../../api/types.ts'
import { Button } from '../../ui/Button.tsx'
import type { OpenConversation } from '../model/state.ts'
import { Confirm } from './Confirm.tsx'
import { useScene } from './context.ts'
import { channelName, personName, regionName } from './person.ts'
import { languageName } from './times.ts'

/** Who the person is, who answers them now, and what this agent may do about it. */
export function ConversationHead(props: {
  open: OpenConversation
  card: ConversationCard | null
  /** Somebody chose it just now; it was not there when the page loaded. */
  takesFocus: boolean
  showFile: () => void
}) {
  const { desk, state, words } = useScene()
  const [closing, ask] = useState(false)
  const { card } = props
  const [takesFocus] = useState(props.takesFocus)
  const title = useRef<HTMLHeadingElement>(null)

  useEffect(() => {
    // Who chose a card is taken to it; who loaded the page starts at its top.
    if (takesFocus) title.current?.focus()
  }, [takesFocus])

  const may = props.open.view?.may
  const held = card !== null && card.heldBy !== null
  return (
    <header class="talk-head">
      <div class="talk-ways">
        <Button kind="quiet" size="small" class="back back-to-lists" onClick={() => desk.go({ at: 'people' })}>
          {words.say('conversation.back')}
        </Button>
        <Button size="small" icon="file" class="show-file" onClick={props.showFile}>
          {words.say('conversation.showFile')}
        </Button>
      </div>
      <div class="talk-who">
        <h2 id="talk-title" ref={title} tabIndex={-1} dir="auto">
          {personName(words, card)}
        </h2>
        {card !== null && (
          <p class="quiet">
            {[
              languageName(words.language, card.language),
              channelName(words, card.channel),
              card.region === null ? '' : regionName(words, card.region),
              holderText(),
            ]
              .filter((part) => part !== '')
              .join(' · ')}
          </p>
        )}
      </div>
      {may !== undefined && (
        <div class="buttons">
          {may.take && (
            <Button kind="primary" disabled={state.busy} onClick={() => void desk.take()}>
              {words.say(held ? 'conversation.stepIn' : 'conversation.take')}
            </Button>
          )}
          {may.handBack && (
            <Button disabled={state.busy} onClick={() => void desk.handBack()}>
              {words.say('conversation.handBack')}
            </Button>
          )}
          {may.close && (
            <Button disabled={state.busy} onClick={() => ask(true)}>
              {words.say('conversation.close')}
            </Button>
          )}
        </div>
      )}
      {closing && (
        <Confirm
          title={words.say('conversation.closeTitle')}
          text={words.say('conversation.closeText')}
          yes={words.say('conversation.closeYes')}
          confirmed={() => void desk.close()}
          left={() => ask(false)}
        />
      )}
    </header>
  )

  function holderText(): string {
    const holder = card?.heldBy
    if (holder === undefined || holder === null) return words.say(`mode.${card?.mode ?? 'bot'}`)
    if (may?.write === true) return words.say('conversation.withYou')
    return words.say('conversation.with', { name: holder.name })
  }
}
