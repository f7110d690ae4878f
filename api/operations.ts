import { isMigrated } from '../services/platform/migrate.ts'
import type { Platform } from '../services/platform/platform.ts'
import { ok, route, type Route } from './route.ts'

/** What an orchestrator asks: is the process alive, and may it be given work. */
export function operationsRoutes(platform: Platform): Route[] {
  return [
    route({
      method: 'GET',
      path: '/healthz',
      summary: 'Alive: the process answers',
      who: 'anyone',
      handle: () => Promise.resolve(ok({ alive: true })),
    }),
    route({
      method: 'GET',
      path: '/readyz',
      summary: 'Ready: the database answers and is migrated to this version',
      who: 'anyone',
      answers: { 503: 'Not ready' },
      async handle() {
        const ready = await isMigrated(platform.database.pool).catch(() => false)
        return { status: ready ? 200 : 503, json: { ready } }
      },
    }),
  ]
}
