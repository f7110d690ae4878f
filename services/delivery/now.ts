import { sql, type RawBuilder } from 'kysely'
import { systemClock, toDate, type Clock } from '../platform/clock.ts'

/** The moment that due times are compared with: the database's, one for all nodes; a test's own where it has one. */
export const nowOf = (clock: Clock): RawBuilder<Date> =>
  clock === systemClock ? sql<Date>`now()` : sql<Date>`${toDate(clock.now())}::timestamptz`
