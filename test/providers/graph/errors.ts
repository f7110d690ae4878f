import { randomBytes } from 'node:crypto'

/** A refusal as Meta writes it, and the HTTP status it comes with. */
export interface GraphError {
  status: number
  message: string
  type: string
  code: number
  subcode?: number
  isTransient?: boolean
}

/** What a fault may ask for: `code`, perhaps `subcode`; the rest is what Meta says with them. */
export type GraphErrorAsked = Partial<GraphError> & { code: number }

/** Meta refuses the request. Thrown by the checks, answered by the server. */
export class Refusal extends Error {
  readonly error: GraphError

  constructor(asked: GraphErrorAsked) {
    const error = graphError(asked)
    super(error.message)
    this.error = error
  }
}

/** Meta's words for `code/subcode`, from its table of errors (June 2026) and from captured answers. */
const SAYINGS: Record<string, string> = {
  '1': 'An unknown error occurred',
  '1/99': 'An unknown error occurred',
  '1/1357046': 'Received invalid JSON reply.',
  '2': 'An unexpected error has occurred. Please retry your request later.',
  '3': 'Application does not have the capability to make this API call.',
  '4': '(#4) Application request limit reached',
  '10': '(#10) Application does not have permission for this action',
  '10/1893063':
    '(#10) Your Page is temporarily restricted from sending messages because it went against our Community Standards.',
  '10/2018065':
    '(#10) This message is sent outside of allowed window. You need page_messaging_subscriptions permission to be able to do it.',
  '10/2018108': "(#10) This Person Cannot Receive Messages: This person isn't receiving messages from you right now.",
  '10/2018278':
    '(#10) This message is sent outside of allowed window. Learn more about the new policy here: https://developers.facebook.com/docs/messenger-platform/policy-overview',
  '10/2018300': '(#10) Message failed to send because another app is controlling this thread now.',
  '32': '(#32) Page request limit reached',
  '100': '(#100) Invalid parameter',
  '100/33':
    'Unsupported request. Object does not exist, cannot be loaded due to missing permissions, or does not support this operation. Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api',
  '100/1893061': '(#100) This message tag is no longer supported.',
  '100/2018001': '(#100) No matching user found',
  '100/2018008': '(#100) Failed to fetch the file from the url',
  '100/2018014': '(#100) Cannot send both message and state at the same time.',
  '100/2018034': '(#100) Message cannot be empty, must provide valid attachment or text',
  '100/2018047': '(#100) Upload attachment failure.',
  '100/2018109': '(#100) Attachment size exceeds allowable limit',
  '100/2018218': '(#100) No profile available for this user.',
  '100/2018247': '(#100) Insufficient permission to access user profile.',
  '100/2018294': '(#100) Video upload timed out or video corrupted.',
  '190': 'Invalid OAuth access token - Cannot parse access token',
  '190/460':
    'Error validating access token: The session has been invalidated because the user changed their password or Facebook has changed the session for security reasons.',
  '200': '(#200) Permissions error',
  '200/1545041': "(#200) This person isn't available right now.",
  '200/2018028':
    '(#200) Cannot message users who are not admins, developers or testers of the app until pages_messaging permission is reviewed and the app is live.',
  '368': 'The action attempted has been deemed abusive or is otherwise disallowed',
  '551': "(#551) This person isn't available right now.",
  '551/1545041': "(#551) This person isn't available right now.",
  '613': '(#613) Calls to this api have exceeded the rate limit.',
  '613/2018338':
    '(#613) Warning! You are engaging in behavior that may be considered bothersome or abusive by users. You must significantly decrease the rate at which you are sending messages using message tags to this person.',
  '1200': '(#1200) Temporary send message failure. Please try again later.',
  '9000001': '(#9000001) Message deleted',
}

/** Errors that Meta itself calls passing. */
const TRANSIENT = new Set(['2', '1200', '1/99', '2018321'])

/** Fills in what was not asked. The status is 400 unless said: Meta's tables name none, and captured refusals are 400. */
export function graphError(asked: GraphErrorAsked): GraphError {
  const key = asked.subcode === undefined ? String(asked.code) : `${asked.code}/${asked.subcode}`
  const isTransient = asked.isTransient ?? TRANSIENT.has(key)
  return {
    status: asked.status ?? 400,
    message: asked.message ?? SAYINGS[key] ?? SAYINGS[String(asked.code)] ?? `(#${asked.code}) Error`,
    type: asked.type ?? 'OAuthException',
    code: asked.code,
    ...(asked.subcode === undefined ? {} : { subcode: asked.subcode }),
    ...(isTransient ? { isTransient } : {}),
  }
}

/** The body that Meta sends with an error. */
export function errorBody(error: GraphError): Record<string, unknown> {
  return {
    error: {
      message: error.message,
      type: error.type,
      ...(error.isTransient === true ? { is_transient: true } : {}),
      code: error.code,
      ...(error.subcode === undefined ? {} : { error_subcode: error.subcode }),
      fbtrace_id: `A${randomBytes(16).toString('base64url')}`,
    },
  }
}
