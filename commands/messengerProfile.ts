import { setProfile } from '../bots/channels/messenger/index.ts'
import { consoleLanguage, speak } from '../services/locales/index.ts'
import { readSettings } from '../services/platform/settings.ts'

/** `npm run messenger:profile`: what the Page shows before the conversation, set at Meta. */
async function main(): Promise<void> {
  const language = consoleLanguage(process.env)
  const { messenger } = readSettings(process.env)
  if (messenger === undefined) {
    console.error(speak(language, 'console:messengerProfile.none'))
    process.exitCode = 1
    return
  }
  const code = await setProfile(messenger)
  if (code === undefined) return console.log(speak(language, 'console:messengerProfile.set'))
  console.error(speak(language, 'console:messengerProfile.refused', { code }))
  process.exitCode = 1
}

await main()
