import { Refusal } from './errors.ts'
import { picked, readFields, type Asked } from './fieldsParam.ts'
import { refuse, type Fields } from './shapes.ts'
import type { Thread, ThreadMessage } from './thread.ts'
import type { GraphPage, World } from './world.ts'

/** What a Page may read: its conversations and who writes to it. */

const MESSAGES_A_PAGE = 25

/** `GET /{PAGE}/conversations`: threads, and in each its messages, newest first. No metadata is in them. */
export function conversationsOf(world: World, page: GraphPage, params: URLSearchParams): Fields {
  const platform = params.get('platform') ?? 'messenger'
  if (platform.toLowerCase() !== 'messenger') refuse('Param platform must be one of {INSTAGRAM, MESSENGER}')
  const asked = readFields(params.get('fields') ?? 'id')
  const psid = params.get('user_id')
  const one = psid === null ? undefined : world.thread(page.id, psid)
  const threads = (psid === null ? world.threads(page.id) : [one]).filter((thread) => thread !== undefined)
  return {
    data: threads.filter(({ messages }) => messages.length > 0).map((thread) => conversation(thread, page, asked)),
  }
}

function conversation(thread: Thread, page: GraphPage, asked: readonly Asked[]): Fields {
  const messages = asked.find(({ name }) => name === 'messages')
  const whole = {
    id: `t_${thread.page}_${thread.psid}`,
    updated_time: timeOf(thread.messages.at(-1)?.at ?? 0),
    message_count: thread.messages.length,
    participants: { data: [personOf(thread), pageOf(page)] },
    ...(messages === undefined ? {} : { messages: messagesOf(thread, page, messages) }),
  }
  // What is asked of a message is picked in each message, not here.
  return picked(
    whole,
    asked.map((one) => ({ ...one, fields: [] })),
  )
}

function messagesOf(thread: Thread, page: GraphPage, asked: Asked): Fields {
  const fields = asked.fields.length > 0 ? asked.fields : readFields('id,created_time')
  const newest = thread.messages.toReversed().slice(0, asked.limit ?? MESSAGES_A_PAGE)
  return { data: newest.map((message) => picked(shown(message, thread, page), fields)) }
}

function shown(message: ThreadMessage, thread: Thread, page: GraphPage): Fields {
  const person = personOf(thread)
  const [from, to] = message.from === 'page' ? [pageOf(page), person] : [person, pageOf(page)]
  return {
    id: message.mid,
    created_time: timeOf(message.at),
    message: message.isDeleted === true ? '' : (message.text ?? ''),
    from,
    to: { data: [to] },
    tags: { data: [{ name: 'inbox' }, { name: message.from === 'page' ? 'source:api' : 'source:chat' }] },
  }
}

const personOf = ({ firstName, lastName, psid }: Thread): Fields => ({
  name: `${firstName} ${lastName}`,
  email: `${psid}@facebook.com`,
  id: psid,
})

const pageOf = ({ id, name }: GraphPage): Fields => ({ name, email: `${id}@facebook.com`, id })

/** Seconds, as Meta writes them: `2026-11-24T15:00:00+0000`. */
const timeOf = (ms: number): string => new Date(ms).toISOString().replace(/\.\d{3}Z$/, '+0000')

/** `GET /{PSID}`, or `GET /{PAGE}`. */
export function nodeOf(world: World, page: GraphPage, id: string, params: URLSearchParams): Fields {
  if (id === 'me' || id === page.id)
    return picked({ id: page.id, name: page.name }, readFields(params.get('fields') ?? 'name'))
  const persona = world.personas.get(id)
  if (persona?.page === page.id)
    return picked(
      { id: persona.id, name: persona.name, profile_picture_url: persona.profile_picture_url },
      readFields(params.get('fields') ?? 'name,profile_picture_url'),
    )
  const thread = world.thread(page.id, id)
  if (thread === undefined || thread.isGone) throw new Refusal({ code: 100, subcode: 33, type: 'GraphMethodException' })
  if (thread.profile !== 'open')
    throw new Refusal({ code: 100, subcode: thread.profile === 'none' ? 2018218 : 2018247 })
  const { firstName, lastName, psid } = thread
  return picked(
    {
      id: psid,
      first_name: firstName,
      last_name: lastName,
      name: `${firstName} ${lastName}`,
      profile_pic: `https://platform-lookaside.example/psid/${psid}`,
    },
    readFields(params.get('fields') ?? 'first_name,last_name,profile_pic'),
  )
}
