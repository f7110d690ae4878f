/** A fault that is put into one product file while a test runs, and the test that must notice. */
export interface Sabotage {
  name: string
  /** What is broken, in the words of whom it would hurt. */
  harm: string
  /** The product file, from the root of the repository. */
  file: string
  /** Pieces of its text and what stands there instead. Each is there exactly once, or the run fails. */
  edits: readonly (readonly [from: string, to: string])[]
  caughtBy: { file: string; test: string }
}

/** Every sabotage that the tests are tried on. The names come from the catalogue of promises. */
export const SABOTAGES: readonly Sabotage[] = [
  {
    name: 'acknowledge-before-commit',
    harm: 'a message is acknowledged, and lost when its COMMIT fails',
    file: 'services/platform/database.ts',
    edits: [
      ['const ends = await Promise.allSettled(ending)', 'const late = Promise.allSettled(ending)'],
      [
        "const failed = ends.find((end) => end.status === 'rejected')",
        "if (spoiled === undefined) { for (const callback of callbacks) callback(); return result }\nconst ends = await late; const failed = ends.find((end) => end.status === 'rejected')",
      ],
    ],
    caughtBy: { file: 'test/services/platform/database.test.ts', test: 'is not done before its COMMIT is' },
  },
  {
    name: 'dedupe-first',
    harm: 'a message is marked as seen before it is kept, so the second try of a failed turn is taken for a copy',
    file: 'bots/turn.ts',
    edits: [
      ['  async function takeOnce(', '  const seen = new Set<string>()\n  async function takeOnce('],
      [
        '    return inConversation<Taken>(inbound.conversationId, inbound.externalId, async (tx, c, at) => {\n' +
          '      if (c.copy !== undefined) return { result: { id: c.copy.id, seq: c.copy.seq ?? 0, copy: true }, save: false }\n' +
          "      if (inbound.kind === 'start')",
        '    const mark = inbound.externalId\n' +
          "    if (mark !== undefined && seen.has(mark)) return { id: mark as Taken['id'], seq: 0, copy: true }\n" +
          '    if (mark !== undefined) seen.add(mark)\n' +
          '    return inConversation<Taken>(inbound.conversationId, inbound.externalId, async (tx, c, at) => {\n' +
          '      if (c.copy !== undefined) return { result: { id: c.copy.id, seq: c.copy.seq ?? 0, copy: true }, save: false }\n' +
          "      if (inbound.kind === 'start')",
      ],
    ],
    caughtBy: { file: 'test/bots/turn.test.ts', test: 'that throws is rolled back whole' },
  },
  {
    name: 'no-await',
    harm: 'the promise of an identity is taken for an identity: who is not signed in passes the door',
    file: 'api/server.ts',
    edits: [
      [
        'const agent = await authenticate(request.headers.cookie)',
        'const agent = authenticate(request.headers.cookie) as unknown as AgentActor',
      ],
      // A promise has no role; who forgets the one would soon drop the other.
      ['    if (!ROLES[who].includes(agent.role)) throw forbidden()\n', ''],
    ],
    caughtBy: { file: 'test/api/desk.test.ts', test: 'refuses to everybody who is not signed in' },
  },
  {
    name: 'no-owner-check',
    harm: "a newcomer's token opens the conversation of somebody else",
    file: 'bots/channels/directline/door.ts',
    edits: [
      [
        'const bearer = admit(header)\n      if (bearer.conversationId !== conversationId) throw notFound()\n      return bearer',
        'return { ...admit(header), conversationId: conversationId as ConversationId }',
      ],
    ],
    caughtBy: { file: 'test/channels/directline.tokens.test.ts', test: '8: answer a conversation of somebody else' },
  },
  {
    name: 'no-owner-check-desk',
    harm: 'an agent opens the conversation of a person who is not theirs',
    file: 'services/handoff/access.ts',
    edits: [
      [
        '  requireRight(actor, found, need)\n  return found',
        '  if (found === undefined) requireRight(actor, found, need)\n  return found as Accessible',
      ],
    ],
    caughtBy: { file: 'test/api/desk.test.ts', test: 'answers the same for a foreign conversation' },
  },
  {
    name: 'raw-html',
    harm: 'the words of a message are markup on the page of who reads them',
    file: 'web/conversation/MessageText.tsx',
    edits: [
      [
        "if (!('href' in part)) return part.text",
        "if (!('href' in part)) return <span dangerouslySetInnerHTML={{ __html: part.text }} />",
      ],
    ],
    caughtBy: { file: 'test/web/messageText.test.ts', test: 'shows markup as the text that it is' },
  },
  {
    name: 'no-back-pressure',
    harm: 'a reader that stops reading gets the whole log into the memory of the server',
    file: 'bots/channels/directline/stream.ts',
    edits: [
      [
        '(error) =>\n        error ? reject(error) : resolve(),\n      )',
        '(error) => {\n        if (error) reject(error)\n      })\n      resolve()',
      ],
    ],
    caughtBy: { file: 'test/channels/directline.slowReader.test.ts', test: 'holds one frame' },
  },
  {
    name: 'no-buffer-cap',
    harm: 'what passes by piles up for a reader that stopped reading',
    file: 'bots/channels/directline/stream.ts',
    edits: [['if (socket.bufferedAmount > MAX_BUFFERED) {', 'if (socket.bufferedAmount > Infinity) {']],
    caughtBy: { file: 'test/channels/directline.slowReader.test.ts', test: 'ends a reader' },
  },
  {
    name: 'count-then-insert',
    harm: 'two agents take one conversation, because neither waits for the other',
    file: 'services/conversations/open.ts',
    edits: [["where id = $1 for update'", "where id = $1'"]],
    caughtBy: { file: 'test/races/manyTakers.test.ts', test: 'has one winner of 50 at once' },
  },
  {
    name: 'no-client-error-listener',
    harm: 'a connection that dies while a transaction holds it ends the process',
    file: 'services/platform/database.ts',
    edits: [
      [
        "pool.on('connect', (client) => client.on('error', (error) => log.debug('database.connection_lost', { error })))",
        '',
      ],
    ],
    caughtBy: { file: 'test/services/platform/database.test.ts', test: 'outlives its connection' },
  },
  {
    name: 'bot-speaks-after-take-over',
    harm: 'the bot goes on answering while an agent holds the conversation',
    file: 'bots/turn.ts',
    edits: [
      [
        "    if (c.mode === 'human' || isAnsweredElsewhere) await bot.onOverheard(turn, body)\n    else await",
        '    await',
      ],
    ],
    caughtBy: { file: 'test/bots/silence.test.ts', test: 'the bot says nothing' },
  },
  {
    name: 'plain-text-stored',
    harm: 'what people said lies readable in the database',
    file: 'services/platform/keys.ts',
    edits: [
      [
        'seal: (place, value) => encrypt(raw, place, Buffer.from(JSON.stringify(value))),',
        'seal: (_place, value) => Buffer.from(JSON.stringify(value)),',
      ],
      ['JSON.parse(decrypt(raw, place, sealed).toString()) as T', 'JSON.parse(sealed.toString()) as T'],
    ],
    caughtBy: { file: 'test/services/platform/keys.test.ts', test: 'show nothing of it' },
  },
]

/** The text of a file with a sabotage in it. Throws when the text has changed so that an edit no longer fits. */
export function sabotaged({ name, file, edits }: Sabotage, text: string): string {
  return edits.reduce((edited, [from, to]) => {
    const places = edited.split(from).length - 1
    if (places !== 1) throw new Error(`sabotage ${name}: ${file} has ${places} places like ${JSON.stringify(from)}`)
    return edited.replace(from, () => to)
  }, text)
}
