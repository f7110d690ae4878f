import { randomInt } from 'node:crypto'
import { Refusal } from './errors.ts'
import { conversationsOf, nodeOf } from './conversations.ts'
import { FIELDS } from './events.ts'
import type { Surface } from './faults.ts'
import { readSend, type OutboundMessage, type SendRequest } from './limits.ts'
import { changedProfile, noPersona, readPersona, reducedProfile, shownProfile } from './profile.ts'
import { oneOf, refuse, type Fields } from './shapes.ts'
import { newMid, stamp, type Thread, type ThreadMessage } from './thread.ts'
import { checkReach } from './window.ts'
import type { GraphPage, World } from './world.ts'

/** A call that was let in. */
export interface Call {
  method: string
  /** Without the version: `/me/messages`. */
  path: string
  params: URLSearchParams
  body: Fields
  page: GraphPage
}

/** A message that a person now has. */
export interface Sent {
  thread: Thread
  message: ThreadMessage
  request: SendRequest & { message: OutboundMessage }
}

/** A call that Meta would grant, not done yet: a fault may come in between. */
export interface Work {
  surface: Surface
  psid: string | undefined
  /** Tells one message from another: what it says, or which it is. */
  key: string
  /** Does it, and gives the body of the answer. */
  act(): { body: unknown; sent?: Sent }
}

/** What the call asks for, or Meta's refusal. */
export function workOf(call: Call, world: World): Work {
  const [, node = '', edge = '', more] = call.path.split('/')
  const isPage = node === 'me' || node === call.page.id
  if (more !== undefined) throw noPath(call.path)
  if (edge === '' && call.method === 'GET')
    return plain('people', () => nodeOf(world, call.page, node, call.params), isPage ? undefined : node)
  if (edge === '' && call.method === 'DELETE') return deletion(node, call, world)
  // A Page's token opens this Page only.
  if (!isPage) {
    if (world.pages.some(({ id }) => id === node)) throw new Refusal({ code: 200, status: 403 })
    throw new Refusal({ code: 100, subcode: 33, type: 'GraphMethodException' })
  }
  switch (`${call.method} ${edge}`) {
    case 'POST messages':
      return sending(call, world)
    case 'GET conversations':
      return plain(
        'conversations',
        () => conversationsOf(world, call.page, call.params),
        call.params.get('user_id') ?? undefined,
      )
    case 'GET messenger_profile':
    case 'POST messenger_profile':
    case 'DELETE messenger_profile':
      return profile(call, world)
    case 'GET personas':
      return plain('personas', () => ({
        data: [...world.personas.values()]
          .filter(({ page }) => page === call.page.id)
          .map(({ id, name }) => ({ id, name })),
      }))
    case 'POST personas':
      return newPersona(call, world)
    case 'GET subscribed_apps':
    case 'POST subscribed_apps':
    case 'DELETE subscribed_apps':
      return subscription(call, world)
    default:
      throw noPath(`/${edge}`)
  }
}

const noPath = (path: string): Refusal => new Refusal({ code: 2500, message: `Unknown path components: ${path}` })

const plain = (surface: Surface, body: () => Fields, psid?: string): Work => ({
  surface,
  psid,
  key: '',
  act: () => ({ body: body() }),
})

function sending(call: Call, world: World): Work {
  const request = readSend(call.body)
  if (world.states.has('pageRestricted')) throw new Refusal({ code: 10, subcode: 1893063 })
  const thread = world.thread(call.page.id, request.psid)
  checkReach(thread, request, world.permissions, world.now())
  if (request.personaId !== undefined && world.personas.get(request.personaId)?.page !== call.page.id) throw noPersona()
  const { message, psid } = request
  if (message === undefined)
    return {
      surface: 'actions',
      psid,
      key: '',
      act() {
        if (request.action === 'typing_on') thread.typingSince = world.now()
        if (request.action === 'typing_off') thread.typingSince = undefined
        if (request.action === 'mark_seen') thread.seenAt = world.now()
        return { body: { recipient_id: psid } }
      },
    }
  return {
    surface: 'messages',
    psid,
    key: message.metadata ?? `${psid} ${JSON.stringify(message)}`,
    act() {
      const sent: ThreadMessage = {
        mid: newMid(),
        from: 'page',
        at: stamp(thread, world.now()),
        text: textOf(message),
        message,
        appId: world.appId,
        ...(message.metadata === undefined ? {} : { metadata: message.metadata }),
        ...(request.tag === undefined ? {} : { tag: request.tag }),
      }
      thread.messages.push(sent)
      thread.typingSince = undefined
      return {
        body: { recipient_id: psid, message_id: sent.mid },
        sent: { thread, message: sent, request: { ...request, message } },
      }
    },
  }
}

/** What a person reads: the text, or what a template says. */
function textOf({ text, attachment }: OutboundMessage): string {
  if (text !== undefined) return text
  if (typeof attachment?.payload['text'] === 'string') return attachment.payload['text']
  const elements = attachment?.payload['elements']
  return Array.isArray(elements) ? elements.map((one: { title?: string }) => one.title ?? '').join('\n') : ''
}

function profile({ method, page, params, body }: Call, world: World): Work {
  const now = world.profiles.get(page.id) ?? {}
  const fields = params.get('fields') ?? body['fields']
  if (method === 'GET') return plain('profile', () => shownProfile(now, fields))
  const next = method === 'POST' ? changedProfile(now, body) : reducedProfile(now, fields)
  return plain('profile', () => {
    world.profiles.set(page.id, next)
    return { result: 'success' }
  })
}

function newPersona({ page, body }: Call, world: World): Work {
  const persona = readPersona(body)
  return plain('personas', () => {
    const id = `7${randomInt(10 ** 14)}`
    world.personas.set(id, { id, page: page.id, ...persona })
    return { id }
  })
}

function deletion(id: string, { page }: Call, world: World): Work {
  if (world.personas.get(id)?.page !== page.id) throw noPersona()
  return plain('personas', () => {
    world.personas.delete(id)
    return { success: true }
  })
}

function subscription({ method, page, params, body }: Call, world: World): Work {
  if (method === 'GET') {
    const fields = [...(world.subscriptions.get(page.id) ?? [])]
    return plain('subscriptions', () => ({
      data: fields.length === 0 ? [] : [{ id: String(world.appId), name: 'Parcours', subscribed_fields: fields }],
    }))
  }
  const asked = params.get('subscribed_fields') ?? body['subscribed_fields']
  const names = typeof asked === 'string' ? asked.split(',') : asked
  if (method === 'POST' && (!Array.isArray(names) || names.length === 0))
    refuse('The parameter subscribed_fields is required')
  const fields = Array.isArray(names) ? names.map((one: unknown) => oneOf(one, FIELDS, 'subscribed_fields')) : []
  return plain('subscriptions', () => {
    if (method === 'POST') world.subscriptions.set(page.id, new Set(fields))
    else world.subscriptions.delete(page.id)
    return { success: true }
  })
}
