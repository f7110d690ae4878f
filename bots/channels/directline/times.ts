/** How long the channel waits for what, in milliseconds. A test has less time. */
export interface Times {
  /** Between two pings of a stream; the third that is not answered ends it. */
  pingMs: number
  /** How often positions are compared, in case a ring was lost; how soon an erased conversation's sockets close. */
  lookMs: number
  /** How long a call waits for a database that is away. */
  holdMs: number
}

/** A client gives a call up after 20 s; the hold's last attempt to connect may take 5 s more. */
export const TIMES: Times = { pingMs: 30_000, lookMs: 4_000, holdMs: 12_000 }
