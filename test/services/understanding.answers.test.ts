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
table('a category', categoryReader(), {
  'un permis de travail': 'worker',
  'parrainé par mon mari': 'family',
  csq: 'economic',
  'demandeur d’asile': 'asylum',
  'refugee claimant': 'asylum',
  'je sais pas': 'unknown',
  bonjour: null,
})
table('languages spoken', (text) => spokenReader()(text).join(), {
  'wolof et un peu de français': 'wo,fr',
  'english and twi': 'en,tw',
  kreyol: 'ht',
  'je parle arabe, anglais': 'ar,en',
  bonjour: '',
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
