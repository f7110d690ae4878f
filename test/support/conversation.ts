/** One line of a conversation script. Scripts are data: what runs them is given to `runConversation`. */
export type ScriptLine =
  /** The person writes, or presses a button by its title. */
  | { readonly does: 'says'; readonly text: string }
  /** Something the assistant answered with since the person last wrote matches each. */
  | { readonly does: 'hears'; readonly patterns: readonly RegExp[] }
  | { readonly does: 'hearsNot'; readonly pattern: RegExp }
  /** The last message has these buttons. */
  | { readonly does: 'isOffered'; readonly titles: readonly string[] }
  /** Time passes. */
  | { readonly does: 'waits'; readonly hours: number }
  /** The kept state becomes one that an older version of the program wrote. */
  | { readonly does: 'isUpgraded' }
  /** The card that it waits under, as the queue shows it, matches. */
  | { readonly does: 'waiting'; readonly pattern: RegExp }
  /** An agent takes the conversation, writes to the person, ends the hand-off or gives the bot back the word. */
  | { readonly does: 'agent'; readonly act: AgentAct }
  /** The person's file has these answers, among others; `undefined` is an answer it must not have. */
  | { readonly does: 'filed'; readonly answers: Readonly<Record<string, unknown>> }

/** What an agent may do in a script. */
export type AgentAct = 'takes' | 'closes' | 'handsBack' | { readonly says: string }

/** A conversation as a story, with who it is about in its title. */
export interface ConversationScript {
  readonly title: string
  readonly lang: string
  /** ISO day or instant at which it begins. */
  readonly now: string
  readonly lines: readonly ScriptLine[]
}

/** Writes a script line by line. Each call gives a new one, so that beginnings can be shared. */
export interface ConversationBuilder extends ConversationScript {
  says(text: string): ConversationBuilder
  /** Skips so many questions, by their button. */
  skips(count: number): ConversationBuilder
  hears(...patterns: RegExp[]): ConversationBuilder
  hearsNot(pattern: RegExp): ConversationBuilder
  isOffered(...titles: string[]): ConversationBuilder
  waits(time: { hours: number }): ConversationBuilder
  waiting(pattern: RegExp): ConversationBuilder
  isUpgraded(): ConversationBuilder
  agent(...acts: AgentAct[]): ConversationBuilder
  filed(answers: Readonly<Record<string, unknown>>): ConversationBuilder
}

/** Begins a conversation script. */
export function conversation(title: string, { lang, now }: { lang: string; now: string }): ConversationBuilder {
  const withLines = (lines: readonly ScriptLine[]): ConversationBuilder => {
    const add = (line: ScriptLine) => withLines([...lines, line])
    return {
      title,
      lang,
      now,
      lines,
      says: (text) => add({ does: 'says', text }),
      skips: (count) =>
        withLines([
          ...lines,
          ...Array.from({ length: count }, () => ({ does: 'says' as const, text: lang === 'fr' ? 'Passer' : 'Skip' })),
        ]),
      hears: (...patterns) => add({ does: 'hears', patterns }),
      hearsNot: (pattern) => add({ does: 'hearsNot', pattern }),
      isOffered: (...titles) => add({ does: 'isOffered', titles }),
      waits: ({ hours }) => add({ does: 'waits', hours }),
      waiting: (pattern) => add({ does: 'waiting', pattern }),
      isUpgraded: () => add({ does: 'isUpgraded' }),
      agent: (...acts) => withLines([...lines, ...acts.map((act) => ({ does: 'agent' as const, act }))]),
      filed: (answers) => add({ does: 'filed', answers }),
    }
  }
  return withLines([])
}

/** A message of the assistant as the person sees it. */
export interface HeardMessage {
  text: string
  choices: readonly string[]
}

/**
 * One conversation under way, over whatever carries it: the kit alone, or the real server. A transport
 * that cannot do one of the optional things leaves it out, and scripts that need it are skipped.
 */
export interface Session {
  /** What the assistant says when the conversation opens. */
  start(): Promise<readonly HeardMessage[]>
  /** What it answers to a message. */
  say(text: string): Promise<readonly HeardMessage[]>
  wait?(hours: number): Promise<void>
  upgrade?(): Promise<void>
  /** What the person sees of an agent's act. */
  agent?(act: AgentAct): Promise<readonly HeardMessage[]>
  file?(): Promise<ReadonlyMap<string, unknown>>
  /** What the team is told while the person waits, as JSON. */
  card?(): Promise<string>
}

/** Runs a script; fails with the conversation so far, and what was expected beside what was heard. */
export async function runConversation(script: ConversationScript, session: Session): Promise<string[]> {
  const transcript: string[] = []
  let heard = note(await session.start())

  function note(messages: readonly HeardMessage[]): readonly HeardMessage[] {
    for (const { text, choices } of messages)
      transcript.push(
        ...text.split('\n').map((line) => `  > ${line}`),
        ...(choices.length > 0 ? [`  > ${choices.map((c) => `[${c}]`).join(' ')}`] : []),
      )
    return messages
  }
  function fail(expected: string, actual: string): never {
    throw new Error(`${script.title}\n\n${transcript.join('\n')}\n\nexpected: ${expected}\n  actual: ${actual}\n`)
  }
  const spoken = () => heard.map(({ text }) => text).join('\n')

  for (const line of script.lines) {
    if (line.does === 'says') {
      transcript.push(`— ${line.text}`)
      heard = note(await session.say(line.text))
      if (heard.length === 0) fail('an answer', 'silence')
    } else if (line.does === 'hears') {
      for (const pattern of line.patterns) if (!pattern.test(spoken())) fail(String(pattern), spoken())
    } else if (line.does === 'hearsNot') {
      if (line.pattern.test(spoken())) fail(`not ${line.pattern}`, spoken())
    } else if (line.does === 'isOffered') {
      const titles = heard.flatMap(({ choices }) => choices.map((title) => title.replaceAll('\u00a0', ' ')))
      for (const title of line.titles)
        if (!titles.includes(title)) fail(`a button [${title}]`, titles.map((t) => `[${t}]`).join(' '))
    } else if (line.does === 'waits') {
      transcript.push(`  … ${line.hours} h`)
      await session.wait?.(line.hours)
    } else if (line.does === 'isUpgraded') {
      transcript.push('  … a new version')
      await session.upgrade?.()
    } else if (line.does === 'waiting') {
      const card = (await session.card?.()) ?? ''
      if (!line.pattern.test(card)) fail(`${line.pattern} in the queue`, card)
    } else if (line.does === 'agent') {
      transcript.push(`  … the agent ${typeof line.act === 'string' ? line.act : `says: ${line.act.says}`}`)
      heard = note((await session.agent?.(line.act)) ?? [])
    } else {
      const file = await session.file?.()
      for (const [name, value] of Object.entries(line.answers))
        if (JSON.stringify(file?.get(name)) !== JSON.stringify(value))
          fail(`${name} = ${JSON.stringify(value)} in the file`, JSON.stringify(file?.get(name)) ?? 'absent')
    }
  }
  return transcript
}
