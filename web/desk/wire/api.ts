import type {
  AgentView,
  ConversationView,
  ErrorView,
  InvitationView,
  MessagesView,
  MessageView,
  MeView,
  MyPeopleView,
  NoteView,
  QueueView,
  Role,
  UnansweredView,
  WriteMessage,
} from '../../../api/types.ts'

/**
 * A refusal of the server, or silence. `status` 0 means that no answer came: the network is away, so
 * the same request may be tried again. `message` is the server's sentence, already in a language that
 * people read, or empty.
 */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly retryAfterSeconds: number

  constructor(status: number, code: string, message = '', retryAfterSeconds = 0) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.code = code
    this.retryAfterSeconds = retryAfterSeconds
  }

  /** Trying the same again later may succeed: no answer, too many, or a server in trouble. */
  get mayPass(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500
  }
}

/** Who is invited to the desk. */
export interface Invitation {
  name: string
  role: Role
  languages: string[]
  region: string | null
}

/** Which part of the log: after or before a position, or the last ones. */
export type Span = { after: number } | { before: number } | Record<string, never>

/** The desk's part of the JSON API, a function a route. Each rejects with {@link ApiError}. */
export interface DeskApi {
  signIn(token: string): Promise<void>
  signOut(): Promise<void>
  me(): Promise<MeView>
  queue(): Promise<QueueView>
  myPeople(): Promise<MyPeopleView>
  conversation(id: string): Promise<ConversationView>
  messages(id: string, span: Span): Promise<MessagesView>
  write(id: string, message: WriteMessage): Promise<MessageView>
  typing(id: string): Promise<void>
  take(id: string): Promise<void>
  handBack(id: string): Promise<void>
  close(id: string): Promise<void>
  read(id: string, seq: number): Promise<void>
  /** Has a message sent again that failed, or of which nobody knows. */
  sendAgain(id: string, messageId: string): Promise<void>
  note(id: string, text: string): Promise<NoteView>
  agents(): Promise<AgentView[]>
  unanswered(): Promise<UnansweredView>
  invite(invitation: Invitation): Promise<InvitationView>
  link(agentId: string): Promise<InvitationView>
  deactivate(agentId: string): Promise<void>
}

const root = '/api/v1'

/** How long a request may take before it counts as unanswered, in milliseconds. */
const patience = 20_000

/**
 * The API over `fetch`, with the session's cookie.
 * `language` is read at each request, so that refusals come in the language the desk shows.
 * `newId` makes the mark by which a second copy is known.
 */
export function deskApi(call: typeof fetch, language: () => string, newId: () => string): DeskApi {
  async function ask(method: string, path: string, body?: unknown): Promise<unknown> {
    let response: Response
    try {
      response = await call(`${root}${path}`, {
        method,
        credentials: 'same-origin',
        cache: 'no-store',
        headers: {
          accept: 'application/json',
          'accept-language': language(),
          // Each mutation carries it, with or without a body: a cross-site form cannot.
          ...(method === 'GET' ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(patience),
      })
    } catch {
      throw new ApiError(0, 'unreachable')
    }
    const answer = await readJson(response)
    if (!response.ok) throw refusal(response, answer)
    return answer
  }

  const get = async <T>(path: string): Promise<T> => (await ask('GET', path)) as T
  const post = async <T>(path: string, body: unknown = {}): Promise<T> => (await ask('POST', path, body)) as T
  const marks = new Map<string, string>()
  /** The same again, after an answer that was not heard, bears the same mark: the server keeps it once. */
  async function once<T>(path: string, body: object, mark: string): Promise<T> {
    const what = `${path} ${JSON.stringify(body)}`
    const id = marks.get(what) ?? newId()
    marks.set(what, id)
    const answer = await post<T>(path, { ...body, [mark]: id })
    marks.delete(what)
    return answer
  }
  const conversation = (id: string, rest = ''): string => `/conversations/${encodeURIComponent(id)}${rest}`
  const agent = (id: string, rest: string): string => `/agents/${encodeURIComponent(id)}${rest}`

  return {
    signIn: async (token) => void (await post('/session', { token })),
    signOut: async () => void (await ask('DELETE', '/session')),
    me: () => get('/me'),
    queue: () => get('/queue'),
    myPeople: () => get('/my-people'),
    conversation: (id) => get(conversation(id)),
    messages: (id, span) => get(conversation(id, `/messages${query(span)}`)),
    write: (id, message) => post(conversation(id, '/messages'), message),
    typing: async (id) => void (await post(conversation(id, '/typing'))),
    take: async (id) => void (await post(conversation(id, '/take'))),
    handBack: async (id) => void (await post(conversation(id, '/hand-back'))),
    close: async (id) => void (await post(conversation(id, '/close'))),
    sendAgain: async (id, messageId) => void (await post(conversation(id, '/send-again'), { messageId })),
    read: async (id, seq) => void (await post(conversation(id, '/read'), { seq })),
    note: (id, text) => once(conversation(id, '/notes'), { text }, 'clientNoteId'),
    agents: async () => agentList(await get('/agents')),
    unanswered: () => get<UnansweredView>('/unanswered-questions'),
    invite: (invitation) => once('/agents', invitation, 'clientInvitationId'),
    link: (id) => post(agent(id, '/link')),
    deactivate: async (id) => void (await post(agent(id, '/deactivate'))),
  }
}

function query(span: Span): string {
  if ('after' in span) return `?after=${span.after}`
  if ('before' in span) return `?before=${span.before}`
  return ''
}

/** The list bare, or under `agents` as the other lists are under their names. */
function agentList(answer: AgentView[] | { agents: AgentView[] }): AgentView[] {
  return Array.isArray(answer) ? answer : answer.agents
}

async function readJson(response: Response): Promise<unknown> {
  try {
    const text = await response.text()
    return text === '' ? null : (JSON.parse(text) as unknown)
  } catch {
    return null
  }
}

function refusal(response: Response, answer: unknown): ApiError {
  const wait = Number(response.headers.get('retry-after') ?? '0')
  const seconds = Number.isFinite(wait) ? wait : 0
  if (!isErrorView(answer)) return new ApiError(response.status, 'unknown', '', seconds)
  return new ApiError(response.status, answer.error.code, answer.error.message, seconds)
}

function isErrorView(answer: unknown): answer is ErrorView {
  if (typeof answer !== 'object' || answer === null || !('error' in answer)) return false
  const error = answer.error
  return typeof error === 'object' && error !== null && 'code' in error && 'message' in error
}
