import type { Random } from './seeded.ts'

const ODD = [
  '\0',
  '\r',
  '\n',
  '\r\n\r\n',
  ' ',
  ':',
  ';',
  '%',
  '%zz',
  '/',
  '//',
  '?',
  '#',
  '"',
  '\\',
  '{',
  '[',
  '\xff',
  '\xc3',
  '9',
  '-1',
  'chunked',
]

/** Changes a text as noise on a wire or a careless proxy would: bits, bytes and stretches of it; up to three times. */
export function mutatedBytes(right: Buffer, random: Random): Buffer {
  let bytes = right
  const times = 1 + Math.floor(random() * 3)
  for (let i = 0; i < times; i += 1) bytes = once(bytes, random)
  return bytes
}

function once(bytes: Buffer, random: Random): Buffer {
  const below = (n: number): number => Math.floor(random() * Math.max(1, n))
  const at = below(bytes.length)
  const to = Math.min(bytes.length, at + 1 + below(40))
  const around = (middle: Uint8Array): Buffer => Buffer.concat([bytes.subarray(0, at), middle, bytes.subarray(to)])
  switch (below(7)) {
    case 0: {
      const flipped = Buffer.from(bytes)
      flipped[at] = (flipped[at] ?? 0) ^ (1 << below(8))
      return flipped
    }
    case 1:
      return around(Buffer.alloc(0))
    case 2:
      return around(Buffer.concat([bytes.subarray(at, to), bytes.subarray(at, to)]))
    case 3:
      return around(Buffer.from(Array.from({ length: to - at }, () => below(256))))
    case 4:
      return Buffer.concat([
        bytes.subarray(0, at),
        Buffer.from(ODD[below(ODD.length)] ?? '', 'latin1'),
        bytes.subarray(at),
      ])
    case 5:
      return bytes.subarray(0, at)
    default: {
      const from = below(bytes.length)
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(from)])
    }
  }
}
