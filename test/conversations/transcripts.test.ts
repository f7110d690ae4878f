import { readFileSync, writeFileSync } from 'node:fs'
import { expect } from 'chai'
import { testClock } from '../support/clock.ts'
import { runConversation } from '../support/conversation.ts'
import { startTestServer } from '../support/server.ts'
import { serverSession } from '../support/serverSession.ts'
import { agentConversations } from './agent.ts'
import { dangerConversations } from './danger.ts'
import { onboardingConversations } from './onboarding.ts'
import { questionConversations } from './questions.ts'

const FILE = 'docs/transcripts.md'
const HEAD = `# Ten conversations, whole

What the assistant says, word for word; \`—\` is the person, \`[…]\` a button. Made by the test that compares
them with what is said now: \`WRITE=1 npx mocha test/conversations/transcripts.test.ts\`.
`
const CHOSEN = [
  'tout le parcours, en mots de tous les jours',
  'who is already here, alone, and gives no number',
  'an unclear yes is no consent',
  'qui écrit pour sa mère',
  'le 3/4',
  'trois fois mal compris, puis une personne est offerte',
  'une question est répondue avec sa source et la date de vérification',
  'when it is not sure, the nearest questions are offered, and each can be pressed',
  'danger in a language that the assistant does not speak (es)',
  'what may be danger, or not: the numbers, and the conversation goes on',
]

describe('ten whole conversations', () => {
  it(`are those of ${FILE}`, async () => {
    const clock = testClock('2026-11-24T15:00:00Z')
    const server = await startTestServer({ clock })
    try {
      const all = [...onboardingConversations, ...questionConversations, ...dangerConversations, ...agentConversations]
      const told: string[] = []
      for (const title of CHOSEN) {
        const script = all.find((one) => one.title === title)
        expect(script, title).to.not.equal(undefined)
        if (script === undefined) continue
        const lines = await runConversation(script, await serverSession(server, clock)(script))
        told.push(`## ${title}\n\n\`\`\`text\n${lines.join('\n').replaceAll(/[\u00a0\u202f]/g, ' ')}\n\`\`\`\n`)
      }
      const text = `${HEAD}\n${told.join('\n')}`
      if (process.env['WRITE'] === '1') writeFileSync(FILE, text)
      expect(readFileSync(FILE, 'utf8')).to.equal(text)
    } finally {
      await server.stop()
    }
  })
})
