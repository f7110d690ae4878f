/** The door of the conversations' domain: the one message log, its lock and its modes. */
export { isOutbound } from './channels.ts'
export { rewriteMessage, silenceUntil } from './changed.ts'
export { findOrCreateConversation } from './create.ts'
export { lastPositions, readLog, type LogRange } from './log.ts'
export { conversationTopic, DELIVERIES, ringNews, type ConversationNews } from './news.ts'
export { addressPlace, answerPlace, openConversation } from './open.ts'
export {
  conversationsWithReceived,
  MAX_ATTEMPTS,
  nextReceived,
  placeReceived,
  readBody,
  readReceived,
  receiveMessage,
} from './received.ts'
export { append, saveConversation } from './save.ts'
export { readStanding, type Standing } from './standing.ts'
export { MESSAGE_CHARACTERS, normaliseJson, normaliseText } from './text.ts'
export type { Choice, Draft, FileReference, LoggedMessage, MessageBody, OpenConversation, RemoteFile } from './types.ts'
