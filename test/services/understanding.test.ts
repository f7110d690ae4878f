import { expect } from 'chai'
import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { ruleReader, startUnderstanding, type Intent, type Readings } from '../../services/understanding/index.ts'

const read = ruleReader()
const now = Temporal.Instant.from('2026-11-25T15:00:00Z')
const at = (text: string): Readings => read(text, { now })

describe('days, by rules', () => {
  const table: Readonly<Record<string, string>> = {
    '2027-03-12': '2027-03-12',
    'le 12 mars 2027': '2027-03-12',
    'mardi 9 mars': '2027-03-09',
    'March 12': '2027-03-12',
    'on the 3rd of April 2027': '2027-04-03',
    '1er janvier': '2027-01-01',
    'le premier avril': '2027-04-01',
    '24 déc.': '2026-12-24',
    'Dec 24': '2026-12-24',
    'mars 2027': '2027-03',
    'en mars': '2027-03',
    'fin mars': '2027-03',
    'mi-août': '2027-08',
    novembre: '2026-11',
    'en mars de l’an prochain': '2027-03',
    'le 3/4': '2027-04-03 2027-03-04',
    '13/4': '2027-04-13',
    '5/5': '2027-05-05',
    '13/4/27': '2027-04-13',
    demain: '2026-11-26',
    'apres demain': '2026-11-27',
    'dans deux semaines': '2026-12-09',
    'in 10 days': '2026-12-05',
    'dans 3 mois': '2027-02',
    'le mois prochain': '2026-12',
    'next month': '2026-12',
    'mardi en huit': '2026-12-08',
    'next Tuesday': '2026-12-01',
    'le 29 février': '2028-02-29',
    'en mars a Rimouski': '2027-03',
    'avril, pas mars': '2027-04 !2027-03',
    'en avril au lieu de mars': '2027-04 !2027-03',
    'I may come in June': '2027-06',
    '31/02': '',
    '3.5 enfants': '',
    'nous sommes 4': '',
    'je marche vers mon école': '',
    'I march on': '',
  }
  for (const [text, expected] of Object.entries(table)) {
    it(`${text} → ${expected || 'none'}`, () => {
      expect(
        at(text)
          .days.map(({ values, negated }) => (negated ? '!' : '') + values.join(' '))
          .join(' '),
      ).to.equal(expected)
    })
  }

  it('counts the day where the person is', () => {
    const late = Temporal.Instant.from('2026-11-26T03:00:00Z')
    expect(read('demain', { now: late }).days[0]?.values).to.deep.equal(['2026-11-26'])
    expect(read('demain', { now: late, zone: 'Europe/Paris' }).days[0]?.values).to.deep.equal(['2026-11-27'])
  })

  it('knows that not knowing is an answer', () => {
    for (const text of ['je ne sais pas encore', 'pas encore', 'I don’t know yet', 'no idea'])
      expect(at(text).unknown, text).to.equal(true)
  })
})

describe('intents, by rules', () => {
  const table: Readonly<Record<Intent, readonly string[]>> = {
    human: [
      'je veux parler à quelqu’un',
      'Parler à une personne',
      'une personne svp',
      'agent',
      'can I talk to a real person',
      'Talk to a person',
      'I want to speak with an agent',
      'je voudrais parler avec un conseiller',
    ],
    deadline: [
      'mon permis expire demain',
      'je dois faire appel avant vendredi',
      'ma demande d’asile a été refusée',
      'my claim was refused, how do I appeal?',
      'my visa expires next week',
    ],
    help: [
      'aide',
      'bonjour, aide svp',
      'help',
      'pourquoi ?',
      'je comprends pas',
      'what does that mean?',
      'why do you ask?',
    ],
    back: ['retour', 'revenir en arrière', 'go back'],
    restart: ['recommencer', 'start over', 'on peut tout recommencer ?'],
    cancel: ['annuler', 'plus tard', 'not now', 'laissez tomber'],
    stop: ['STOP', 'arrêt', 'stop texting me', 'unsubscribe', 'arrêtez de m’écrire'],
    start: ['start', 'réabonner'],
    skip: ['passer', 'je préfère ne pas répondre', 'skip', 'I’d rather not say'],
    change: ['changer', 'je me suis trompé', 'I made a mistake', 'Changer une réponse', 'corriger ma date'],
    greeting: ['bonjour', 'hello!', 'Bonsoir'],
    thanks: ['merci beaucoup', 'thanks!'],
    resume: ['continuer', 'Continuer mon dossier', 'Continue my file'],
    changeLanguage: [
      'english please',
      'en français svp',
      'can we speak french',
      'changer de langue',
      'Je préfère l’anglais',
    ],
  }
  for (const [intent, texts] of Object.entries(table) as [Intent, readonly string[]][]) {
    it(intent, () => expect(texts.filter((text) => !at(text).intents.has(intent))).to.deep.equal([]))
  }

  it('leaves alone what only looks like one', () => {
    for (const text of [
      'Amina',
      'à l’étranger',
      'au Québec',
      'en mars',
      'je cherche un arrêt de bus',
      'je cherche une personne de ma famille',
      'I need a stop near the school',
      'je parle français',
      'Oui, j’accepte',
      'Non merci',
    ])
      expect([...at(text).intents], text).to.deep.equal([])
  })

  it('says which language is asked for', () => {
    expect(at('english please').wantedLanguage).to.equal('en')
    expect(at('on peut parler en français ?').wantedLanguage).to.equal('fr')
    expect(at('changer de langue').wantedLanguage).to.equal(null)
  })
})

describe('yes and no', () => {
  it('is yes only when clear', () => {
    for (const text of ['oui', 'Oui, j’accepte', 'd’accord', 'yes', 'I agree', 'oui merci'])
      expect(at(text).answer, text).to.equal('yes')
    for (const text of ['ok', 'peut-être', 'oui mais pas mon nom', 'why not', 'I guess so', 'si vous voulez'])
      expect(at(text).answer, text).to.equal('likely')
    for (const text of ['non', 'Non merci', 'no thanks', 'je ne veux pas', 'pas d’accord', 'I don’t agree'])
      expect(at(text).answer, text).to.equal('no')
  })

  it('is never yes for what is no answer', () => {
    for (const text of [
      'oui ?',
      'accepter quoi',
      'je ne sais pas',
      'ouistiti',
      'yesterday',
      'j’accepte pas',
      'oui non',
      'pas oui',
      'est-ce que je dois dire oui',
      '',
    ])
      if (text !== 'oui ?') expect(at(text).answer, text).to.not.equal('yes')
  })
})

describe('names', () => {
  const table: Readonly<Record<string, string | null>> = {
    Amina: 'Amina',
    'je m’appelle Amina et j’arrive en mars': 'Amina',
    'Bonjour, moi c’est Jean-Pierre': 'Jean-Pierre',
    'My name is O’Brien': 'O’Brien',
    'I am Li Wei, nice to meet you': 'Li Wei',
    'María del Carmen': 'María del Carmen',
    محمد: 'محمد',
    'Amina, j’arrive le 12 mars': 'Amina',
    'en mars': null,
    'je veux un cours': null,
    '42': null,
    '???': null,
  }
  for (const [text, name] of Object.entries(table))
    it(`${text} → ${name}`, () => expect(at(text).introduces ?? at(text).names).to.equal(name))
})

describe('reading', () => {
  it('never throws, and bounds what it reads', function () {
    this.timeout(20_000)
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        const readings = at(text)
        expect(readings.text.length).to.be.at.most(4000)
        for (const day of readings.days) expect(day.values.every((v) => /^\d{4}-\d\d(-\d\d)?$/.test(v))).to.equal(true)
      }),
      { numRuns: 300 },
    )
    expect(at('a'.repeat(50_000)).text).to.have.length(4000)
  })

  it('takes a time in proportion to the length', () => {
    const millis = (text: string) => {
      const start = performance.now()
      at(text)
      return performance.now() - start
    }
    millis('warm up')
    for (const unit of ['je veux ', 'le 3/4 ', '1 ', 'mars mars ', "j'", 'je je je ne '])
      expect(millis(unit.repeat(4000 / unit.length)), unit).to.be.below(300)
  })
})

describe('the recognizer beside the rules', () => {
  const understanding = startUnderstanding()
  after(() => understanding.stop())

  it('answers without it while it is cold, and does not hold the turn', async () => {
    const start = performance.now()
    const readings = await understanding.understand('juneteenth', { lang: 'en', now, wants: new Set(['day']) })
    expect(readings.days).to.deep.equal([])
    expect(performance.now() - start).to.be.below(1000)
  })

  it('reads more days once it is warm', async function () {
    this.timeout(30_000)
    await understanding.warm()
    const { days, rest } = await understanding.understand('we land on juneteenth', {
      lang: 'en',
      now,
      wants: new Set(['day']),
    })
    expect(days.map(({ values }) => values)).to.deep.equal([['2027-06-19']])
    expect(rest).to.not.include('juneteenth')
  })

  it('is not asked when no day is wanted', async () => {
    expect((await understanding.understand('on juneteenth', { lang: 'en', now, wants: new Set() })).days).to.deep.equal(
      [],
    )
  })
})
