import { Refusal } from './errors.ts'
import { fieldsAt, listAt, onlyKeys, oneOf, optionalTextAt, refuse, textAt, urlAt, type Fields } from './shapes.ts'

/** What may be sent: the limits of the Send API, and what Meta answers beyond them. The window is not asked here. */

/** A request to send, read and within the limits. */
export interface SendRequest {
  psid: string
  /** A message, or the state that is shown (`typing_on`, `typing_off`, `mark_seen`); never both. */
  message?: OutboundMessage
  action?: string
  messagingType?: string
  tag?: string
  personaId?: string
  replyTo?: string
}

/** A message as it was posted. */
export interface OutboundMessage {
  text?: string
  metadata?: string
  quick_replies?: { content_type: string; title?: string; payload?: string }[]
  attachment?: { type: string; payload: Fields }
}

// Documented as "less than 2000": the last one that surely passes is 1999.
const TEXT = 1999
const METADATA = 1000
const QUICK_REPLIES = 13
const TITLE = 20
const PAYLOAD = 1000
const BUTTON_TEMPLATE_TEXT = 640
const BUTTONS = 3
const ELEMENTS = 10
const ELEMENT_TEXT = 80

const ACTIONS = ['typing_on', 'typing_off', 'mark_seen']
const MESSAGING_TYPES = ['RESPONSE', 'UPDATE', 'MESSAGE_TAG', 'UTILITY']
const NOTIFICATION_TYPES = ['REGULAR', 'SILENT_PUSH', 'NO_PUSH']
const MEDIA = ['image', 'video', 'audio', 'file']

/** Tags that Meta took away on 27 April 2026. */
const DEAD_TAGS = new Set(['CONFIRMED_EVENT_UPDATE', 'ACCOUNT_UPDATE', 'POST_PURCHASE_UPDATE'])

/** Reads a request to send, or refuses it as Meta does. */
export function readSend(body: Fields): SendRequest {
  const recipient = fieldsAt(body['recipient'], 'recipient')
  const psid = recipient['id']
  if (typeof psid !== 'string' || !/^\d+$/.test(psid))
    return refuse('Param recipient[id] must be a valid ID string (e.g., "123")')
  const { message, sender_action: action } = body
  if (message !== undefined && action !== undefined) throw new Refusal({ code: 100, subcode: 2018014 })
  if (action !== undefined) return { psid, action: oneOf(action, ACTIONS, 'sender_action') }
  return {
    psid,
    message: readMessage(fieldsAt(message, 'message')),
    ...readPurpose(body),
    ...readManner(body),
  }
}

function readPurpose(body: Fields): { messagingType: string; tag?: string } {
  const { tag } = body
  if (typeof tag === 'string' && DEAD_TAGS.has(tag)) throw new Refusal({ code: 100, subcode: 1893061 })
  const messagingType = oneOf(body['messaging_type'], MESSAGING_TYPES, 'messaging_type')
  if (tag !== undefined && tag !== 'HUMAN_AGENT') return refuse('Invalid tag.')
  if (messagingType === 'MESSAGE_TAG' && tag === undefined)
    return refuse('The parameter tag is required when messaging_type is MESSAGE_TAG')
  return { messagingType, ...(tag === undefined ? {} : { tag: 'HUMAN_AGENT' }) }
}

function readManner(body: Fields): { personaId?: string; replyTo?: string } {
  const { notification_type: notification, persona_id: persona, reply_to: reply } = body
  if (notification !== undefined) oneOf(notification, NOTIFICATION_TYPES, 'notification_type')
  return {
    ...(persona === undefined ? {} : { personaId: textAt(persona, 'persona_id', 100) }),
    ...(reply === undefined ? {} : { replyTo: textAt(fieldsAt(reply, 'reply_to')['mid'], 'reply_to[mid]', 1000) }),
  }
}

function readMessage(message: Fields): OutboundMessage {
  onlyKeys(message, ['text', 'attachment', 'quick_replies', 'metadata'], 'message')
  const { text, attachment, metadata, quick_replies: replies } = message
  if ((text === undefined || text === '') && attachment === undefined)
    throw new Refusal({ code: 100, subcode: 2018034 })
  if (text !== undefined && attachment !== undefined)
    throw new Refusal({
      code: 100,
      subcode: 2018015,
      message: '(#100) Cannot send both text and attachment in the same message',
    })
  optionalTextAt(text, 'message[text]', TEXT)
  optionalTextAt(metadata, 'message[metadata]', METADATA)
  if (attachment !== undefined) readAttachment(fieldsAt(attachment, 'message[attachment]'))
  if (replies !== undefined)
    listAt(replies, 'message[quick_replies]', 1, QUICK_REPLIES).forEach((reply, i) =>
      readQuickReply(reply, `message[quick_replies][${i}]`),
    )
  return message
}

function readQuickReply(reply: Fields, name: string): void {
  onlyKeys(reply, ['content_type', 'title', 'payload', 'image_url'], name)
  const type = oneOf(reply['content_type'], ['text', 'user_phone_number', 'user_email'], `${name}[content_type]`)
  // Meta's apps cut a longer title; a person then reads half a choice, so here it is refused.
  if (type === 'text') textAt(reply['title'], `${name}[title]`, TITLE)
  if (type === 'text') textAt(reply['payload'], `${name}[payload]`, PAYLOAD)
  if (reply['image_url'] !== undefined) urlAt(reply['image_url'], `${name}[image_url]`)
}

function readAttachment(attachment: Fields): void {
  onlyKeys(attachment, ['type', 'payload'], 'message[attachment]')
  const type = oneOf(attachment['type'], [...MEDIA, 'template'], 'message[attachment][type]')
  const payload = fieldsAt(attachment['payload'], 'message[attachment][payload]')
  if (type === 'template') readTemplate(payload)
  else readMedia(payload)
}

function readMedia(payload: Fields): void {
  onlyKeys(payload, ['url', 'is_reusable', 'attachment_id'], 'message[attachment][payload]')
  if ((payload['url'] === undefined) === (payload['attachment_id'] === undefined))
    refuse('Param message[attachment][payload] must have either url or attachment_id')
  if (payload['attachment_id'] === undefined) urlAt(payload['url'], 'message[attachment][payload][url]', 2018008)
}

function readTemplate(payload: Fields): void {
  const type = oneOf(payload['template_type'], ['button', 'generic'], 'message[attachment][payload][template_type]')
  if (type === 'button') {
    onlyKeys(payload, ['template_type', 'text', 'buttons', 'sharable'], 'message[attachment][payload]')
    textAt(payload['text'], 'name_placeholder[text]', BUTTON_TEMPLATE_TEXT)
    readButtons(payload['buttons'], 'name_placeholder[buttons]')
    return
  }
  onlyKeys(payload, ['template_type', 'elements', 'sharable', 'image_aspect_ratio'], 'message[attachment][payload]')
  listAt(payload['elements'], 'name_placeholder[elements]', 1, ELEMENTS).forEach((element, i) =>
    readElement(element, `name_placeholder[elements][${i}]`),
  )
}

function readElement(element: Fields, name: string): void {
  onlyKeys(element, ['title', 'subtitle', 'image_url', 'default_action', 'buttons'], name)
  textAt(element['title'], `${name}[title]`, ELEMENT_TEXT)
  if (Object.keys(element).length < 2) refuse(`Param ${name} must have at least one property besides title`)
  optionalTextAt(element['subtitle'], `${name}[subtitle]`, ELEMENT_TEXT)
  if (element['image_url'] !== undefined) urlAt(element['image_url'], `${name}[image_url]`)
  if (element['buttons'] !== undefined) readButtons(element['buttons'], `${name}[buttons]`)
  if (element['default_action'] !== undefined) {
    const action = fieldsAt(element['default_action'], `${name}[default_action]`)
    if (action['title'] !== undefined) refuse(`Invalid keys "title" were found in param "${name}[default_action]".`)
    urlAt(action['url'], `${name}[default_action][url]`)
  }
}

function readButtons(value: unknown, name: string): void {
  listAt(value, name, 1, BUTTONS).forEach((button, i) => {
    const at = `${name}[${i}]`
    const type = oneOf(
      button['type'],
      ['postback', 'web_url', 'phone_number', 'account_link', 'account_unlink'],
      `${at}[type]`,
    )
    if (!type.startsWith('account_')) textAt(button['title'], `${at}[title]`, TITLE)
    if (type === 'postback') textAt(button['payload'], `${at}[payload]`, PAYLOAD)
    if (type === 'web_url' || type === 'account_link') urlAt(button['url'], `${at}[url]`)
    if (type === 'phone_number' && !/^\+\d{6,15}$/.test(String(button['payload'])))
      refuse(`Param ${at}[payload] must be a phone number with its country code`)
  })
}
