import { expect } from 'chai'
import { Temporal } from 'temporal-polyfill'
import type { Field, Offer, Place } from '../../dialogs/kit/field.ts'
import { category } from '../../dialogs/kit/fields/category.ts'
import { choice } from '../../dialogs/kit/fields/choice.ts'
import { country } from '../../dialogs/kit/fields/country.ts'
import { day } from '../../dialogs/kit/fields/day.ts'
import { household } from '../../dialogs/kit/fields/household.ts'
import { language } from '../../dialogs/kit/fields/language.ts'
import { name } from '../../dialogs/kit/fields/name.ts'
import { spoken } from '../../dialogs/kit/fields/spoken.ts'
import { text } from '../../dialogs/kit/fields/text.ts'
import { yesNo } from '../../dialogs/kit/fields/yesNo.ts'
import { ruleReader } from '../../services/understanding/index.ts'

const read = ruleReader()
const now = Temporal.Instant.from('2026-11-25T15:00:00Z')
const place = (step: string): Place => ({ dialog: 'onboarding', step, lang: 'fr', now })

/** What a field reads, in one word: the value, `a?b` for a doubt, `!key` for a reason, `-` for nothing. */
function reading(field: Field, step: string, said: string, offer: Offer = { how: 'asked' }): string {
  const found = field.read(read(said, { now }), offer, place(step))
  if (found === null) return '-'
  if ('reason' in found) return `!${found.reason}`
  return 'doubt' in found ? found.doubt.join('?') : String(found.value)
}

function table(field: Field, step: string, rows: Readonly<Record<string, string>>, offer?: Offer): void {
  for (const [said, expected] of Object.entries(rows))
    it(`${offer?.how ?? 'asked'}: ${said} → ${expected}`, () =>
      expect(reading(field, step, said, offer)).to.equal(expected))
}

describe('field: text', () => {
  table(text({ max: 10 }), 'preferredName', {
    ' deux   mots ': 'deux mots',
    '???': '-',
    'bien trop long': '!kit:text.tooLong',
    你好: '你好',
  })
  table(text({ max: 10 }), 'preferredName', { Amina: '-' }, { how: 'inPassing' })
})

describe('field: name', () => {
  table(name({ max: 20 }), 'preferredName', {
    Amina: 'Amina',
    'je m’appelle Amina': 'Amina',
    'I’m Li Wei': 'Li Wei',
    'pourquoi vous ?': '-',
    oui: '-',
    'Mr. Diallo': 'Mr. Diallo',
    'c pour ma soeur': '-',
    Wolfeschlegelsteinhausen: '!kit:text.tooLong',
  })
  table(name({ max: 20 }), 'preferredName', { Amina: '-', 'je m’appelle Amina': 'Amina' }, { how: 'inPassing' })
})

describe('field: choice', () => {
  const whereNow = choice(['abroad', 'quebec', 'elsewhereInCanada'])
  table(whereNow, 'whereNow', {
    'Au Québec': 'quebec',
    'In Québec': 'quebec',
    'au quebec': 'quebec',
    quebec: 'quebec',
    '2': 'quebec',
    elsewhereInCanada: 'elsewhereInCanada',
    Montréal: 'quebec',
    'pas encore arrivée': 'abroad',
    'je suis à Toronto depuis un an et demi': 'elsewhereInCanada',
    'je voudrais bien un jour voir le Québec': 'quebec',
    'Toronto ou Montréal': 'quebec?elsewhereInCanada',
    'sur la lune': '-',
    'je suis encore dans mon pays, je viens au Québec en mars': 'abroad',
  })
  it('hesitates over a long sentence with one word of an answer', () => {
    const found = whereNow.read(
      read('je voudrais bien un jour voir le Québec', { now }),
      { how: 'asked' },
      place('whereNow'),
    )
    expect(found).to.deep.equal({ doubt: ['quebec'] })
  })
  table(
    whereNow,
    'whereNow',
    { 'je viens au Québec en mars': '-', 'je suis déjà au Québec': 'quebec', '2': '-' },
    { how: 'inPassing' },
  )
})

describe('field: way of immigrating', () => {
  table(category(), 'category', {
    Réfugiée: 'refugee',
    refugee: 'refugee',
    Visit: 'visitor',
    '3': 'student',
    'refugee claimant': 'asylum',
    'not a refugee': '-',
    'I am not a refugee': '-',
    'no asylum claim': '-',
    'should I apply for asylum?': '-',
    'un permis de travail': 'worker',
  })
  it('asks about the status of somebody else, and about one that has a question mark', () => {
    const read1 = (said: string) => category().read(read(said, { now }), { how: 'asked' }, place('category'))
    expect(read1('my husband is a refugee')).to.deep.equal({ doubt: ['refugee'] })
    expect(read1('student visa?')).to.deep.equal({ doubt: ['student'] })
  })
  table(category(), 'category', { 'un permis de travail': '-', 'my husband is a refugee': '-' }, { how: 'inPassing' })
  table(
    category(),
    'category',
    { 'pas travailleur, étudiant': 'student', 'my husband is a refugee': '-' },
    { how: 'correcting', current: 'worker' },
  )
})

describe('field: people who arrive', () => {
  table(household(), 'household', {
    'my husband passed away last year so me and 2 kids': '3',
    'my husband and me, he stays in India': '1',
    'on est 4, mon mari reste au pays': '-',
  })
})

describe('field: languages spoken', () => {
  table(spoken(), 'spoken', {
    'no French': '!onboarding:spoken.again',
    'English, Hindi and a bit of French': 'en,hi,fr',
    bonjour: '-',
  })
  table(spoken(), 'spoken', { 'je parle pas anglais': '-', 'je parle wolof': 'wo' }, { how: 'inPassing' })
})

describe('field: country', () => {
  const correcting: Offer = { how: 'correcting', current: 'ML' }
  table(country('origin'), 'country', { 'finalement Sénégal': 'SN', 'je parle pas français': '-' }, correcting)
})

describe('field: yes or no', () => {
  table(yesNo(), 'consent', { oui: 'true', ok: 'true', 'Non merci': 'false', 'No, thanks': 'false', Amina: '-' })
  table(yesNo({ clear: true }), 'consent', {
    oui: 'true',
    'Yes, I agree': 'true',
    ok: '!onboarding:consent.unclear',
    'oui mais pas mon nom': '!onboarding:consent.unclear',
    non: 'false',
    'pas d’accord': 'false',
    'je veux comprendre': '-',
    jaccepte: 'true',
    'no problem': '!onboarding:consent.unclear',
    'je refuse pas': '!onboarding:consent.unclear',
  })
  table(yesNo({ clear: true }), 'consent', { 'Oui, j’accepte': '-', 'Non merci': '-' }, { how: 'inPassing' })
})

describe('field: day', () => {
  const arrival = day({ years: 3 })
  table(arrival, 'arrival', {
    'le 12 mars': '2027-03-12',
    'en mars': '2027-03',
    'ce mois-ci': '2026-11',
    'le 3/4': '2027-04-03?2027-03-04',
    'mars ou avril': '2027-03?2027-04',
    'Je ne sais pas encore': 'unknown',
    'I don’t know yet': 'unknown',
    'le 3/4/2020': '!kit:day.past',
    'en mars 2040': '!kit:day.tooFar',
    'la semaine prochaine': '!kit:day.whichDay',
    bientôt: '-',
    Montréal: '-',
    'le 11/12/2026': '2026-12-11',
  })
  table(
    arrival,
    'arrival',
    { 'en mars': '-', 'je suis né en mars': '-', 'j’arrive en mars': '2027-03', 'je ne sais pas': '-' },
    { how: 'inPassing' },
  )
  table(
    arrival,
    'arrival',
    { 'avril, pas mars': '2027-04', 'pas mars, avril': '2027-04', 'mars, avril': '2027-04', 'pas mars': '-' },
    { how: 'correcting', current: '2027-03' },
  )
})

describe('field: language', () => {
  table(language(), 'language', {
    Français: 'fr',
    english: 'en',
    fr: 'fr',
    'je veux venir avec ma famille': 'fr',
    hello: 'en',
    'in English please': 'en',
    Amina: '-',
    Hola: '-',
  })
})
