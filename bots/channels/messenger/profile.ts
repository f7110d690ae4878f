import { z } from 'zod'
import { languages, REFERENCE, speak } from '../../../services/locales/index.ts'
import { callGraph } from './graph.ts'
import { GET_STARTED, SAY } from './events.ts'
import type { MessengerSettings } from './settings.ts'

/** How Meta calls the languages that ship; the reference is its `default`. */
const LOCALES: Readonly<Record<string, string>> = { en: 'en_US' }

/** What the menu and the ice breakers say for the person, in their own words: understood like any message. */
const MENU = ['person', 'french', 'work', 'stop'] as const
const ICE_BREAKERS = ['plan', 'french', 'work', 'person'] as const

/** What a Page shows before and beside the conversation: Get Started, a greeting, the menu, questions to begin with. */
export function profileOf(): Record<string, unknown> {
  const perLocale = <T>(make: (language: string) => T): (T & { locale: string })[] =>
    languages.map((language) => ({
      locale: language === REFERENCE ? 'default' : (LOCALES[language] ?? language),
      ...make(language),
    }))
  const button = (language: string, name: string) => {
    const title = speak(language, `channels:menu.${name}`)
    return { type: 'postback', title, payload: `${SAY}${title}` }
  }
  return {
    get_started: { payload: GET_STARTED },
    greeting: perLocale((language) => ({ text: speak(language, 'channels:greeting') })),
    persistent_menu: perLocale((language) => ({
      composer_input_disabled: false,
      call_to_actions: MENU.map((name) => button(language, name)),
    })),
    ice_breakers: perLocale((language) => ({
      call_to_actions: ICE_BREAKERS.map((name) => {
        const question = speak(language, `channels:iceBreakers.${name}`)
        return { question, payload: `${SAY}${question}` }
      }),
    })),
  }
}

const done = z.looseObject({ result: z.literal('success') })
const refused = z.looseObject({ error: z.looseObject({ code: z.number() }) })

/** Sets it. Returns undefined when Meta took it, else the code of its refusal, or of what went wrong. */
export async function setProfile(settings: MessengerSettings): Promise<string | undefined> {
  const called = await callGraph(settings, 'POST', 'me/messenger_profile', { body: profileOf() })
  if (called.kind !== 'answered') return called.code
  if (called.status === 200 && done.safeParse(called.body).success) return undefined
  const error = refused.safeParse(called.body)
  return error.success ? String(error.data.error.code) : String(called.status)
}
