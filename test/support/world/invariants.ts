import type { CanaryWords } from './canaryWords.ts'
import type { Entry } from './history.ts'
import type { Kept, KeptMessage } from './kept.ts'

/** What must hold after whatever was done to the servers: the catalogue's I1 to I8. Each returns the violations, in words. */
export interface Judged {
  /** I1: acknowledged, and not kept once, where the acknowledgement said. */
  lost: string[]
  /** I2: an effect that there is twice: a message, a consent, a joining agent. */
  doubled: string[]
  /** I3: a gap or a repetition in a log, or replies seen in another order than the log's. */
  reordered: string[]
  /** I4: people who did not come to the end of what they had to say in time; messages unanswered, or given up as failed. */
  stuck: string[]
  /** I5: somebody else's words in a log, or on a screen. */
  crossed: string[]
  /** I6: two agents in one seat. */
  shared: string[]
  /** I7: what people wrote, in a log of a program. */
  leaked: string[]
  /** I8: something that an agent did, and that is not recorded once. */
  unaudited: string[]
}

interface Given {
  entries: readonly Entry[]
  kept: Kept
  words: Pick<CanaryWords, 'stem' | 'ownersIn'>
  /** Who talks in each conversation. */
  ownerOf: (conversation: string) => string
  /** I4: how long after the last fault everybody must have finished. */
  withinMs: number
}

/** Judges a whole run. */
export const judge = (given: Given): Judged => ({
  lost: lost(given),
  doubled: doubled(given),
  reordered: reordered(given),
  stuck: stuck(given),
  crossed: crossed(given),
  shared: shared(given),
  leaked: leaked(given),
  unaudited: unaudited(given),
})

/** I1, durable: of each acknowledged message there is exactly one, under the id that every acknowledgement gave. */
export function lost({ entries, kept }: Pick<Given, 'entries' | 'kept'>): string[] {
  const logs = logById(kept)
  const found = new Set<string>()
  for (const { what, phase, conversation = '', mark = '', id } of entries) {
    if ((what !== 'say' && what !== 'reply') || phase !== 'ok') continue
    const same = (logs.get(conversation) ?? []).filter((message) => message.mark === mark)
    const there = same.some((message) => id === undefined || message.id === id)
    if (!there) found.add(`${mark} was acknowledged and is not in the log`)
  }
  return [...found]
}

/** I2, effects once: one message a mark, one consent a person, one answer to being asked for a person. */
export function doubled({ kept }: Pick<Given, 'kept'>): string[] {
  return kept.conversations.flatMap(({ id, consents, log }) => [
    ...repeated(log.flatMap(({ author, mark }) => (mark === undefined ? [] : [`${author} ${mark}`]))).map(
      (mark) => `${mark} is in the log twice`,
    ),
    ...repeated(log.map((message) => message.id)).map((message) => `the id ${message} is in the log twice`),
    ...(consents > 1 ? [`${id}: ${consents} consents of one person`] : []),
  ])
}

/** I3, order: each log is 1, 2, 3 without a gap; a person's words stand in it as they said them; a screen shows it as it is. */
export function reordered({ entries, kept }: Pick<Given, 'entries' | 'kept'>): string[] {
  const found: string[] = []
  const said = new Map<string, Set<string>>()
  for (const { what, phase, conversation = '', mark = '' } of entries)
    if (what === 'say' && phase === 'invoke') said.set(conversation, (said.get(conversation) ?? new Set()).add(mark))
  for (const { id, log } of kept.conversations) {
    const wrong = log.find(({ seq }, i) => seq !== i + 1)
    if (wrong !== undefined) found.push(`${id}: ${wrong.seq} is not in its place`)
    const places = [...(said.get(id) ?? [])].flatMap((mark) => log.find((message) => message.mark === mark)?.seq ?? [])
    if (places.some((place, i) => i > 0 && place <= (places[i - 1] ?? 0))) found.push(`${id}: not in the order said`)
  }
  const seen = new Map<string, number>()
  for (const { what, who, seq = 0 } of entries) {
    if (what !== 'see') continue
    const before = seen.get(who) ?? 0
    if (seq !== before + 1) found.push(`${who} saw ${seq} after ${before}`)
    seen.set(who, seq)
  }
  return found
}

/** I4, liveness: who began has finished, in time after the last fault; and what the bot had to answer, it answered. */
export function stuck({ entries, kept, withinMs }: Pick<Given, 'entries' | 'kept' | 'withinMs'>): string[] {
  const lastFault = entries.findLast(({ what }) => what === 'fault')?.ms ?? 0
  const finished = new Map(entries.flatMap(({ what, who, ms }) => (what === 'finish' ? [[who, ms]] : [])))
  const found: string[] = []
  for (const who of new Set(entries.flatMap(({ what, who }) => (what === 'say' ? [who] : [])))) {
    const ms = finished.get(who)
    if (ms === undefined) found.push(`${who} did not finish`)
    else if (ms > lastFault + withinMs) found.push(`${who} finished ${ms - lastFault} ms after the last fault`)
  }
  for (const { handoffs, log } of kept.conversations) {
    const failed = log.filter(({ status }) => status === 'failed')
    found.push(...failed.map(({ id, mark }) => `${mark ?? id} was kept as failed, though nothing is wrong with it`))
    // Whom an agent held was answered by the agent, or not yet.
    if (handoffs.some(({ takenBy }) => takenBy !== null)) continue
    const unanswered = log.find(({ author }, i) => author === 'newcomer' && !isAnswered(log, i))
    if (unanswered !== undefined) found.push(`${unanswered.mark ?? unanswered.id} was not answered`)
  }
  return found
}

const isAnswered = (log: readonly KeptMessage[], i: number): boolean => {
  const next = log[i + 1]
  return next !== undefined && next.author !== 'newcomer'
}

/** I5, isolation: every canary in a log, and on a screen, belongs to whose log and screen it is. */
export function crossed({ entries, kept, words, ownerOf }: Omit<Given, 'withinMs'>): string[] {
  const foreign = (text: string, owner: string): boolean => words.ownersIn(text).some((whose) => whose !== owner)
  return [
    ...kept.conversations.flatMap(({ id, log }) =>
      log
        .filter(({ text }) => foreign(text, ownerOf(id)))
        .map(({ seq }) => `${id} holds somebody else's words at ${seq}`),
    ),
    ...entries
      .filter(({ what, who, text = '' }) => what === 'see' && foreign(text, who))
      .map(({ who, seq }) => `${who} saw somebody else's words at ${seq}`),
  ]
}

/**
 * I6, exclusivity: one open hand-off a conversation, held by who the conversation says; and between an agent's
 * taking and giving back, as they knew of it, nobody else was told that they have it.
 */
export function shared({ entries, kept }: Pick<Given, 'entries' | 'kept'>): string[] {
  const found: string[] = []
  for (const { id, mode, heldBy, handoffs } of kept.conversations) {
    const open = handoffs.filter(({ state }) => state !== 'closed')
    if (open.length > 1) found.push(`${id}: ${open.length} open hand-offs`)
    if ((mode === 'human') !== (heldBy !== null)) found.push(`${id}: ${mode}, held by ${heldBy ?? 'nobody'}`)
    const taken = open.find(({ state }) => state === 'taken')
    if ((taken?.takenBy ?? null) !== heldBy) found.push(`${id}: held by ${heldBy}, taken by ${taken?.takenBy ?? null}`)
  }
  const holders = new Map<string, string>()
  for (const { what, phase, who, conversation = '' } of entries) {
    if (what === 'take' && phase === 'ok') {
      const holder = holders.get(conversation)
      if (holder !== undefined && holder !== who) found.push(`${conversation}: ${who} and ${holder} at once`)
      holders.set(conversation, who)
    }
    // From when they ask for it on, it may be somebody else's.
    if (what === 'release' && phase === 'invoke') holders.delete(conversation)
  }
  return found
}

/** I7: nothing of what people wrote is in what programs log. */
export const leaked = ({ kept, words }: Pick<Given, 'kept' | 'words'>): string[] =>
  kept.logs.filter(({ text }) => text.toLowerCase().includes(words.stem.toLowerCase())).map(({ name }) => `in ${name}`)

/**
 * I8, audit, as far as there is one today: each taking that an agent was told of is a hand-off row with their
 * name on it, and one line of the log that they joined. There is no chained record of privileged actions yet,
 * and none at all of reading: this shows the rows that exist, not that nobody could have changed them.
 */
export function unaudited({ entries, kept }: Pick<Given, 'entries' | 'kept'>): string[] {
  const found: string[] = []
  for (const { id, handoffs, log } of kept.conversations) {
    const joined = log.filter(({ author, text }) => author === 'system' && JOINED.test(text)).length
    const rows = handoffs.filter(({ takenBy }) => takenBy !== null).length
    const told = new Set(
      entries
        .filter(({ what, phase, conversation }) => what === 'take' && phase === 'ok' && conversation === id)
        .map(({ op }) => op),
    ).size
    if (rows !== joined) found.push(`${id}: ${rows} taken, ${joined} joined`)
    if (told > rows) found.push(`${id}: ${told} were told that they took it, ${rows} are recorded`)
  }
  return found
}

const JOINED = /a rejoint/

function logById(kept: Kept): Map<string, KeptMessage[]> {
  return new Map(kept.conversations.map(({ id, log }) => [id, log]))
}

const repeated = (all: readonly string[]): string[] => [...new Set(all.filter((one, i) => all.indexOf(one) !== i))]
