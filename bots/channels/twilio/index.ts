/** The door of SMS and WhatsApp: what their webhooks take, and what sends by them. Protocol: Twilio Programmable Messaging. */
export { twilioProvider } from './provider.ts'
export { receiveSms, receiveStatus } from './receive.ts'
export type { TwilioSettings } from './settings.ts'
export { verify } from './signature.ts'
