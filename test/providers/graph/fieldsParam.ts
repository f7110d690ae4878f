import { isFields, refuse, type Fields } from './shapes.ts'

/** What `?fields=` asks for: names, and within a name what is asked of it. */
export interface Asked {
  name: string
  /** `.limit(5)`. */
  limit: number | undefined
  /** Empty: whatever the edge gives unasked. */
  fields: Asked[]
}

/** Reads `id,messages.limit(5){id,message,from}`. */
export function readFields(text: string): Asked[] {
  let at = 0
  function list(): Asked[] {
    const all: Asked[] = []
    for (;;) {
      const found = /^\s*([a-z_]+)(?:\.limit\((\d+)\))?/.exec(text.slice(at))
      if (found === null) return refuse(`Syntax error "Expected name" at character ${at}: ${text}`, 2500)
      at += found[0].length
      const asked: Asked = {
        name: found[1] ?? '',
        limit: found[2] === undefined ? undefined : Number(found[2]),
        fields: [],
      }
      if (text[at] === '{') {
        at += 1
        asked.fields = list()
        if (text[at] !== '}') return refuse(`Syntax error "Expected end of string" at character ${at}: ${text}`, 2500)
        at += 1
      }
      all.push(asked)
      if (text[at] !== ',') return all
      at += 1
    }
  }
  const all = list()
  if (at < text.length) return refuse(`Syntax error "Expected end of string" at character ${at}: ${text}`, 2500)
  return all
}

/** The object with the asked fields; `id` is always there. */
export function picked(value: Fields, asked: readonly Asked[]): Fields {
  const names = asked.map(({ name }) => name)
  const unknown = names.filter((name) => !(name in value))
  if (unknown.length > 0) refuse(`Tried accessing nonexisting field (${unknown[0]})`)
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name === 'id' || names.includes(name))
      .map(([name, one]) => {
        const inner = asked.find((field) => field.name === name)?.fields ?? []
        return [name, inner.length > 0 && isFields(one) ? picked(one, inner) : one]
      }),
  )
}
