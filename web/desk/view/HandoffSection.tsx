import type { ConversationCard } from '../../../api/types.ts'
import { answerLabel, answerText } from './answer.ts'
import type { Question } from './answer.ts'
import { useScene } from './context.ts'
import { dayAndHour } from './times.ts'

/** Why a person was asked for, and what was known at that moment. */
export function HandoffSection(props: { handoff: NonNullable<ConversationCard['handoff']> }) {
  const { words } = useScene()
  const { reason, priority, requestedAt, summary } = props.handoff
  const known = Object.entries(summary.known)
  const step = summary.openStep
  // Answers given so far are those of the dialog that was open; before any, of the first one.
  const dialog = step?.split(':')[0] ?? 'onboarding'
  return (
    <section class="sheet" aria-labelledby="handoff-title">
      <h2 id="handoff-title">{words.say('handoff.title')}</h2>
      <dl class="facts">
        <dt>{words.say('handoff.reason')}</dt>
        <dd class={priority === 0 ? 'grave' : undefined}>
          {summary.situation === null
            ? words.say(`reason.${reason}`)
            : words.say('handoff.reasonIn', {
                reason: words.say(`reason.${reason}`),
                situation: words.find(`desk:situation.${summary.situation}`) ?? summary.situation,
              })}
        </dd>
        <dt>{words.say('handoff.at')}</dt>
        <dd>{dayAndHour(words.language, requestedAt)}</dd>
        {summary.lastWords !== '' && (
          <>
            <dt>{words.say('handoff.lastWords')}</dt>
            <dd dir="auto" class="quote">
              {summary.lastWords}
            </dd>
          </>
        )}
        {step !== null && (
          <>
            <dt>{words.say('handoff.openStep')}</dt>
            <dd>{words.find(`${step}.label`) ?? step}</dd>
          </>
        )}
        {known.map(([name, value]) => (
          <Known key={name} question={{ dialog, name }} value={value} />
        ))}
      </dl>
    </section>
  )
}

function Known({ question, value }: { question: Question; value: unknown }) {
  const { words } = useScene()
  return (
    <>
      <dt>{answerLabel(question, words.find)}</dt>
      <dd dir="auto">{answerText(words.language, question, value, words.find)}</dd>
    </>
  )
}
