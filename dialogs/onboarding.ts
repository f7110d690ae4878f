import { day } from './kit/fields/day.ts'
import { choice } from './kit/fields/choice.ts'
import { language } from './kit/fields/language.ts'
import { name } from './kit/fields/name.ts'
import { yesNo } from './kit/fields/yesNo.ts'
import { act, ask, dialog, keep, review, tell, type When } from './kit/script.ts'

const agreed: When = ({ consent }) => consent === true
const refused: When = ({ consent }) => consent === false
const isAbroad: When = (answers, file) => agreed(answers, file) && answers['whereNow'] === 'abroad'
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
    ask('preferredName', name({ max: 80 }), { when: agreed, optional: true }),
    ask('whereNow', choice(['abroad', 'quebec', 'elsewhereInCanada']), { when: agreed, optional: true }),
    ask('arrival', day({ years: 3 }), { when: isAbroad, optional: true }),
    review({ when: agreed }),
    act('confirmed', ({ newcomers }, answers) => newcomers.confirm(answers), { when: agreed }),
    tell('whatNext', { when: agreed }),
  ],
  { version: 1 },
)
