import { FOREIGN } from './foreign.ts'
import { HTML } from './html.ts'
import { LINKS } from './links.ts'
import { TEMPLATES } from './templates.ts'

/** Words that are markup to whoever reads them as such. */
export interface Payload {
  /** What it tells when it runs (`__pwn(id)`) or loads (`http://<sink>/<id>`). */
  id: number
  text: string
}

const ALL = [...HTML, ...FOREIGN, ...LINKS, ...TEMPLATES]

/**
 * The corpus, aimed at a sink (`host:port`) that must not be asked for anything. In its lines `PWN` is
 * the call, `SINK` the sink with the payload's number, `ID` that number.
 */
export function payloadsFor(sink: string): Payload[] {
  return ALL.map((line, id) => ({
    id,
    text: line.replaceAll('PWN', `__pwn(${id})`).replaceAll('SINK', `${sink}/${id}`).replaceAll('ID', String(id)),
  }))
}
