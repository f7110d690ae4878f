import { isWhatsApp, serviceOf, type Account } from './account.ts'

export type OptOutType = 'STOP' | 'START' | 'HELP'

/** What Twilio makes of a message before it posts it to us. */
export interface Heard {
  /** In the webhook only with Advanced Opt-Out. */
  type: OptOutType | undefined
  /** What Twilio itself answers, which is in no log. */
  reply: string | undefined
}

/** Who does not want messages from whom. */
export interface OptOuts {
  /** Reads a message of a person to a number of ours. */
  hear(person: string, number: string, body: string): Heard
  /** `sender`: a number of ours, or a service. */
  has(person: string, sender: string): boolean
  set(person: string, sender: string, isOut: boolean): void
}

const WORDS: Record<OptOutType, readonly string[]> = {
  STOP: ['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT'],
  START: ['START', 'YES', 'UNSTOP'],
  HELP: ['HELP', 'INFO'],
}
/** What the network itself hears on a toll-free number, whatever Twilio is told. */
const TOLL_FREE_WORDS: Record<OptOutType, readonly string[]> = { STOP: ['STOP'], START: ['START', 'UNSTOP'], HELP: [] }

const REPLIES: Record<OptOutType, string> = {
  STOP: 'You have successfully been unsubscribed. You will not receive any more messages from this number. Reply START to resubscribe.',
  START:
    'You have successfully been re-subscribed to messages from this number. Reply HELP for help. Reply STOP to unsubscribe. Msg&Data Rates May Apply.',
  HELP: 'Reply STOP to unsubscribe. Msg&Data Rates May Apply.',
}
const TOLL_FREE_REPLIES: Record<OptOutType, string> = {
  STOP: 'NETWORK MSG: You replied with the word "stop" which blocks all texts sent from this number. Text back "unstop" to receive messages again.',
  START: 'NETWORK MSG: You have replied "unstop" and will begin receiving messages again from this number.',
  HELP: '',
}

const TYPES: readonly OptOutType[] = ['STOP', 'START', 'HELP']

export function optOuts(account: Account): OptOuts {
  const out = new Set<string>()
  // A person who stops one number of a service stops all of them.
  const pair = (person: string, sender: string): string => `${person} ${serviceOf(account, sender)?.sid ?? sender}`
  return {
    hear(person, number, body) {
      const sender = account.senders.get(number)
      if (sender === undefined || isWhatsApp(number)) return { type: undefined, reply: undefined }
      const isTollFree = sender.kind === 'tollFree'
      const advanced = serviceOf(account, number)?.advancedOptOut
      const custom: Record<OptOutType, readonly string[]> = {
        STOP: advanced?.stop ?? [],
        START: advanced?.start ?? [],
        HELP: advanced?.help ?? [],
      }
      const word = body.trim().toUpperCase()
      const hears = (type: OptOutType): boolean =>
        isTollFree
          ? TOLL_FREE_WORDS[type].includes(word)
          : [...WORDS[type], ...custom[type]].some((one) => one.toUpperCase() === word)
      const type = TYPES.find(hears)
      if (type === undefined) return { type, reply: undefined }
      const was = out.has(pair(person, number))
      if (type === 'STOP') out.add(pair(person, number))
      if (type === 'START') out.delete(pair(person, number))
      const isNews = type === 'HELP' || was === (type === 'START')
      const reply = isTollFree ? TOLL_FREE_REPLIES[type] : (advanced?.replies?.[type] ?? REPLIES[type])
      return { type: advanced === undefined ? undefined : type, reply: isNews ? reply : undefined }
    },
    has: (person, sender) => out.has(pair(person, sender)),
    set(person, sender, isOut) {
      if (isOut) out.add(pair(person, sender))
      else out.delete(pair(person, sender))
    },
  }
}
