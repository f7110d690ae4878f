import fc from 'fast-check'

/** Written as a number that no double holds; JSON itself has no value for it. */
const HUGE = '@a number beyond all@'

/** Nested deeper than any client nests. */
const deep = (levels: number): unknown => {
  let value: unknown = 1
  for (let i = 0; i < levels; i += 1) value = i % 2 === 0 ? [value] : { a: value }
  return value
}

const WORDS = [
  '',
  ' ',
  'NaN',
  'Infinity',
  '-0',
  'null',
  'undefined',
  '1e400',
  '0x10',
  '\u0000',
  'a\u0000b',
  '\ud800',
  'x\udfffy',
  '\u202Eevil\u202C',
  'مرحبا',
  '👩‍👩‍👧‍👦',
  'e\u0301'.repeat(200),
  '\u200d\u200d',
  '../../etc/passwd',
  "'; drop table agents; --",
  '{{constructor}}',
  '$& $1 $$',
  '__proto__',
  'constructor',
  '<script>alert(1)</script>',
  '\r\nSet-Cookie: a=b',
  '9'.repeat(400),
  'a'.repeat(2_001),
  'x'.repeat(20_000),
  'y'.repeat(100_000),
]

/** Text that breaks what trusts it. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...WORDS) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 80 }) },
)

const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: hostileText },
  {
    weight: 4,
    arbitrary: fc.constantFrom<unknown>(
      null,
      true,
      0,
      -1,
      1.5,
      2 ** 31,
      2 ** 53,
      Number.MAX_VALUE,
      HUGE,
      [],
      {},
      [[]],
      { $ne: 1 },
      { toString: 1, valueOf: 1, toJSON: 1 },
      { length: 1e9 },
      deep(8),
      deep(31),
      deep(500),
      Array.from({ length: 500 }, (_, i) => i),
    ),
  },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
)

const KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'id',
  'type',
  'extra',
  '',
  '\u0000',
]

interface Edit {
  /** Which place of the value, counted over all its places. */
  place: number
  how: 'replace' | 'poison' | 'remove' | 'add' | 'list' | 'wrap'
  key: string
  value: unknown
}

const edits = fc.record<Edit>({
  place: fc.nat(40),
  how: fc.constantFrom('replace', 'poison', 'remove', 'add', 'list', 'wrap'),
  key: fc.constantFrom(...KEYS),
  value: hostileValue,
})

/** Values as they should be, and the same with up to three of their places made wrong. */
export const mutated = (values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 1, arbitrary: values },
    {
      weight: 4,
      arbitrary: fc
        .tuple(values, fc.array(edits, { minLength: 1, maxLength: 3 }))
        .map(([value, all]) => all.reduce<unknown>(edit, value)),
    },
  )

/** What each place is tried with in turn, whatever chance brings. */
const TRIED: Pick<Edit, 'how' | 'key' | 'value'>[] = [
  ...['\u0000', '\ud800', '\u202E👩‍👩‍👧', 'z'.repeat(30_000)].map((value) => ({ how: 'poison' as const, key: '', value })),
  ...['NaN', HUGE, null, {}, [], deep(31)].map((value) => ({ how: 'replace' as const, key: '', value })),
  { how: 'add', key: '__proto__', value: { isAdmin: true } },
  { how: 'add', key: 'constructor', value: { prototype: {} } },
  { how: 'remove', key: '', value: null },
]

/** A value with one of its places made wrong, for each place and each way. */
export function eachMutated(value: unknown): unknown[] {
  const places = placesOf({ value }).map((_place, place) => place)
  return places.flatMap((place) => TRIED.map((tried) => edit(value, { place, ...tried })))
}

function edit(value: unknown, { place, how, key, value: wrong }: Edit): unknown {
  const box: Record<string, unknown> = { value: structuredClone(value) }
  const places = placesOf(box)
  const [holder, name] = places[place % places.length] ?? [box, 'value']
  const there = holder[name]
  if (how === 'remove' && holder !== box) delete holder[name]
  else if (how === 'list') holder[name] = [there]
  else if (how === 'wrap') holder[name] = { [name]: there }
  else if (how === 'poison' && typeof there === 'string' && typeof wrong === 'string')
    holder[name] = `${there}${wrong}${there}`
  else if (how === 'add' && isHolder(there)) define(there, key, wrong)
  else holder[name] = wrong
  return box['value']
}

type Holder = Record<string, unknown>
const isHolder = (value: unknown): value is Holder => typeof value === 'object' && value !== null

/** Each place of a value: where it is held, and under which name. */
function placesOf(holder: Holder): [Holder, string][] {
  return Object.keys(holder).flatMap((name): [Holder, string][] => {
    const value = holder[name]
    return [[holder, name], ...(isHolder(value) && name !== '__proto__' ? placesOf(value).slice(0, 40) : [])]
  })
}

/** A field of any name; assigned, `__proto__` would be none. */
function define(holder: Holder, name: string, value: unknown): void {
  Object.defineProperty(holder, name, { value, enumerable: true, configurable: true, writable: true })
}

/** JSON, with the numbers that `JSON.stringify` does not write. */
export const serialise = (value: unknown): string => (JSON.stringify(value) ?? '').replaceAll(`"${HUGE}"`, '1e999')

/** Bodies that are no JSON, or hardly. */
export const hostileBytes: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 4_096 }),
  fc
    .constantFrom(
      '',
      '{',
      '"',
      '[1,]',
      '{"a":1,"a":2}',
      '\ufeff{}',
      '{}{}',
      '//',
      '1e999',
      '"\\ud800"',
      '{"__proto__":{"isAdmin":true}}',
      '['.repeat(30_000),
      `{"a":`.repeat(5_000),
      `[${'1,'.repeat(40_000)}1]`,
    )
    .map((text) => new TextEncoder().encode(text)),
)
