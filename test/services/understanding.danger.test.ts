import { expect } from 'chai'
import { Temporal } from 'temporal-polyfill'
import { ruleReader } from '../../services/understanding/index.ts'

const read = ruleReader()
const dangerIn = (text: string) => read(text, { now: Temporal.Instant.from('2026-11-25T15:00:00Z') }).danger

/** What people write, and the situation that must be among those read. */
const dangers: Readonly<Record<string, readonly string[]>> = {
  suicide: [
    'je veux mourir',
    'jveux mourir',
    'je ve plus vivre',
    'je n’ai plus envie de vivre',
    'j ai envie d en finir',
    'je pense au suicide',
    'je vais me tuer ce soir',
    'je veux me suicider',
    'sa sert a rien la vie ne vaut plus rien',
    'tout le monde serait mieux sans moi',
    'mon fils parle de se tuer',
    'mort de rire mdr non serieusement je veux mourir',
    'bonjour, je cherche un cours de français mais franchement je ne dors plus, je suis seul et des fois je me dis que je serais mieux mort',
    'I want to die',
    'i wanna kill myself',
    'there is no reason to live',
    'I am thinking about suicide',
    'i dont want to live anymore',
    'I would be better off dead',
    'my sister wants to kill herself',
    'I want to end my life',
  ],
  violence: [
    'mon mari me frappe',
    'il me bat devant les enfants',
    'mon conjoint a pris mon passeport et il crie',
    'mon mari a pris mon passeport et il crie, sinon pour l’école ?',
    'j ai peur de mon mari',
    'il menace de me tuer',
    'ma femme me frappe',
    'mon chum m’a étranglée',
    'mon mari est violent',
    'il m’enferme a la maison',
    'mon ex me suit partout',
    'il m empeche de sortir',
    'elle m’a frappé avec un baton',
    'violence conjugale',
    'my husband hits me',
    'he beats me every day',
    'my husband took my passport',
    'I am afraid of my husband',
    'he said he will kill me',
    'my boyfriend is violent',
    'he wont let me leave the house',
    'my wife hit me',
    'I don’t feel safe at home',
    'my partner is threatening to kill me',
  ],
  childInDanger: [
    'le voisin frappe son enfant',
    'mon mari bat ma fille',
    'mon père me frappe',
    'mes parents me frappent',
    'mon mari est parti avec les enfants',
    'mon fils a disparu',
    'my neighbour beats his child',
    'my dad hits me',
    'someone is hurting my son',
    'my daughter is being abused',
    'he took my children',
  ],
  medical: [
    'ma mère fait une crise cardiaque',
    'il n arrive plus a respirer',
    'mon bebe ne respire plus',
    'elle a perdu connaissance',
    'j’ai une douleur à la poitrine',
    'il saigne beaucoup',
    'au secours',
    'il y a le feu chez moi',
    'my father is having a heart attack',
    'i cant breathe',
    'she is unconscious',
    'he is bleeding a lot',
    'I have chest pain',
    'call an ambulance',
    'my apartment is on fire',
  ],
  poison: [
    'ma fille a bu de la javel',
    'mon fils a avalé des médicaments',
    'my son drank bleach',
    'she took too many pills',
  ],
  exploitation: [
    'mon patron garde mon passeport',
    'mon employeur a pris mes papiers',
    'le patron ne me paie pas',
    'mon employeur menace de me faire expulser',
    'ils ont confisqué mon passeport',
    'je travaille sans être payé',
    'l’agence a gardé mon passeport',
    'my boss keeps my passport',
    'my employer took my passport',
    'my boss does not pay me',
    'they threatened to have me deported',
    'my employer has my papers and I work without pay',
    'I am being trafficked',
  ],
  sexualViolence: [
    'j’ai été violée',
    'mon patron m’a agressée sexuellement',
    'il me force à coucher avec lui',
    'I was raped',
    'my landlord sexually assaulted me',
    'he forced me to have sex',
    'mon oncle a violé ma soeur',
  ],
}

/** What is no danger and looks like it. */
const calm: readonly string[] = [
  'je suis mort de rire',
  'mdr mort de rire',
  'je meurs de faim',
  'je meurs de soif',
  'je suis morte de fatigue',
  'cette chaleur me tue',
  'ce froid va me tuer',
  'je meurs d’envie de venir',
  'mon père est mort en 2019',
  'c’est à mourir de rire',
  'ma batterie est morte',
  'je ne veux pas mourir de froid cet hiver',
  'j ai mal aux pieds',
  'j’ai peur de l’hiver',
  'j’ai peur de rater mon avion',
  'où renouveler mon passeport ?',
  'dois-je envoyer une photo de mon passeport ?',
  'mon employeur me paie bien',
  'le patron veut mes diplômes',
  'je travaille dans la prévention du suicide',
  'une assurance incendie',
  'combien coûte le permis de conduire',
  'je suis ambulancier',
  'mon mari arrive en mars',
  'mon mari et moi cherchons un logement',
  'ma femme travaille',
  'mes enfants vont à l’école',
  'ma fille a 5 ans',
  'je veux battre mon record',
  'il fait un froid de mort',
  'mon mari a pris rendez-vous',
  'il a pris le bus',
  'mon employeur a rempli les documents',
  'j’ai pris des médicaments contre le rhume',
  'où acheter du savon',
  'je veux vivre à Rimouski',
  'est-ce que je peux travailler sans permis ?',
  'mon enfant est malade, quel vaccin ?',
  'comment inscrire mes enfants ?',
  'mon patron me demande de changer de permis',
  'aide',
  'urgent svp',
  'je suis seul à Montréal',
  'merci beaucoup',
  'j’arrive le 3 avril',
  'quand commence la francisation ?',
  'this heat is killing me',
  'I am dying to see Montréal',
  'I’m starving',
  'my phone is dead',
  'my feet are killing me',
  'dying of laughter',
  'Suicide Squad is my favourite movie',
  'I am afraid of the cold',
  'my husband is coming in March',
  'my wife is a nurse',
  'where can I renew my passport?',
  'my employer pays for the permit',
  'do I need a photo for my passport?',
  'my boss is nice',
  'my children go to school',
  'can I bring my cat?',
  'the bus hit traffic',
  'I want to live in Québec',
  'I want to work in a hospital',
  'fire alarm regulations',
  'how do I get a health card?',
  'the deadline is killing me',
  'he took the exam',
  'my husband took a French class',
  'I have a job offer',
  'my company will send the documents',
  'they have my application',
  'I did not get paid vacation, is that normal?',
  'I can’t wait to arrive',
  'my son is being tested for school',
]

describe('danger, by rules', () => {
  for (const [situation, texts] of Object.entries(dangers)) {
    it(`is read: ${situation}`, () => {
      expect(texts.filter((text) => !dangerIn(text).some((read) => read === situation))).to.deep.equal([])
    })
  }

  it('is read without accents, in capitals and with typographic apostrophes', () => {
    for (const text of ['J’AI ETE VIOLEE', "j'ai ete violee", 'J`ai été violée !!!'])
      expect(dangerIn(text), text).to.include('sexualViolence')
  })

  it('is read at the end of a long message', () => {
    expect(dangerIn(`${'je cherche un logement pas cher près du métro et '.repeat(40)} mon mari me frappe`)).to.include(
      'violence',
    )
  })

  it('is not read in look-alikes', () => {
    expect(
      calm.flatMap((text) => (dangerIn(text).length > 0 ? [`${text} → ${dangerIn(text).join()}`] : [])),
    ).to.deep.equal([])
  })
})
