/** What a free sentence may be about, whatever was asked. `docs/glossary.md` says each in a line. */
export const sentenceIntents = [
  'human',
  'help',
  'back',
  'restart',
  'cancel',
  'change-language',
  'stop',
  'danger',
  'french',
  'work',
  'appointment',
  'plan',
  'arrival',
  'privacy',
  'other',
] as const

export type SentenceIntent = (typeof sentenceIntents)[number]
