/** The door of the files' domain: what people send with a message. */
export { fileLink, proveFileLink } from './links.ts'
export { contentDisposition, safeFileName } from './name.ts'
export { requireRoomForFiles } from './quota.ts'
export { FILE_BYTES, FILES_PER_MESSAGE, readFile, receiveFile, storeFiles, type ReceivedFile } from './store.ts'
