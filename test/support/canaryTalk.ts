import { WebSocket } from 'ws'
import type { AgentView, ErrorView, InvitationView, MessagesView, QueueView } from '../../api/types.ts'
import { asking } from './asking.ts'
import type { Canaries } from './canaries.ts'
import { call, startedCaller, type Caller } from './directLineWire.ts'
import { eventually } from './eventually.ts'
import type { SignedIn } from './server.ts'
import type { ServerProcess } from './serverProcess.ts'

/** Who took part, so that a test can go on with them. */
export interface CanaryTalk {
  readonly newcomer: Caller
  readonly administrator: SignedIn
  readonly agent: SignedIn
  /** Tokens, cookies and links that were given out, by what they open. Each is a secret of its holder. */
  readonly secrets: Record<string, string>
  /** Fields that hold a canary now. */
  readonly fields: readonly string[]
}

/** The secret for `tokens/generate` in the process whose talk this is. */
export const DIRECT_LINE_SECRET = 'Tg7qLw2ZxN9rKf4VbYp6HdJs3McEa8Uu'

/**
 * A whole accompaniment, each field of which is a canary: an administrator who signs in and invites, a
 * newcomer who is onboarded, sends a file and asks for a person, an agent who takes, writes, notes and gives
 * back. `sealed` are what people said; `open` what the database keeps in clear (names of agents, clients' marks).
 */
export async function talkInCanaries(server: ServerProcess, sealed: Canaries, open: Canaries): Promise<CanaryTalk> {
  const ask = asking(() => server.url)
  const secrets: Record<string, string> = {}
  const fields = new Set<string>()
  const word = (field: string): string => {
    fields.add(field)
    return sealed.of(field)
  }

  async function signIn(link: string, who: string): Promise<SignedIn> {
    const token = link.slice(link.indexOf('#sign-in=') + '#sign-in='.length)
    const { status, headers, text } = await ask(undefined, 'POST', '/session', { token })
    if (status >= 300) throw new Error(`${who} does not get in: ${status} ${text}`)
    const cookie = (headers.get('set-cookie') ?? '').split(';')[0] ?? ''
    secrets[`${who}'s link`] = token
    secrets[`${who}'s cookie`] = cookie.slice(cookie.indexOf('=') + 1)
    const { json } = await ask<{ agent: AgentView }>({ agentId: '', cookie }, 'GET', '/me')
    return { agentId: json.agent.id, cookie }
  }

  const firstLink = await eventually('the first link', () => server.signInLink(), 10_000)
  const administrator = await signIn(firstLink, 'the administrator')
  const invitee = { role: 'agent', languages: ['fr', 'en'], region: null }
  const name = open.of('Agent')
  const invited = await ask<InvitationView>(administrator, 'POST', '/agents', { ...invitee, name })
  const agent = await signIn(invited.json.link, 'the agent')

  const minted = await call(`${server.url}/api/chat/tokens`, 'POST', undefined, { language: 'fr' })
  secrets["the newcomer's cookie"] = /=([\w-]{20,})/.exec(minted.headers.get('set-cookie') ?? '')?.[1] ?? ''
  const newcomer = await startedCaller(server.url, minted.json['token'] as string)
  secrets["the newcomer's token"] = newcomer.token
  secrets["the newcomer's stream"] = new URL(newcomer.streamUrl).searchParams.get('t') ?? ''
  const generated = await call(`${server.url}/v3/directline/tokens/generate`, 'POST', DIRECT_LINE_SECRET, {})
  secrets['a generated token'] = generated.json['token'] as string
  secrets['the secret of Direct Line'] = DIRECT_LINE_SECRET

  const answers = ['Français', 'Oui, j’accepte', word('Name'), 'À l’étranger', 'le 12 mars', 'Études', 'Sénégal']
  answers.push('Rimouski', '4 personnes', 'wolof', 'Un logement', 'Oui, vous pouvez', '+221771234567')
  answers.push(`${word('Mail')}@exemple.org`.toLowerCase(), 'Oui, sans risque', 'C’est exact')
  for (const said of answers) await newcomer.says(said)
  await newcomer.says(`${word('Question')} et ${word('Question').toLowerCase()}`, open.of('Mark'))
  await newcomer.post({ type: 'message', text: 'oui', value: { [word('Key')]: word('Value') } })
  const form = new FormData()
  form.append('file', new Blob([`${word('Content')} in a file`], { type: 'text/plain' }), `${word('File')}.txt`)
  await newcomer.call('POST', `/conversations/${newcomer.id}/upload?userId=x`, form)
  await newcomer.says(`je veux parler à une personne, ${word('Summary')}`)
  await newcomer.says(`mon mari me bat, ${word('Danger')}`)

  const live = await deskSocket(server.url, agent)
  await ask<QueueView>(agent, 'GET', '/queue')
  const at = `/conversations/${newcomer.id}`
  const commands: [string, unknown?][] = [
    ['/take', {}],
    ['/messages', { text: `Bonjour ${word('Answer')}`, clientMessageId: open.of('ClientMessage') }],
    ['/notes', { text: word('Note'), clientNoteId: open.of('ClientNote') }],
    ['/typing', {}],
  ]
  for (const [path, body] of commands) {
    const { status, text } = await ask(agent, 'POST', at + path, body)
    if (status >= 300) throw new Error(`${path}: ${status} ${text}`)
  }
  const { json: log } = await ask<MessagesView>(agent, 'GET', `${at}/messages`)
  const link = log.messages.flatMap(({ files }) => files ?? [])[0]?.url
  if (link === undefined) throw new Error('the agent sees no file')
  if (!(await (await fetch(server.url + link, { headers: { cookie: agent.cookie } })).text()).includes(sealed.stem))
    throw new Error('the agent cannot read the file')
  await ask(agent, 'POST', `${at}/read`, { seq: log.messages.at(-1)?.seq ?? 0 })
  await ask<ErrorView>(agent, 'POST', `${at}/hand-back`, {})
  await newcomer.says(`merci ${word('Thanks')}`)
  const fileLink = (await newcomer.messages()).flatMap(({ attachments }) => attachments ?? [])[0]?.contentUrl ?? ''
  secrets["a file's link"] = new URL(fileLink).searchParams.get('t') ?? ''
  live.close()
  for (const [what, secret] of Object.entries(secrets)) if (secret.length < 20) throw new Error(`${what} was not seen`)
  return { newcomer, administrator, agent, secrets, fields: [...fields] }
}

/** The desk's socket of somebody who is signed in. */
export function deskSocket(url: string, { cookie }: SignedIn): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/live`, { headers: { cookie, origin: url } })
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.once('open', () => {
      // The first frame may come with the handshake: it waits until whoever asked listens.
      socket.pause()
      resolve(socket)
      setImmediate(() => socket.resume())
    })
  })
}
