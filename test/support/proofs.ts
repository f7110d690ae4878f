import { appendFileSync } from 'node:fs'

/**
 * The catalogue of promises: what each row is about. A row is proven by one test or more; `npm test`
 * and `npm run test:long` print what each tried and measured, and fail when a row was tried by none.
 */
export const ROWS = {
  A1: 'a server is killed at random',
  A2: 'PostgreSQL is killed at random',
  A3: 'the process ends right before and right after each statement',
  A4: 'the answer to a COMMIT is lost',
  A5: 'PostgreSQL restarts, ends sessions, has no connection left',
  A7: 'the database is slow, locked, or stops',
  A8: 'connections that are dead and do not say so',
  A11: 'messages that cannot be processed',
  A12: 'a turn that never ends',
  B3: 'a message is delivered many times, late, out of order, in a bad batch',
  C1: 'two first messages at once',
  C2: 'many writers in one conversation',
  C3: 'the same delivery on two nodes at once',
  C4: 'many agents take one conversation',
  C6: 'an agent takes over while the bot answers',
  C7: 'an agent’s connection is lost',
  E1: 'what no client should send',
  E2: 'too much of it, or too slowly',
  E4: 'expressions that take for ever',
  E5: 'injection',
  F1: 'who is not who they say',
  F3: 'a session that ends while it is used',
  F4: 'what belongs to somebody else',
  F5: 'a reader whose right ends',
  F6: 'sockets opened from another site',
  F7: 'guessing and floods',
  F8: 'requests made by another site',
  G1: 'markup in words',
  G2: 'hostile files',
  G3: 'what a page may load and who may frame it',
  H1: 'personal data in logs',
  H2: 'personal data on disk',
  I1: 'a server that is not safe to start',
  I2: 'stop and roll while in use',
  I3: 'what the code may not contain',
  I4: 'a backup is restored',
  I5: 'what comes from others',
  I8: 'readers that stop reading',
} as const

/** A row of the catalogue. */
export type Row = keyof typeof ROWS

/** What a test of a row notes while it runs: the table shows it. */
export interface Proof {
  /** What was done, faults that really happened counted: "50 server kills, 9,000 messages". */
  tried(what: string): void
  /** What came of it, with units: "0 lost, 0 doubled; p99 812 ms". */
  figure(what: string): void
  seed(seed: number): void
}

/** One line of the table. */
export interface Proven {
  row: Row
  tried: string
  figure: string
  verdict: 'held' | 'broken'
  seed: number | null
}

/**
 * A test of one row of the catalogue. It is an ordinary mocha test; what it noted is printed under it,
 * and joins the table of the run, where it counts as broken when the test failed or noted nothing.
 */
export function proves(row: Row, title: string, test: (proof: Proof) => Promise<void>): void {
  it(`${row}: ${title}`, async () => {
    const proven: Proven = { row, tried: '', figure: '', verdict: 'broken', seed: null }
    try {
      await test({
        tried: (what) => void (proven.tried = what),
        figure: (what) => void (proven.figure = what),
        seed: (seed) => void (proven.seed = seed),
      })
      if (proven.tried === '' || proven.figure === '')
        throw new Error(`${row} notes neither what it tried nor a figure`)
      proven.verdict = 'held'
    } finally {
      const seed = proven.seed === null ? '' : ` (SEED=${proven.seed})`
      console.log(`      ${proven.tried} → ${proven.figure}${seed}`)
      const file = process.env['PROOFS']
      if (file !== undefined) appendFileSync(file, `${JSON.stringify(proven)}\n`)
    }
  })
}
