import { safeFileName } from '../../../services/files/index.ts'
import { requestPerson } from '../../../services/handoff/index.ts'
import { giveConsent, saveAnswer } from '../../../services/newcomers/index.ts'
import { append, findOrCreateConversation } from '../../../services/conversations/index.ts'
import { randomId, type AgentId, type ConversationId } from '../../../services/platform/ids.ts'
import { asking } from '../asking.ts'
import { deskPeople } from '../deskWorld.ts'
import { call, startedCaller } from '../directLineWire.ts'
import type { SignedIn, TestServer } from '../server.ts'

/** A conversation, a queue and a team, of which every word is one of the given ones. */
export interface Seeded {
  conversationId: string
  /** The newcomer's cookie (`name=value`) and their Direct Line token. */
  visitorCookie: string
  token: string
  holder: SignedIn
  administrator: SignedIn
  /** How many places took words. */
  readonly sinks: number
  readonly words: readonly string[]
  /** What must be read on a view: a word for each place that it shows. */
  wordsOn(view: View): string[]
}

export type View = 'chat' | 'desk' | 'queue' | 'team' | 'webChat'

/** The places: what a newcomer, their client, an agent, an administrator and the bot can write. */
const SINKS = (
  'message, title of a pressed button, file name, MIME type, locale, sender’s id and name, ' +
  'User-Agent, Referer, Accept-Language, X-Forwarded-For, agent’s reply, note, invited name, agent’s region, ' +
  'bot’s words, choices, stored file name and type, preferred name, file answers, consent, last words, open step, ' +
  'situation, known answers, person’s region, conversation’s language'
).split(', ')
const NAME_CHARACTERS = 80
/** A name as the desk takes one: one line of 80 characters. */
export const asName = (text: string): string =>
  Array.from(text.toWellFormed().replace(/\p{Cc}/gu, ' '))
    .slice(0, NAME_CHARACTERS)
    .join('')
    .trim()
/** A header as Node sends one. */
const asHeader = (text: string): string => text.replace(/[^\x20-\x7e]/g, '').trim()

/** Writes every one of `texts` into every sink there is, through the API where it takes them, else through the services' doors. */
export async function seedMarkup(server: TestServer, texts: readonly string[]): Promise<Seeded> {
  const { platform } = server.running
  const { database, keys } = platform
  const people = deskPeople(platform)
  const ask = asking(() => server.url)
  const names = texts.map(asName).filter((name) => name !== '')
  const headersOf = (text: string) => ({
    'user-agent': asHeader(text),
    referer: asHeader(text),
    'accept-language': asHeader(text),
    'x-forwarded-for': asHeader(text),
  })

  const administrator = await server.signInAgent({ name: 'Chief', role: 'administrator' })
  const colleagues = await Promise.all(
    names.map(async (name) => {
      const invitee = { name, role: 'agent', languages: ['fr'], region: name }
      const invited = await ask<{ agent: { id: AgentId } }>(administrator, 'POST', '/agents', invitee, headersOf(name))
      if (invited.status !== 201) throw new Error(`invitation: ${invited.status} ${invited.text}`)
      return invited.json.agent.id
    }),
  )
  const holder = await server.signInAgent({ name: names[0] ?? 'x' })

  // Who waits, and nobody who waited before: a desk shows the first of them only. A conversation for each of the texts.
  await database.db.deleteFrom('conversations').where('mode', '=', 'waiting').execute()
  await Promise.all(
    texts.map(async (text) => {
      const contact = randomId()
      const who = { channel: 'directline', contact, userId: contact, language: kept(text) }
      const { id } = await findOrCreateConversation(database, keys, who)
      await fileAndRequest(id, [text], kept(text))
    }),
  )

  // The conversation: opened as the page opens it, then taken.
  const minted = await call(`${server.url}/api/chat/tokens`, 'POST', undefined, { language: 'fr' })
  const visitorCookie = (minted.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  const newcomer = await startedCaller(server.url, String(minted.json['token']))
  const id = newcomer.id as ConversationId
  await fileAndRequest(id, texts, 'x')
  const took = await ask(holder, 'POST', `/conversations/${id}/take`)
  if (took.status !== 204) throw new Error(`take: ${took.status} ${took.text}`)

  for (const [place, text] of texts.entries()) {
    const uploaded = await newcomer.call(
      'POST',
      `/conversations/${id}/upload`,
      Buffer.from(multipart(text, `some words ${place}`)),
      { ...headersOf(text), 'content-type': 'multipart/form-data; boundary=edge' },
    )
    const pressed = { type: 'message', text: 'pressed', channelData: { messageBack: { displayText: text } } }
    const posted = await newcomer.call('POST', `/conversations/${id}/activities`, pressed, headersOf(text))
    for (const { status, json } of [uploaded, posted])
      if (status !== 200) throw new Error(`${status} ${JSON.stringify(json)} for ${text}`)
    for (const [path, body] of [
      ['messages', { text, clientMessageId: randomId() }],
      ['notes', { text }],
    ] as const) {
      const written = await ask(holder, 'POST', `/conversations/${id}/${path}`, body)
      if (written.status >= 300) throw new Error(`${path}: ${written.status} ${written.text}`)
    }
  }
  // What no API lets in: the bot's own words, buttons, and what older rows may hold.
  await people.turn(id, (_tx, c) => {
    texts.forEach((text, place) => {
      const agentId = colleagues[place]
      const files = [{ id: randomId(), name: text, contentType: text, size: 1 }]
      append(c, { author: 'agent', ...(agentId === undefined ? {} : { agentId }), body: { text: '', files } })
      append(c, { author: place % 2 === 0 ? 'bot' : 'system', body: { text, urgent: place % 3 === 0 } })
    })
    append(c, { author: 'bot', body: { text: 'choose', choices: texts.map((text) => ({ title: text, value: text })) } })
  })

  return {
    conversationId: id,
    visitorCookie,
    token: newcomer.token,
    holder,
    administrator,
    sinks: SINKS.length,
    words: texts,
    wordsOn(view) {
      const fileNames = texts.map(storedName)
      if (view === 'chat' || view === 'desk') return [...texts, ...names, ...fileNames]
      // It shows what is a message; not every file by its name.
      if (view === 'webChat') return [...texts]
      return view === 'team' ? names : [...texts]
    },
  }

  /** A file that says `answers`, and a request for a person about them. */
  async function fileAndRequest(of: ConversationId, answers: readonly string[], region: string): Promise<void> {
    await people.turn(of, (tx, c, at) => {
      giveConsent(tx, keys, c, { purpose: kept(answers[0] ?? ''), wordsKey: 'x', seq: 0, at })
      const first = answers[0] ?? ''
      const answer = { author: 'newcomer' as const, dialog: 'onboarding', seq: 0, at }
      saveAnswer(tx, c, { ...answer, name: 'preferredName', value: first })
      answers.forEach((value, place) => {
        const name = kept(`${place}${value}`)
        saveAnswer(tx, c, { ...answer, name, value: { [value]: [value] } })
      })
      const known = Object.fromEntries(answers.map((value, place) => [`${place}${value}`, value]))
      const situation = first
      // Danger has a banner for each: a few show what there is to see of it.
      const reason = answers.length > 1 || first === texts[0] ? 'danger' : 'asked'
      requestPerson(tx, c, { reason, lastWords: first, known, openStep: first, situation, region, at })
    })
  }
}

/** Text as PostgreSQL takes it in clear. */
const kept = (text: string): string => text.toWellFormed().replaceAll('\0', '')
const storedName = (text: string): string => safeFileName(nameInForm(text))
/** A name as a multipart header holds it: one with control characters is no header, and refused. */
const nameInForm = (text: string): string => text.toWellFormed().replace(/["\\\p{Cc}]/gu, '')

/** A message with a file, of which the sender chose every word. */
const multipart = (text: string, content: string): string =>
  [
    '--edge\r\nContent-Disposition: form-data; name="activity"; filename="blob"',
    'Content-Type: application/vnd.microsoft.activity',
    '',
    JSON.stringify({ type: 'message', text, locale: text, from: { id: text, name: text, role: 'bot' } }),
    `--edge\r\nContent-Disposition: form-data; name="file"; filename="${nameInForm(text)}"`,
    `Content-Type: text/html; name="${asHeader(text).replace(/["\\]/g, '')}"`,
    '',
    `${content}\r\n--edge--\r\n`,
  ].join('\r\n')
