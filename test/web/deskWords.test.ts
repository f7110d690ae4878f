import { expect } from 'chai'
import { globSync, readFileSync } from 'node:fs'
import { speech } from '../../web/text.ts'
import type { Words } from '../../web/text.ts'
import { answerLabel, answerText } from '../../web/desk/view/answer.ts'
import { shown } from '../../web/desk/view/shown.ts'
import { ago, calendarDay, languageName } from '../../web/desk/view/times.ts'
import { wordsOf } from '../../web/desk/view/context.ts'
import { message } from '../support/deskPageWorld.ts'

const file = (language: string): Words =>
  JSON.parse(readFileSync(new URL(`../../locales/${language}/desk.json`, import.meta.url), 'utf8')) as Words

const french = speech('fr', {
  desk: file('fr'),
  onboarding: {
    whereNow: { label: 'Lieu', choices: { abroad: "À l'étranger" } },
    destination: { regions: { '05': 'Estrie' } },
  },
})

describe('desk: answers of the file', () => {
  const tells = (name: string, value: unknown): string =>
    answerText('fr', { dialog: 'onboarding', name }, value, french.lookup)

  it('are in the words of the choice, as dates, and never hidden', () => {
    expect(tells('whereNow', 'abroad')).to.equal("À l'étranger")
    expect(tells('whereNow', 'elsewhere')).to.equal('elsewhere')
    expect(tells('arrival', '2027-03-09')).to.equal('mardi 9 mars 2027')
    expect(tells('arrival', '2027-03')).to.equal('mars 2027')
    expect(tells('consent', true)).to.equal('Oui')
    expect(tells('language', 'ar')).to.equal('arabe')
    expect(tells('country', 'SN')).to.equal('Sénégal')
    expect(tells('spoken', 'wo,fr')).to.equal('wolof et français')
    expect(tells('destination', '05/Sherbrooke')).to.equal('Sherbrooke (Estrie)')
    expect(tells('destination', '05')).to.equal('Estrie')
    expect(tells('preferredName', null)).to.equal('Pas de réponse')
    expect(tells('children', ['Lin', 'Wei'])).to.equal('Lin et Wei')
    expect(tells('strange', { a: 1, b: 'deux' })).to.equal('1, deux')
  })

  it('are named by their question', () => {
    expect(answerLabel({ dialog: 'onboarding', name: 'whereNow' }, french.lookup)).to.equal('Lieu')
    expect(answerLabel({ dialog: 'onboarding', name: 'new' }, french.lookup)).to.equal('new')
  })

  it('a day that is none stays as it was said', () => {
    expect(calendarDay('fr', '2027-13-45')).to.equal(null)
    expect(calendarDay('fr', 'en mars')).to.equal(null)
  })
})

describe('desk: times', () => {
  const now = Date.parse('2027-03-02T15:00:00Z')
  const cases: [string, string][] = [
    ['2027-03-02T14:59:30Z', 'maintenant'],
    ['2027-03-02T15:04:00Z', 'maintenant'],
    ['2027-03-02T14:57:00Z', 'il y a 3 min'],
    ['2027-03-02T13:00:00Z', 'il y a 2 h'],
    ['2027-02-28T13:00:00Z', 'avant-hier'],
  ]
  for (const [at, words] of cases) {
    it(`${at} is "${words}"`, () => {
      expect(ago('fr', at, now).replace(/\s/g, ' ')).to.equal(words)
    })
  }

  it('a language code that nobody knows is shown as it is', () => {
    expect(languageName('fr', '??')).to.equal('??')
  })
})

describe('desk: what the transcript shows', () => {
  it('is the log, then what has not left, of this conversation only', () => {
    const pending = (clientMessageId: string, conversationId: string) => ({
      clientMessageId,
      conversationId,
      text: clientMessageId,
      at: '2027-03-02T15:00:00Z',
      state: 'refused' as const,
    })
    const lines = shown(
      [message(4), message(7)],
      [pending('a', 'c1'), pending('b', 'c2'), pending('c', 'c1')],
      'c1',
      null,
      wordsOf(french),
    )
    expect(lines.map((l) => [l.seq, l.pending ?? null, l.text])).to.deep.equal([
      [4, null, 'message 4'],
      [7, null, 'message 7'],
      [8, 'failed', 'a'],
      [9, 'failed', 'c'],
    ])
  })
})

describe('desk: words', () => {
  const sources = globSync('web/desk/**/*.{ts,tsx}').map((path) => readFileSync(path, 'utf8'))

  for (const language of ['fr', 'en']) {
    const { lookup } = speech(language, { desk: file(language) })

    it(`each sentence that the code asks for exists in ${language}`, () => {
      const asked = sources.flatMap((source) =>
        [...source.matchAll(/(?:\bsay\(\s*|key: )'([a-zA-Z]+(?:\.[a-zA-Z]+)*)'/g)].map((m) => m[1] ?? ''),
      )
      expect(asked.length).to.be.greaterThan(50)
      expect(asked.filter((key) => lookup(`desk:${key}`, { count: 2 }) === null)).to.deep.equal([])
    })

    it(`each state that the API can name has its word in ${language}`, () => {
      const keys = [
        ...['asked', 'danger', 'deadline', 'misunderstood', 'failure'].map((r) => `reason.${r}`),
        ...['agent', 'newcomer', 'nobody'].map((w) => `waitsFor.${w}`),
        ...['bot', 'waiting', 'human'].map((m) => `mode.${m}`),
        ...['newcomer', 'agent', 'bot'].map((a) => `origin.${a}`),
        ...['agent', 'supervisor', 'administrator'].map((r) => `role.${r}`),
        ...['queue', 'written', 'unread'].map((d) => `danger.${d}`),
        ...['badLink', 'ended', 'left'].map((w) => `door.${w}`),
        ...['alreadyTaken', 'notYours', 'ownAccount', 'inactive', 'forbidden', 'unreachable'].map(
          (c) => `refusal.${c}`,
        ),
        ...Array.from({ length: 17 }, (_, i) => `region.${String(i + 1).padStart(2, '0')}`),
        ...situations().map((s) => `situation.${s}`),
      ]
      expect(keys.filter((key) => lookup(`desk:${key}`) === null)).to.deep.equal([])
    })
  }
})

function situations(): string[] {
  const lines = JSON.parse(readFileSync(new URL('../../content/help-lines.json', import.meta.url), 'utf8')) as {
    situations: Record<string, unknown>
  }
  return Object.keys(lines.situations)
}
