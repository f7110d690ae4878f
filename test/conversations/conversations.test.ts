import { runConversation, type ConversationScript } from '../support/conversation.ts'
import { testClock } from '../support/clock.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { serverSession } from '../support/serverSession.ts'
import { agentConversations } from './agent.ts'
import { dangerConversations } from './danger.ts'
import { harmConversations } from './harms.ts'
import { onboardingConversations } from './onboarding.ts'
import { personConversations } from './person.ts'
import { questionConversations } from './questions.ts'

describe('conversations through the whole server', () => {
  const clock = testClock('2026-11-24T15:00:00Z')
  let server: TestServer

  before(async () => {
    server = await startTestServer({ clock })
  })
  after(() => server.stop())

  const tell = (script: ConversationScript): void => {
    it(script.title, async () => {
      await runConversation(script, await serverSession(server, clock)(script))
    })
  }
  // What a new version does to a kept state is the kit's own test: the server has but one version.
  const told = onboardingConversations.filter(({ lines }) => lines.every(({ does }) => does !== 'isUpgraded'))
  for (const script of [
    ...questionConversations,
    ...personConversations,
    ...dangerConversations,
    ...agentConversations,
    ...harmConversations,
    ...told,
  ])
    tell(script)
})
