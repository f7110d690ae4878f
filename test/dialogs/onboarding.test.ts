import { expect } from 'chai'
import { onboarding } from '../../dialogs/onboarding.ts'
import { onboardingConversations } from '../conversations/onboarding.ts'
import { conversation, runConversation } from '../support/conversation.ts'
import { scriptSession } from '../support/scriptSession.ts'

describe('onboarding, as conversations', () => {
  const open = scriptSession(onboarding)

  for (const story of onboardingConversations) {
    it(`${story.title} (${story.lang})`, async () => {
      const transcript = await runConversation(story, await open(story))
      if (process.env['SHOW_CONVERSATIONS'] === '1') console.log(`\n${story.title}\n${transcript.join('\n')}\n`)
    })
  }

  it('prints the conversation so far with the expected and the actual line when it fails', async () => {
    const story = conversation('a story that is wrong', { lang: 'fr', now: '2026-11-25' })
      .says('Français')
      .hears(/baleine/)
    const error = await runConversation(story, await open(story)).catch((reason: unknown) => reason)
    expect(String(error)).to.match(/— Français\n[\s\S]*expected: \/baleine\/\n\s+actual: Puis-je garder/)
  })
})
