import { useId, useState } from 'preact/hooks'
import { Button } from '../../ui/Button.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { LiveRegion } from '../../ui/LiveRegion.tsx'
import { useSpeech } from '../../ui/speech.tsx'
import { nativeName } from '../../text.ts'
import { NEUTRAL_PAGE } from '../leave.ts'
import type { Mode } from '../wire/activities.ts'
import { Menu, type MenuProps } from './Menu.tsx'

export interface HeaderProps extends Omit<MenuProps, 'open' | 'onClose'> {
  languages: readonly string[]
  mode: Mode
  holder: string | null
  onLanguage: (language: string) => void
  onPerson: () => void
  onLeave: () => void
}

/** The name of the place, who answers now, and the three ways out: another language, a person, away. */
export function Header({ languages, mode, holder, onLanguage, onPerson, onLeave, ...menu }: HeaderProps) {
  const { language, say } = useSpeech()
  const id = useId()
  const [menuOpen, setMenuOpen] = useState(false)
  return (
    <header class="chat-head">
      <div class="brand">
        <Emblem />
        <div class="brand-words">
          <h1>{say('chat:title')}</h1>
          <LiveRegion
            class="who"
            text={
              mode === 'human' && holder !== null ? say('chat:who.named', { name: holder }) : say(`chat:who.${mode}`)
            }
          />
        </div>
      </div>
      <div class="head-tools">
        <div class="language">
          <Icon name="language" />
          <label class="visually-hidden" for={id}>
            {say('chat:language')}
          </label>
          <select id={id} value={language} onChange={(event) => onLanguage(event.currentTarget.value)}>
            {languages.map((code) => (
              <option key={code} value={code} lang={code}>
                {nativeName(code)}
              </option>
            ))}
          </select>
        </div>
        <Button kind="quiet" icon="more" label={say('chat:menu.button')} onClick={() => setMenuOpen(true)} />
        {/* A link: it leads away before the page's script has come, too. */}
        <a
          class="button button-quiet leave"
          href={NEUTRAL_PAGE}
          rel="noreferrer"
          target="_top" // also out of the page of another site that holds this one
          title={say('chat:leave.hint')}
          onClick={(event) => {
            event.preventDefault()
            onLeave()
          }}
        >
          <Icon name="leave" />
          <span>{say('chat:leave.button')}</span>
        </a>
      </div>
      <Menu {...menu} open={menuOpen} onClose={() => setMenuOpen(false)} />
      {mode === 'bot' && (
        <Button kind="secondary" icon="person" class="person" onClick={onPerson}>
          {say('chat:person.button')}
        </Button>
      )}
    </header>
  )
}

/** A way that leads from one place to another: the product's mark. */
function Emblem() {
  return (
    <svg class="emblem" viewBox="0 0 32 32" width="40" height="40" aria-hidden="true" focusable="false">
      <rect class="emblem-ground" width="32" height="32" rx="9" />
      <path class="emblem-way" d="M9 25c0-9 13-6 13-14" />
      <circle class="emblem-goal" cx="22" cy="8.5" r="3.5" />
      <circle class="emblem-start" cx="9" cy="24.5" r="2.5" />
    </svg>
  )
}
