import pg from 'pg'

/** Where a process ends: right before its `n`th statement leaves, or right after it was answered. */
export interface Exit {
  n: number
  when: 'before' | 'after'
}

/** What the bell says leaves by itself, after the commits: it is no step of the way. */
const BESIDE = /pg_notify|^listen|^select 1$/

let counted = 0
let exit: Exit | undefined

/** Counts statements from now on, and ends the process at one of them, as a kill would: nobody is told. */
export function countStatements(at: Exit | undefined): void {
  counted = 0
  exit = at
}

/** How many there were since. */
export const statements = (): number => counted

type Query = (this: pg.Client, ...given: unknown[]) => unknown

const query = pg.Client.prototype.query as Query
const watched: Query = function (...given) {
  const [first] = given as [string | { text?: string } | undefined]
  const text = typeof first === 'string' ? first : (first?.text ?? '')
  if (BESIDE.test(text)) return query.apply(this, given)
  counted += 1
  const here = exit !== undefined && exit.n === counted
  if (here && exit?.when === 'before') process.exit(137)
  const asked = query.apply(this, given)
  const end = (): never => process.exit(137)
  if (here && asked instanceof Promise) asked.then(end, end)
  return asked
}
Object.assign(pg.Client.prototype, { query: watched })
