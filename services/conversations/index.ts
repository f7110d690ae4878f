/** The door of the conversations' domain: the one message log, its lock and its modes. */
export { findOrCreateConversation, type NewConversation } from './create.ts'
export { lastPositions, readLog, type LogPage, type LogRange } from './log.ts'
export { answerPlace, openConversation } from './open.ts'
export {
  conversationsWithReceived,
  MAX_ATTEMPTS,
  nextReceived,
  placeReceived,
  readReceived,
  receiveMessage,
  type ReceivedMessage,
} from './received.ts'
export { append, saveConversation } from './save.ts'
export { MESSAGE_CHARACTERS, normaliseJson, normaliseText } from './text.ts'
export type {
  Appended,
  Author,
  Choice,
  Draft,
  FileReference,
  LoggedMessage,
  MessageBody,
  Mode,
  OpenConversation,
  OpenHandoff,
} from './types.ts'
