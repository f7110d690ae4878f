import { expect } from 'chai'
import { Temporal } from 'temporal-polyfill'
import { ruleReader } from '../../services/understanding/index.ts'

const read = ruleReader()
const now = Temporal.Instant.from('2026-11-25T15:00:00Z')

/** What a question for a name reads. */
const answered = (text: string): string | null => {
  const { introduces, names } = read(text, { now })
  return introduces ?? names
}

function table(title: string, reads: (text: string) => string | null, rows: Readonly<Record<string, string | null>>) {
  describe(title, () => {
    for (const [text, name] of Object.entries(rows)) it(`${text} → ${name}`, () => expect(reads(text)).to.equal(name))
  })
}

table('a name with a title or initials', answered, {
  'M. Diallo': 'M. Diallo',
  'Mr. Diallo': 'Mr. Diallo',
  'Mme. Nguyen': 'Mme. Nguyen',
  'Madame Nguyen': 'Madame Nguyen',
  'Dr. Amina Diop.': 'Dr. Amina Diop',
  'A. B. Diallo': 'A. B. Diallo',
  'J. Diallo': 'J. Diallo',
  'My name is Raj. I live in Delhi': 'Raj',
  'Bonjour madame, Fatou': 'Fatou',
  'M.': null,
  Monsieur: null,
})

table('a name after its introduction', answered, {
  'moi c fatou': 'fatou',
  'moi c’est Fatou': 'Fatou',
  'bonjour madame moi c’est Awa': 'Awa',
  'jmapel karim': 'karim',
  'jmappelle karim': 'karim',
  'they call me Mo': 'Mo',
  'Call me Raj': 'Raj',
  'call me raj': 'raj',
  'You can call me Ana': 'Ana',
  'please call me Raj': 'Raj',
  'appelez-moi Nadia': 'Nadia',
  'vous pouvez m’appeler Nadia': 'Nadia',
  'Raj is fine': 'Raj',
  'Fatou c’est mon prénom': 'Fatou',
  'nom : Diallo': 'Diallo',
  'me llamo Ana': 'Ana',
  'don’t call me Mrs. Roy': null,
})

table('what is no name', answered, {
  'I’m writing for my sister': null,
  'c’est pour ma soeur Awa': null,
  'c pour ma soeur': null,
  pkoi: null,
  'ya quelquun': null,
  'aucune idée': null,
  Danger: null,
  'Still in Bangalore, well no': null,
  'call me back': null,
  'appelez-moi demain matin': null,
  'my husband told me to write': null,
  'who are you': null,
  'raj@exemple.org': null,
  Me: null,
})

table('names made of words of a sentence', answered, {
  'Ma Yun': 'Ma Yun',
  'Do Van Minh': 'Do Van Minh',
  'He Li': 'He Li',
  'Will Smith': 'Will Smith',
  Will: 'Will',
  'Soeur Marie': 'Soeur Marie',
  'Ma soeur': null,
  'MA SOEUR': null,
})

table('names of everywhere', answered, {
  'Nguyễn Thị Minh Khai': 'Nguyễn Thị Minh Khai',
  'N’Guessan': 'N’Guessan',
  'Jean de La Fontaine': 'Jean de La Fontaine',
  'Aimé Désiré': 'Aimé Désiré',
  李伟: '李伟',
  Олена: 'Олена',
  मोहन: 'मोहन',
  'Raj 😊': 'Raj',
  '« Amina »': 'Amina',
})

table('a name that is introduced when another thing was asked', (text) => read(text, { now }).introduces, {
  Amina: null,
  'je m’appelle amina': 'amina',
  'actually call me Raj': 'Raj',
  'you can call me evenings': null,
  'vous pouvez m’appeler directement': null,
  'appelez-moi le soir': null,
  'I go by bus': null,
})
