import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What somebody did, or what was done to the servers. */
export type What = 'start' | 'say' | 'see' | 'take' | 'reply' | 'release' | 'finish' | 'fault'

/**
 * What is known of an operation. `invoke`: it begins. `ok`: it was acknowledged. `fail`: it was refused for good,
 * and nothing happened. `info`: nobody knows (a timeout, a reset, "later"): it may have happened, once.
 */
export type Phase = 'invoke' | 'ok' | 'fail' | 'info'

/** One line of a history, as Jepsen writes them. */
export interface Entry {
  /** Ms since the history began. */
  ms: number
  /** Joins the phases of one operation. */
  op: number
  phase: Phase
  what: What
  /** The person or the agent. */
  who: string
  node?: number
  conversation?: string
  /** The client's own mark of the message: the same for each delivery. */
  mark?: string
  text?: string
  /** The id and place in the log that the server gave. */
  id?: string
  seq?: number
  status?: number
}

type About = Omit<Entry, 'ms' | 'op' | 'phase' | 'what' | 'who'>

/** An operation that has begun. */
export interface Operation {
  /** When it began, in ms since the history did. */
  readonly ms: number
  end(phase: Exclude<Phase, 'invoke'>, about?: About): void
}

/** All that was done and heard, in the order in which the clients knew of it. */
export interface History {
  readonly entries: readonly Entry[]
  begin(what: What, who: string, about?: About): Operation
  /** Something that has no beginning: seen, finished, a fault. */
  note(what: What, who: string, about?: About): void
  /** Ms of the last fault; 0 when there was none. */
  lastFault(): number
  /** Writes it to a file and returns the path. */
  save(): string
}

/** A history of what happens from now on; or one with these entries, for a test of what judges it. */
export function openHistory(entries: Entry[] = []): History {
  const began = performance.now()
  let ops = 0
  const add = (op: number, phase: Phase, what: What, who: string, about: About): void =>
    void entries.push({ ms: Math.round(performance.now() - began), op, phase, what, who, ...about })
  return {
    entries,
    begin(what, who, about = {}) {
      const op = (ops += 1)
      add(op, 'invoke', what, who, about)
      return {
        ms: entries.at(-1)?.ms ?? 0,
        end: (phase, more = {}) => add(op, phase, what, who, { ...about, ...more }),
      }
    },
    note: (what, who, about = {}) => add((ops += 1), 'ok', what, who, about),
    lastFault: () => entries.findLast(({ what }) => what === 'fault')?.ms ?? 0,
    save() {
      const file = join(mkdtempSync(join(tmpdir(), 'parcours-history-')), 'history.jsonl')
      writeFileSync(file, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''))
      return file
    },
  }
}
