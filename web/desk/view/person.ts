import type { ConversationCard } from '../../../api/types.ts'
import type { Words } from './context.ts'

/** What to call the person of a card; before consent nobody asked their name. */
export function personName(words: Words, card: ConversationCard | null): string {
  return card?.preferredName ?? words.say('person.nameless')
}

/** The name of a region from its code `01` to `17`; what is not a code is shown as it came. */
export function regionName(words: Words, region: string): string {
  return words.find(`desk:region.${region}`) ?? region
}

/** The name of a channel as people call it. */
export function channelName(words: Words, channel: string): string {
  return words.find(`desk:channel.${channel}`) ?? channel
}
