import type { Settings } from '../../services/platform/settings.ts'
import { messengerProvider } from '../channels/messenger/index.ts'
import { twilioProvider } from '../channels/twilio/index.ts'
import type { Provider } from './provider.ts'

/** The providers that the settings name. */
export function providersOf({ messenger, twilio, publicUrl }: Settings): Provider[] {
  const statusUrl = `${publicUrl}/channels/sms/status`
  const hasSms = twilio?.smsFrom !== undefined || twilio?.messagingServiceSid !== undefined
  return [
    ...(messenger === undefined ? [] : [messengerProvider(messenger)]),
    ...(twilio !== undefined && hasSms ? [twilioProvider('sms', twilio, { statusUrl })] : []),
    ...(twilio?.whatsappFrom === undefined ? [] : [twilioProvider('whatsapp', twilio, { statusUrl })]),
  ]
}
