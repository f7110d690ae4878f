import type { Store } from '../model/store.ts'
import { refresher } from '../wire/refresher.ts'
import type { Refusals } from './refusals.ts'
import type { World } from './world.ts'

/** Asks again for what people asked and nothing answered. */
export function unansweredQuestions(store: Store, world: World, refused: Refusals): () => void {
  const refresh = refresher(async () => {
    try {
      const { groups } = await world.api.unanswered()
      store.tell({ type: 'questions', questions: groups })
    } catch (error) {
      refused.tell(null, error)
    }
  })
  return () => void refresh()
}
