import { useNow, useScene } from './context.ts'
import { PersonCard } from './PersonCard.tsx'
import { QueueCard } from './QueueCard.tsx'

/** The left column: who waits for somebody, and whom this agent holds or accompanies. */
export function Lists() {
  const { state, words } = useScene()
  const { queue, people } = state
  const now = useNow()
  return (
    <nav class="lists" aria-label={words.say('lists.label')}>
      <section class="list" aria-labelledby="queue-title">
        <h2 id="queue-title">
          {words.say('queue.title')} <Count of={queue?.length} />
        </h2>
        {queue === null ? (
          <p class="quiet">{words.say('loading')}</p>
        ) : queue.length === 0 ? (
          <p class="quiet">{words.say('queue.empty')}</p>
        ) : (
          <ol class="cards">
            {queue.map((card) => (
              <QueueCard key={card.id} card={card} now={now} />
            ))}
          </ol>
        )}
      </section>
      <section class="list" aria-labelledby="people-title">
        <h2 id="people-title">
          {words.say('people.title')} <Count of={people?.length} />
        </h2>
        {people === null ? (
          <p class="quiet">{words.say('loading')}</p>
        ) : people.length === 0 ? (
          <p class="quiet">{words.say('people.empty')}</p>
        ) : (
          <ul class="cards">
            {people.map((card) => (
              <PersonCard key={card.id} card={card} now={now} />
            ))}
          </ul>
        )}
      </section>
    </nav>
  )
}

function Count({ of }: { of: number | undefined }) {
  return of === undefined ? null : <span class="count">{of}</span>
}
