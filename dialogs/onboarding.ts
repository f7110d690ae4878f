import { category } from './kit/fields/category.ts'
import { choice } from './kit/fields/choice.ts'
import { email, phone } from './kit/fields/contact.ts'
import { country } from './kit/fields/country.ts'
import { day } from './kit/fields/day.ts'
import { destination } from './kit/fields/destination.ts'
import { household } from './kit/fields/household.ts'
import { language } from './kit/fields/language.ts'
import { name } from './kit/fields/name.ts'
import { spoken } from './kit/fields/spoken.ts'
import { yesNo } from './kit/fields/yesNo.ts'
import { act, ask, dialog, keep, review, tell, type When } from './kit/script.ts'

const agreed: When = ({ consent }) => consent === true
const refused: When = ({ consent }) => consent === false
const isAbroad: When = (answers, file) => agreed(answers, file) && answers['whereNow'] === 'abroad'
/** Only said, never asked: most people write for themselves. */
const writesForAnother: When = (answers, file) => agreed(answers, file) && answers['forWhom'] === 'relative'
const mayBeReached: When = (answers, file) => agreed(answers, file) && answers['contact'] === true
const gaveAnAddress: When = (answers, file) =>
  mayBeReached(answers, file) && (typeof answers['phone'] === 'string' || typeof answers['email'] === 'string')
const newlyReachable: When = (answers, file) => mayBeReached(answers, file) && file.get('contact') !== true
/** Said yes before, and no now: what was given to be reached by goes. */
const noLongerReachable: When = (answers, file) => answers['contact'] === false && file.get('contact') === true
const ADDRESSES = ['phone', 'email', 'safe'] as const
/** A language that the file has was set when it was chosen, and may have been changed since. */
const newlyChosen: When = ({ language: lang }, file) => file.get('language') !== lang
/** A consent already in the file was recorded when it was given. */
const newlyAgreed: When = (answers, file) => agreed(answers, file) && file.get('consent') !== true

/** The first conversation: who the person is and where they are on their way, once they agree that it is kept. */
export const onboarding = dialog(
  'onboarding',
  [
    tell('welcome'),
    ask('language', language(), { reviewed: false }),
    act('useLanguage', ({ conversation }, { language: lang }) => conversation.setLanguage(String(lang)), {
      when: newlyChosen,
    }),
    ask('consent', yesNo({ clear: true }), { reviewed: false }),
    tell('withoutFile', { when: refused }),
    act('openFile', ({ newcomers }) => newcomers.giveConsent('file', { wordsKey: 'onboarding:consent.question' }), {
      when: newlyAgreed,
    }),
    keep({ when: agreed }),
    ask('forWhom', choice(['relative']), { when: writesForAnother, optional: true }),
    ask('preferredName', name({ max: 80 }), { when: agreed, optional: true }),
    ask('whereNow', choice(['abroad', 'quebec', 'elsewhereInCanada']), { when: agreed, optional: true }),
    ask('arrival', day({ years: 3 }), { when: isAbroad, optional: true }),
    ask('category', category(), { when: agreed, optional: true }),
    ask('country', country('origin'), { when: agreed, optional: true }),
    ask('destination', destination(), { when: agreed, optional: true }),
    ask('household', household(), { when: agreed, optional: true }),
    ask('spoken', spoken(), { when: agreed, optional: true }),
    ask('firstNeed', choice(['home', 'health', 'work', 'french', 'school', 'papers', 'people']), {
      when: agreed,
      optional: true,
    }),
    ask('contact', yesNo({ clear: true }), { when: agreed, optional: true }),
    act(
      'mayBeReached',
      ({ newcomers }) => newcomers.giveConsent('contact', { wordsKey: 'onboarding:contact.question' }),
      { when: newlyReachable, again: true },
    ),
    act(
      'mayNotBeReached',
      ({ newcomers }) =>
        newcomers.withdrawConsent('contact', { wordsKey: 'onboarding:contact.question', erases: ADDRESSES }),
      { when: noLongerReachable, again: true, forgets: ADDRESSES },
    ),
    ask('phone', phone(), { when: mayBeReached, optional: true }),
    ask('email', email(), { when: mayBeReached, optional: true }),
    ask('safe', yesNo({ clear: true }), { when: gaveAnAddress, optional: true }),
    review({ when: agreed }),
    act('confirmed', ({ newcomers }, answers) => newcomers.confirm(answers), { when: agreed }),
    tell('whatNext', { when: agreed }),
  ],
  { version: 2 },
)
