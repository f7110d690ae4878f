export type { MessengerValues as MessengerSettings } from '../../../services/platform/settings.ts'
