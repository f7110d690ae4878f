/** One message of PostgreSQL's protocol: its type (empty for the start-up packet), and all of its bytes. */
export interface Frame {
  type: string
  bytes: Buffer
}

/**
 * Cuts a stream of bytes into PostgreSQL's messages; what is incomplete waits for the next chunk.
 * `startUp`: the first message has no type, as a client's has not.
 */
export function frameReader({ startUp }: { startUp: boolean }): (chunk: Buffer) => Frame[] {
  let rest: Buffer = Buffer.alloc(0)
  let typed = !startUp
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const frames: Frame[] = []
    for (;;) {
      const head = typed ? 1 : 0
      if (rest.length < head + 4) return frames
      const end = head + rest.readInt32BE(head)
      if (rest.length < end) return frames
      frames.push({ type: typed ? String.fromCharCode(rest[0] ?? 0) : '', bytes: rest.subarray(0, end) })
      rest = rest.subarray(end)
      typed = true
    }
  }
}

/** The statement of a simple query (`Q`), or the tag of what was done (`CommandComplete`): both are one C string. */
export const wordsOf = ({ bytes }: Frame): string => bytes.toString('utf8', 5, bytes.length - 1)

/** The name of the prepared statement that a client binds (`B`): the second C string, behind the portal's. */
export function boundStatement({ bytes }: Frame): string {
  const portalEnd = bytes.indexOf(0, 5)
  return bytes.toString('utf8', portalEnd + 1, bytes.indexOf(0, portalEnd + 1))
}
