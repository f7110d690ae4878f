import type { ConversationView } from '../../../api/types.ts'
import { answerLabel, answerText } from './answer.ts'
import { useScene } from './context.ts'
import { dayAndHour } from './times.ts'

/** The person's file: each answer with who said it and when, and what they agreed to. */
export function FileSection({ file }: { file: ConversationView['file'] }) {
  const { words } = useScene()
  return (
    <>
      <section class="sheet" aria-labelledby="file-title">
        <h2 id="file-title">{words.say('file.title')}</h2>
        {file === null && <p class="quiet">{words.say('file.noConsent')}</p>}
        {file?.answers.length === 0 && <p class="quiet">{words.say('file.empty')}</p>}
        {file !== null && file.answers.length > 0 && (
          <dl class="facts">
            {file.answers.map((answer) => (
              <Answer key={answer.name} answer={answer} />
            ))}
          </dl>
        )}
      </section>
      {file !== null && (
        <section class="sheet" aria-labelledby="consents-title">
          <h2 id="consents-title">{words.say('consents.title')}</h2>
          {file.consents.length === 0 ? (
            <p class="quiet">{words.say('consents.none')}</p>
          ) : (
            <ul class="plain">
              {file.consents.map(({ purpose, given, at }) => (
                <li key={purpose}>
                  <span class={given ? 'tag tag-yes' : 'tag tag-no'}>
                    {words.say(given ? 'consents.given' : 'consents.refused')}
                  </span>{' '}
                  {words.find(`desk:purpose.${purpose}`) ?? purpose}
                  <span class="origin">{dayAndHour(words.language, at)}</span>
                </li>
              ))}
            </ul>
          )}
        </section>
      )}
    </>
  )
}

type Answers = NonNullable<ConversationView['file']>['answers']

function Answer({ answer }: { answer: Answers[number] }) {
  const { words } = useScene()
  const { value, author, at } = answer
  return (
    <>
      <dt>{answerLabel(answer, words.find)}</dt>
      <dd>
        <span dir="auto">{answerText(words.language, answer, value, words.find)}</span>
        <span class="origin">{words.say(`origin.${author}`, { at: dayAndHour(words.language, at) })}</span>
      </dd>
    </>
  )
}
