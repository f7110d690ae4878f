import { expect } from 'chai'
import {
  categoryReader,
  countryReader,
  emailsIn,
  householdReader,
  phonesIn,
  placeReader,
  spokenReader,
} from '../../services/understanding/index.ts'

function table<T>(title: string, read: (text: string) => T, rows: Readonly<Record<string, T>>): void {
  describe(title, () => {
    for (const [text, expected] of Object.entries(rows))
      it(`${text} → ${JSON.stringify(expected)}`, () => expect(read(text)).to.deep.equal(expected))
  })
}

const place = placeReader()
const country = countryReader()

table('where in Québec', (text) => place(text)?.region ?? null, {
  Montréal: '06',
  'je vais à St-Jérôme': '15',
  'G1R 4S9': '03',
  'la ville de Québec': '03',
  Gaspésie: '11',
  'trois rivieres': '04',
  sherbroke: '05',
  Rosemont: '06',
  'au Québec': null,
  'montreal ou laval': null,
  'je ne sais pas': null,
})
table('the town that was named', (text) => place(text)?.town ?? null, {
  'à rimouski je pense': 'Rimouski',
  Gaspésie: null,
})
table('a country of origin', (text) => country(text, 'origin').join(), {
  Sénégal: 'SN',
  'je viens du Maroc mais j’habite à Paris': 'MA',
  colombiana: 'CO',
  'born in Ghana, living in Lagos': 'GH',
  'je ne sais pas': '',
})
table('a country where one is', (text) => country(text, 'now').join(), {
  'je viens du Maroc mais j’habite à Paris': 'FR',
  'born in Ghana, living in Lagos': 'NG',
})
table('how many people', householdReader(), {
  '4': 4,
  'juste moi': 1,
  'moi, mon mari et nos deux enfants': 4,
  'seule avec mon bébé': 2,
  'my husband and 2 kids': 4,
  'we are four': 4,
  '3 ou 4': null,
  'mes enfants': null,
  '500': null,
})
table('how many people, without who died, stays or comes later', householdReader(), {
  'my husband passed away last year so me and 2 kids': 3,
  'alone, my wife died': 1,
  'mon mari est décédé, je suis avec mes 3 enfants': 4,
  'mon mari (décédé) et mes 3 enfants': 4,
  'j’ai perdu mon mari, je viens avec mon fils': 2,
  'me and my late husband’s 2 kids': 3,
  'ma femme, nos 2 enfants et moi, mon père est décédé': 4,
  'my husband and son died, me and my daughter': 2,
  'mes parents sont morts, je viens avec ma soeur': 2,
  'my husband passed away': null,
  'my husband and me, he stays in India': 1,
  'moi et ma femme mais elle reste au Maroc': 1,
  'me, my 2 kids, they stay in India': 1,
  'my husband and my daughter and me, he stays in India': null,
  'moi, ma femme et mon fils, mais ma femme reste au pays': 2,
  'my wife is not coming, just me and my 3 kids': 4,
  'my wife and kids will join later, only me now': 1,
  'moi et mon fils, mon ex mari reste en France': 2,
  'on est 4, mon mari reste au pays': null,
  'we are 3, my husband passed away': 3,
  'my mother stays with us, 2 kids and my wife': 5,
  'moi et ma femme, on reste à Montréal': 2,
  'my dog died, me and my wife': 2,
  'I lost my job, my wife and 2 kids come with me': 4,
})
table('how many people, corrected', householdReader(), {
  'me and my wife, actually we’re 3 now, baby born': 3,
  '4, actually 5': 5,
  '4, en fait juste moi et ma femme': 2,
  'moi et mes 2 enfants, finalement ma femme vient aussi': 4,
})
table('a category', categoryReader(), {
  'un permis de travail': 'worker',
  'parrainé par mon mari': 'family',
  csq: 'economic',
  'demandeur d’asile': 'asylum',
  'refugee claimant': 'asylum',
  'je sais pas': 'unknown',
  bonjour: null,
})
const category = categoryReader()
/** The category for sure, and those to ask about. */
const both = (text: string): string => {
  const { sure, doubt } = category.reading(text)
  return [sure ?? '-', ...doubt].join(' ')
}
table('a category that is denied', both, {
  'I am not a refugee': '-',
  'je ne suis pas réfugié': '-',
  'pas demandeur d’asile': '-',
  'ni réfugié ni demandeur d’asile': '-',
  'not a refugee or asylum seeker': '-',
  'I didn’t ask for asylum': '-',
  'no soy refugiado': '-',
  'I’m not a refugee, I have a work permit': 'worker',
  'je ne suis pas réfugié mais étudiant': 'student',
  'no, a student': 'student',
  'je ne peux pas travailler avec mon permis d’études': 'student',
  'je n’ai pas encore mon CSQ': '- economic',
  'ma demande d’asile n’est pas encore acceptée': 'asylum',
})
table('a category of somebody else', both, {
  'mon mari est réfugié': '- refugee',
  'my husband is a refugee': '- refugee',
  'my wife has a work permit': '- worker',
  'I am a student and my husband is a worker': 'student',
  'my husband and I are refugees': 'refugee',
  'me and my husband are refugees': 'refugee',
  'mon mari et moi sommes réfugiés': 'refugee',
  'je viens rejoindre mon mari réfugié': 'family',
  'my husband is a canadian citizen': 'family',
  'I came with my mother as a refugee': 'refugee',
})
table('a category in a question', both, {
  'can I be deported if I ask for asylum?': '-',
  'should I apply for asylum?': '-',
  'est ce que je dois demander l’asile ?': '-',
  'c’est quoi un CSQ ?': '-',
  'what happens if I claim asylum': '-',
  'asylum, will I be accepted?': '- asylum',
  'I want to know if I can ask for asylum': '- asylum',
  'student visa?': '- student',
  'je suis étudiant, est-ce que je peux travailler ?': 'student',
  'Je suis étudiant. Est-ce que je peux travailler ?': 'student',
  'je ne sais pas si je suis réfugié': 'unknown',
})
table('languages spoken', (text) => spokenReader()(text).join(), {
  'wolof et un peu de français': 'wo,fr',
  'english and twi': 'en,tw',
  kreyol: 'ht',
  'je parle arabe, anglais': 'ar,en',
  bonjour: '',
  'English, Hindi and a bit of French': 'en,hi,fr',
  'je parle français et anglais': 'fr,en',
  'no french': '',
  'not French': '',
  'je parle pas anglais': '',
  'pas de français': '',
  'no hablo inglés': '',
  'mwen pa pale franse': '',
  'je parle pas anglais ni français': '',
  'no French or English': '',
  'arabe, français non': 'ar',
  'pas français mais anglais': 'en',
  'I don’t speak French but I speak English': 'en',
  'No, French': 'fr',
  'je parle pas bien le français': 'fr',
  'I don’t speak French very well': 'fr',
  'not only French, English too': 'fr,en',
  'more English than French': 'en,fr',
})
table('telephones', (text) => phonesIn(text, 'CA').join(), {
  '514 555-0199': '+15145550199',
  'mon num c’est +33 6 12 34 56 78 merci': '+33612345678',
  '00212612345678': '+212612345678',
  '٥١٤٥٥٥٠١٩٩': '+15145550199',
  '12345': '',
})
table('e-mail addresses', (text) => emailsIn(text).join(), {
  'c’est Amina.Diop@exemple.org.': 'amina.diop@exemple.org',
  'amina@exemple': '',
  'a@b.ca et c@d.ca': 'a@b.ca,c@d.ca',
  'pas de courriel': '',
})
