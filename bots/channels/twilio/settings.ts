export type { TwilioValues as TwilioSettings } from '../../../services/platform/settings.ts'
