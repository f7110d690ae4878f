import type { Store } from '../model/store.ts'
import { refresher } from '../wire/refresher.ts'
import type { Refusals } from './refusals.ts'
import type { World } from './world.ts'

/** The two lists of the left column, asked for again at each hint. */
export interface Lists {
  queue(): void
  people(): void
}

export function lists(store: Store, world: World, refused: Refusals): Lists {
  // A list that did not come is not worth a sentence: the banner says that the link is lost, and the
  // next hint or reconnection asks again.
  const queue = refresher(async () => {
    try {
      const { waiting } = await world.api.queue()
      store.tell({ type: 'queue', waiting })
    } catch (error) {
      refused.about(null, error)
    }
  })
  const people = refresher(async () => {
    try {
      const answer = await world.api.myPeople()
      store.tell({ type: 'people', people: answer.people })
    } catch (error) {
      refused.about(null, error)
    }
  })
  return { queue: () => void queue(), people: () => void people() }
}
