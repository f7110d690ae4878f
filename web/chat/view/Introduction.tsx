import { Icon, type IconName } from '../../ui/Icon.tsx'
import { useSpeech } from '../../ui/speech.tsx'

const POINTS: readonly { name: string; icon: IconName }[] = [
  { name: 'write', icon: 'path' },
  { name: 'person', icon: 'person' },
  { name: 'careful', icon: 'shield' },
]

/** What to know before writing; above the first message, and gone from sight as the conversation grows. */
export function Introduction() {
  const { say } = useSpeech()
  return (
    <section class="introduction" aria-label={say('chat:introduction.label')}>
      <ul class="introduction-points">
        {POINTS.map(({ name, icon }) => (
          <li key={name}>
            <Icon name={icon} />
            <span>{say(`chat:introduction.${name}`)}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
