import { wordsOf } from '../../../services/understanding/index.ts'

/** What a word that is the whole message asks of the channel itself. */
export type OptWord = 'stop' | 'start' | 'help'

/**
 * Words of ours, in the law's and the carriers' sense: French is not in Twilio's own list (sms-twilio.md, section 7).
 * Accents, case and points around do not count.
 */
const WORDS: Readonly<Record<OptWord, ReadonlySet<string>>> = {
  stop: new Set([
    'stop', 'stopall', 'unsubscribe', 'cancel', 'end', 'quit', 'revoke', 'optout', 'arret', 'arrete', 'arretez',
    'desabonner', 'desabonnement',
  ]),
  start: new Set(['start', 'unstop', 'debut', 'reprendre', 'reabonner']),
  help: new Set(['help', 'info', 'aide']),
} // prettier-ignore

/** The word that a message is, alone. */
export function optWord(text: string): OptWord | undefined {
  const word = wordsOf(text).trim()
  return (Object.keys(WORDS) as OptWord[]).find((kind) => WORDS[kind].has(word))
}
