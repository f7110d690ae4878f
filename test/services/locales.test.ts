import { readdirSync, readFileSync } from 'node:fs'
import { expect } from 'chai'
import { Temporal } from 'temporal-polyfill'
import {
  dayText,
  directionOf,
  hourText,
  languages,
  listText,
  monthText,
  nameOf,
  phrases,
  REFERENCE,
  speak,
} from '../../services/locales/index.ts'
import { readCatalogs, type Texts } from '../../services/locales/files.ts'

const catalogs = readCatalogs(new URL('../../locales/', import.meta.url))

/** Every text by its key; plural forms of one sentence count as one key. */
function flatten(texts: Texts, path: string): [string, string | string[]][] {
  return Object.entries(texts).flatMap(([name, value]): [string, string | string[]][] => {
    const key = `${path}${name.replace(/_(zero|one|two|few|many|other)$/, '')}`
    return typeof value === 'string' || Array.isArray(value) ? [[key, value]] : flatten(value, `${key}.`)
  })
}
const textsOf = (lang: string) =>
  Object.entries(catalogs.get(lang) ?? {}).flatMap(([file, texts]) => flatten(texts, `${file}:`))
const placesIn = (text: string | string[]) =>
  [...String(text).matchAll(/\{\{(\w+)/g)].map(([, name]) => name ?? '').sort((a, b) => a.localeCompare(b))

describe('locales', () => {
  const reference = new Map(textsOf(REFERENCE))

  for (const lang of languages) {
    it(`${lang} has each key that French has, and no other`, () => {
      expect([...new Map(textsOf(lang)).keys()].sort()).to.deep.equal([...reference.keys()].sort())
    })

    it(`${lang} has the same places in each text`, () => {
      for (const [key, text] of textsOf(lang)) {
        if (Array.isArray(text)) continue
        expect([...new Set(placesIn(text))], key).to.deep.equal([...new Set(placesIn(reference.get(key) ?? ''))])
      }
    })

    it(`${lang} has no empty text and no phone number`, () => {
      for (const [key, text] of textsOf(lang))
        for (const one of [text].flat()) {
          expect(one.trim(), key).to.not.equal('')
          expect(one, key).to.not.match(/\b(?:911|811|988|535353)\b|\d{3}[ -.]\d{4}/)
        }
    })
  }

  it('speaks in the language, in French where it has nothing, and throws under test', () => {
    expect(speak('en', 'kit:press.skip')).to.equal('Skip')
    expect(speak('fr', 'kit:noted', { values: 'Amina' })).to.equal('C’est noté\u00a0: Amina.')
    expect(() => speak('en', 'kit:nowhere')).to.throw('kit:nowhere')
    const before = process.env['NODE_ENV']
    process.env['NODE_ENV'] = 'production'
    try {
      expect(speak('es', 'kit:press.skip')).to.equal('Passer')
    } finally {
      process.env['NODE_ENV'] = before
    }
  })

  it('does not read markup in what people wrote', () => {
    expect(speak('en', 'kit:noted', { values: '{{values}} <b>$t(kit:back)</b>' })).to.equal(
      'Noted: {{values}} <b>$t(kit:back)</b>.',
    )
  })

  it('gives lists of phrases, and one text as a list', () => {
    expect(phrases('fr', 'onboarding:preferredName.words')).to.include('prénom')
    expect(phrases('fr', 'kit:press.skip')).to.deep.equal(['Passer'])
    expect(phrases('fr', 'kit:nowhere')).to.deep.equal([])
  })

  it('knows the languages, the reference first', () => {
    expect(languages[0]).to.equal('fr')
    expect(languages.map(nameOf)).to.include.members(['Français', 'English'])
    expect(languages.map(directionOf)).to.not.include('rtl')
  })

  it('writes days, months, hours and lists as each language does', () => {
    const day = Temporal.PlainDate.from('2027-03-09')
    expect(dayText('fr', day)).to.equal('mardi 9 mars 2027')
    expect(dayText('en', day)).to.equal('Tuesday, March 9, 2027')
    expect(dayText('fr', Temporal.PlainDate.from('2027-03-01'))).to.equal('lundi 1er mars 2027')
    expect(monthText('fr', Temporal.PlainYearMonth.from('2027-03'))).to.equal('mars 2027')
    const at = Temporal.Instant.from('2026-11-25T15:00:00Z')
    expect(hourText('fr', at)).to.match(/^10\sh, heure de Montréal$/)
    expect(hourText('fr', at, 'Europe/Paris')).to.match(/^10\sh, heure de Montréal \(16\sh chez vous\)$/)
    expect(hourText('en', at, 'America/Toronto')).to.match(/^10:00\sa\.m\., Montréal time$/)
    expect(listText('fr', ['a', 'b', 'c'], 'or')).to.equal('a, b ou c')
  })
})

describe('the texts that the code asks for', () => {
  it('exist', () => {
    const folder = new URL('../../dialogs/', import.meta.url)
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
    const keys = files.flatMap((name) =>
      [
        ...readFileSync(new URL(name, folder), 'utf8').matchAll(
          /'((?:kit|interruptions|freeTalk|onboarding):[\w.]+)'/g,
        ),
      ].map(([, key]) => key ?? ''),
    )
    expect(keys.length).to.be.greaterThan(20)
    for (const lang of languages)
      expect(
        keys.filter((key) => phrases(lang, key).length === 0),
        lang,
      ).to.deep.equal([])
  })
})
