import type { Store } from '../model/store.ts'
import type { Invitation } from '../wire/api.ts'
import { refresher } from '../wire/refresher.ts'
import type { Refusals } from './refusals.ts'
import type { World } from './world.ts'

/** Who works at the desk: seen by supervisors, changed by administrators. */
export interface Team {
  refresh(): void
  /** @returns whether it was done */
  invite(invitation: Invitation): Promise<boolean>
  link(agentId: string): Promise<void>
  deactivate(agentId: string): Promise<void>
}

export function team(store: Store, world: World, refused: Refusals): Team {
  const refresh = refresher(async () => {
    try {
      store.tell({ type: 'agents', agents: await world.api.agents() })
    } catch (error) {
      refused.tell(null, error)
    }
  })

  async function asked(work: () => Promise<void>): Promise<boolean> {
    store.tell({ type: 'busy', busy: true })
    try {
      await work()
      return true
    } catch (error) {
      refused.tell(null, error)
      return false
    } finally {
      store.tell({ type: 'busy', busy: false })
    }
  }

  return {
    refresh: () => void refresh(),
    invite: (invitation) =>
      asked(async () => {
        const invited = await world.api.invite(invitation)
        store.tell({ type: 'agent', agent: invited.agent })
        store.tell({ type: 'invited', invitation: invited })
      }),
    async link(agentId) {
      await asked(async () => {
        const invited = await world.api.link(agentId)
        store.tell({ type: 'invited', invitation: invited })
      })
    },
    async deactivate(agentId) {
      await asked(async () => {
        await world.api.deactivate(agentId)
        store.tell({ type: 'invited', invitation: null })
        await refresh()
      })
    },
  }
}
