import type { UnansweredGroup } from '../../../api/types.ts'
import { useScene } from './context.ts'
import { dayAndHour, languageName } from './times.ts'

/** How many of a group are shown at once; the others open. */
const SHOWN = 3

/** What people asked and nothing answered, for those who write the answers: alike questions together. */
export function QuestionsPane() {
  const { state, words } = useScene()
  const { questions } = state
  return (
    <div class="team">
      <h2>{words.say('questions.title')}</h2>
      <p class="quiet">{words.say('questions.how')}</p>
      {questions === null && <p class="quiet">{words.say('loading')}</p>}
      {questions?.length === 0 && <p class="quiet">{words.say('questions.none')}</p>}
      <ol class="question-groups">
        {questions?.map((group) => (
          <Group key={keyOf(group)} group={group} />
        ))}
      </ol>
    </div>
  )
}

function Group({ group: { questions } }: { group: UnansweredGroup }) {
  const { words } = useScene()
  const rest = questions.slice(SHOWN)
  return (
    <li class="question-group">
      <p class="question-count">{words.say('questions.times', { count: questions.length })}</p>
      <Questions questions={questions.slice(0, SHOWN)} />
      {rest.length > 0 && (
        <details>
          <summary>{words.say('questions.others', { count: rest.length })}</summary>
          <Questions questions={rest} />
        </details>
      )}
    </li>
  )
}

function Questions({ questions }: UnansweredGroup) {
  const { desk, words } = useScene()
  return (
    <ul class="questions">
      {questions.map((one) => (
        <li key={`${one.conversationId} ${one.askedAt}`}>
          <q dir="auto" lang={one.language}>
            {one.text}
          </q>
          <p class="quiet">
            {languageName(words.language, one.language)} · {dayAndHour(words.language, one.askedAt)} ·{' '}
            <button
              type="button"
              class="as-link"
              onClick={() => desk.go({ at: 'conversation', id: one.conversationId })}
            >
              {words.say('questions.open')}
            </button>
          </p>
        </li>
      ))}
    </ul>
  )
}

const keyOf = ({ questions }: UnansweredGroup): string =>
  `${questions[0]?.conversationId ?? ''} ${questions[0]?.askedAt ?? ''}`
