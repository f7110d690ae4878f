import fc from 'fast-check'
import { eachMutated, hostileBytes, hostileText, mutated, serialise } from './hostileValues.ts'
import { BINARY, clientFrame, CLOSE, CONTINUED, PING, TEXT } from './rawSocket.ts'

/** Frames that no client of ours sends, and what they must come to: an end with this code, or no more than words. */
export interface HostileFrames {
  name: string
  bytes: Buffer
  /** Undefined: words. A socket that is told things ends for them; one that is not goes on. */
  code?: number
}

const K = 'x'.repeat(1_025)
const long = (count: number): Buffer =>
  Buffer.concat(Array.from({ length: count }, () => clientFrame(CONTINUED, '', { final: false })))

/** Breaks of the protocol, each with its code (RFC 6455, 7.4.1). */
const BREAKS: HostileFrames[] = [
  { name: 'wrong UTF-8', bytes: clientFrame(TEXT, new Uint8Array([0x22, 0xff, 0xfe, 0x22])), code: 1007 },
  { name: 'half a surrogate', bytes: clientFrame(TEXT, new Uint8Array([0xed, 0xa0, 0x80])), code: 1007 },
  { name: 'over the cap', bytes: clientFrame(TEXT, K), code: 1009 },
  { name: 'over the cap, binary', bytes: clientFrame(BINARY, K), code: 1009 },
  { name: '64 KB', bytes: clientFrame(TEXT, 'x'.repeat(65_536)), code: 1009 },
  { name: '2^40 bytes, announced', bytes: clientFrame(TEXT, '', { declared: 2n ** 40n }), code: 1009 },
  { name: '2^63 bytes, announced', bytes: clientFrame(TEXT, '', { declared: 2n ** 63n }), code: 1009 },
  {
    name: 'over the cap, in pieces',
    bytes: Buffer.concat([
      clientFrame(TEXT, 'x'.repeat(600), { final: false }),
      clientFrame(CONTINUED, 'x'.repeat(600)),
    ]),
    code: 1009,
  },
  {
    name: 'over the cap, one byte at a time',
    bytes: Buffer.concat([
      clientFrame(TEXT, 'x', { final: false }),
      ...Array.from({ length: 1_100 }, () => clientFrame(CONTINUED, 'x', { final: false })),
    ]),
    code: 1009,
  },
  { name: 'a continuation of nothing', bytes: clientFrame(CONTINUED, 'x'), code: 1002 },
  {
    name: 'a beginning within another',
    bytes: Buffer.concat([clientFrame(TEXT, 'x', { final: false }), clientFrame(TEXT, 'y')]),
    code: 1002,
  },
  { name: 'a ping of 126 bytes', bytes: clientFrame(PING, 'x'.repeat(126)), code: 1002 },
  { name: 'a close of 126 bytes', bytes: clientFrame(CLOSE, 'x'.repeat(126)), code: 1002 },
  { name: 'a ping in pieces', bytes: clientFrame(PING, 'x', { final: false }), code: 1002 },
  { name: 'a close of one byte', bytes: clientFrame(CLOSE, 'x'), code: 1002 },
  { name: 'a close with code 1005', bytes: clientFrame(CLOSE, new Uint8Array([3, 0xed])), code: 1002 },
  { name: 'a close whose reason is no text', bytes: clientFrame(CLOSE, new Uint8Array([3, 0xe8, 0xff])), code: 1007 },
  { name: 'no mask', bytes: clientFrame(TEXT, '{}', { masked: false }), code: 1002 },
  ...[0x40, 0x20, 0x10].map((reserved) => ({
    name: `reserved bit ${reserved}`,
    bytes: clientFrame(TEXT, '{}', { reserved }),
    code: 1002,
  })),
  ...[3, 7, 11, 15].map((opcode) => ({ name: `opcode ${opcode}`, bytes: clientFrame(opcode, ''), code: 1002 })),
]

/** Everything that a client may say and none says: breaks of the protocol, then words for a socket that takes `right`. `count` more are drawn. */
export function hostileFrames(right: object, seed: number, count: number): HostileFrames[] {
  const said = (name: string, bytes: Uint8Array | string, opcode = TEXT): HostileFrames => {
    const over = Buffer.byteLength(bytes) > 1_024
    return { name, bytes: clientFrame(opcode, bytes), ...(over ? { code: 1009 } : {}) }
  }
  const drawn = fc.sample(mutated(fc.constant(right)), { numRuns: count, seed })
  const bytes = fc.sample(hostileBytes, { numRuns: Math.ceil(count / 4), seed })
  const texts = fc.sample(hostileText, { numRuns: Math.ceil(count / 4), seed })
  return [
    ...BREAKS,
    {
      name: 'a message of 2,000 empty pieces',
      bytes: Buffer.concat([clientFrame(TEXT, '', { final: false }), long(1_999), clientFrame(CONTINUED, '')]),
    },
    said('binary', new Uint8Array([0, 1, 2, 255]), BINARY),
    said('the right words, binary', serialise(right), BINARY),
    ...['', ' ', 'null', '0', '"x"', '[]', '{', '{"watch":{}}', '{"__proto__":{"watch":null}}', '['.repeat(1_000)].map(
      (text) => said(text.slice(0, 30), text),
    ),
    ...[...eachMutated(right), ...drawn].map((value) => said(serialise(value).slice(0, 40), serialise(value))),
    ...texts.map((text) => said('text', text)),
    ...bytes.map((one) => said('bytes', one, BINARY)),
  ]
}
