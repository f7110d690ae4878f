/** Twilio's answer to a request that it refuses. */
export interface Refusal {
  status: number
  code: number
  message: string
}

/** The HTTP status of a code that is not answered with 400. */
const STATUS: Record<number, number> = {
  20003: 401, 20404: 404, 20429: 429, 20500: 500, 20503: 503, 30409: 409,
} // prettier-ignore

/** Messages of refusals; `%1` and `%2` are what the request said. */
const REFUSED: Record<number, string> = {
  20003: 'Authenticate',
  20404: 'The requested resource %1 was not found',
  20429: 'Too Many Requests',
  20500: 'An internal server error has occurred',
  20503: 'Service unavailable. Please try again later',
  21211: "Invalid 'To' Phone Number: %1",
  21212: 'Invalid From Number (caller ID): %1',
  21266: "'To' and 'From' number cannot be the same: %1",
  21408: "Permission to send an SMS or MMS has not been enabled for the region indicated by the 'To' number: %1",
  21602: 'Message body is required.',
  21603: "A 'From' phone number is required.",
  21604: "A 'To' phone number is required.",
  21606:
    "The 'From' phone number provided (%1) is not a valid message-capable Twilio phone number for this destination/account",
  21608:
    'The number %1 is unverified. Trial accounts cannot send messages to unverified numbers; verify %1 at twilio.com/user/account/phone-numbers/verified, or purchase a Twilio number to send messages to unverified numbers',
  21609: "The 'StatusCallback' URL %1 is not a valid URL.",
  21610: 'Attempt to send to unsubscribed recipient',
  21611: "This 'From' number %1 has exceeded the maximum number of queued messages",
  21612: "Message cannot be sent with the current combination of 'To' (%1) and/or 'From' (%2) parameters",
  21614: "'To' number is not a valid mobile number: %1",
  21617: 'The concatenated message body exceeds the 1600 character limit',
  21620: 'Invalid media URL(s): %1',
  21623: 'Number of media files exceeds allowed limit',
  21635: "'To' number cannot be a Landline: %1",
  21654: 'ContentSid Required',
  21655: 'The ContentSid is Invalid',
  21656: 'The ContentVariables Parameter is invalid',
  21703: 'The Messaging Service does not have a phone number available to send a message',
  21704: 'The Messaging Service contains no phone numbers',
  21705: 'The Messaging Service Sid %1 is invalid.',
  21910: "Invalid 'From' and 'To' pair. 'From' and 'To' should be of the same channel",
  30409: 'This message cannot be canceled',
  35111: 'SendAt timestamp is missing',
  35114: 'SendAt time must be between 900 seconds and 35 days (3024000 seconds) in the future',
  35118: 'MessagingServiceSid is required to schedule a message',
  35126: 'The ScheduleType value provided is not supported for this channel',
  63007: 'Twilio could not find a Channel with the specified From address',
  90007: 'Invalid validity period value',
}

/** Why a message that was accepted did not arrive. */
const UNDELIVERED: Record<number, string> = {
  21610: 'Attempt to send to unsubscribed recipient',
  30001: 'Queue overflow',
  30002: 'Account suspended',
  30003: 'Unreachable destination handset',
  30004: 'Message blocked',
  30005: 'Unknown destination handset',
  30006: 'Landline or unreachable carrier',
  30007: 'Message filtered',
  30008: 'Unknown error',
  30017: 'Carrier network congestion',
  30019: 'Content size exceeds carrier limit',
  30022: 'US A2P 10DLC - Rate Limits Exceeded',
  30023: 'US A2P 10DLC - Daily Message Cap Reached',
  30024: 'Numeric Sender ID Not Provisioned on Carrier',
  30032: 'Toll-Free Number Has Not Been Verified',
  30034: 'US A2P 10DLC - Message from an Unregistered Number',
  30036: 'Validity Period Expired',
  30410: 'Provider Timeout Error',
  30450: 'Message delivery blocked',
  63016:
    'Failed to send freeform message because you are outside the allowed window. If you are using WhatsApp, please use a Message Template.',
  63018: 'Rate limit exceeded for Channel',
}

/** Every code with which a message may end undelivered or failed. */
export const UNDELIVERED_CODES: readonly number[] = Object.keys(UNDELIVERED).map(Number)

/** Twilio's refusal of a code, about what the request said. */
export function refusal(code: number, about = '', other = ''): Refusal {
  const message = (REFUSED[code] ?? 'Bad request').replaceAll('%1', about).replaceAll('%2', other)
  return { status: STATUS[code] ?? 400, code, message }
}

/** The text that goes with the code of an undelivered message. */
export const undelivered = (code: number): string => UNDELIVERED[code] ?? 'Unknown error'

/** The body of an error's answer. */
export const errorBody = ({ status, code, message }: Refusal): string =>
  JSON.stringify({ code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status })
