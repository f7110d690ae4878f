/** The door of the Messenger channel: what its webhook takes, and what sends by it. Protocol: Messenger Platform, Graph API. */
export { readEvents } from './events.ts'
export { messengerProvider } from './provider.ts'
export { setProfile } from './profile.ts'
export { receiveEvents } from './receive.ts'
export type { MessengerSettings } from './settings.ts'
export { verify } from './signature.ts'
