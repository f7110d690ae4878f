import type { Answer } from './request.ts'

/** What Twilio's debugger would show of our server's mistakes: 11200, 12100, 12200, 12300. */
export interface Alert {
  code: number
  text: string
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** The messages that our server's answer to a webhook asks for, and what is wrong with it. */
export function repliesOf({ status, type, body }: Answer): { replies: string[]; alert?: Alert } {
  if (status === 204 || body === '') return { replies: [] }
  if (/^text\/plain\b/.test(type)) return { replies: [body] }
  if (!/^(text|application)\/xml\b|^text\/html\b/.test(type))
    return { replies: [], alert: { code: 12300, text: `Invalid Content-Type: ${type}` } }
  const root = /^\s*(?:<\?xml[^>]*\?>\s*)?<Response(?:\s*\/>|\s*>([\s\S]*)<\/Response>)\s*$/.exec(body)
  if (root === null) return { replies: [], alert: { code: 12100, text: 'Document parse failure' } }
  const verbs = root[1] ?? ''
  const replies = [...verbs.matchAll(/<(Message|Sms)\b[^>]*>([\s\S]*?)<\/\1>/g)].map(([, , inner = '']) => plain(inner))
  const others = verbs.replaceAll(/<(Message|Sms)\b[^>]*>[\s\S]*?<\/\1>/g, '').trim()
  return { replies, ...(others === '' ? {} : { alert: { code: 12200, text: 'Schema validation warning' } }) }
}

const plain = (xml: string): string =>
  (/<Body>([\s\S]*?)<\/Body>/.exec(xml)?.[1] ?? xml)
    .replaceAll(/&#(\d+);/g, (_all, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll(/&(amp|lt|gt|quot|apos);/g, (_all, name: string) => ENTITIES[name] ?? '')
    .trim()
