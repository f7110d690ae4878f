import { expect } from 'chai'
import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { advance, type Advance, type ScriptInput } from '../../dialogs/kit/advance.ts'
import { day } from '../../dialogs/kit/fields/day.ts'
import { name } from '../../dialogs/kit/fields/name.ts'
import { choice } from '../../dialogs/kit/fields/choice.ts'
import { render } from '../../dialogs/kit/render.ts'
import { act, ask, dialog, review, run, tell, type Script } from '../../dialogs/kit/script.ts'
import { onboarding } from '../../dialogs/onboarding.ts'
import { languages } from '../../services/locales/index.ts'
import { ruleReader } from '../../services/understanding/index.ts'

const read = ruleReader()
const now = Temporal.Instant.from('2026-11-25T15:00:00Z')
const text = (said: string, at = now): ScriptInput => ({ kind: 'text', readings: read(said, { now: at }) })
const begin: ScriptInput = { kind: 'begin' }

/** A small script on the texts of the onboarding. */
const small = dialog(
  'onboarding',
  [
    ask('preferredName', name({ max: 80 }), { optional: true }),
    ask('whereNow', choice(['abroad', 'quebec', 'elsewhereInCanada'])),
    ask('arrival', day({ years: 3 }), { when: ({ whereNow }) => whereNow === 'abroad' }),
    review(),
    act('confirmed', () => undefined),
  ],
  { version: 3 },
)

/** Plays inputs one after the other, with a file; gives each outcome. */
function play(
  script: Script,
  inputs: readonly ScriptInput[],
  file: ReadonlyMap<string, unknown> = new Map(),
): Advance[] {
  let kept: unknown = null
  return inputs.map((input) => {
    const result = advance(script, kept, input, { lang: 'en', now, file })
    kept = JSON.parse(JSON.stringify(result.state))
    return result
  })
}
const last = (results: readonly Advance[]): Advance => results.at(-1) as Advance
const keys = ({ says }: Advance): string[] => says.map(({ key }) => key)

describe('advance', () => {
  it('refuses two steps of one name', () => {
    expect(() => dialog('d', [tell('a'), tell('a')], { version: 1 })).to.throw('two steps have one name')
  })

  it('asks nothing that the file answers', () => {
    const results = play(
      small,
      [begin],
      new Map<string, unknown>([
        ['preferredName', 'Amina'],
        ['whereNow', 'quebec'],
      ]),
    )
    expect(keys(last(results))).to.deep.equal(['kit:review.intro'])
    expect(last(results).effects).to.deep.equal([])
  })

  it('asks again what the file has in a form that is no longer accepted', () => {
    expect(keys(last(play(small, [begin], new Map<string, unknown>([['preferredName', 7]]))))).to.deep.equal([
      'onboarding:preferredName.question',
    ])
  })

  it('saves each answer in its own turn', () => {
    const [, first, second] = play(small, [begin, text('Amina'), text('in Québec')])
    expect(first?.effects).to.deep.equal([{ kind: 'save', name: 'preferredName', value: 'Amina', origin: 'newcomer' }])
    expect(second?.effects).to.deep.equal([{ kind: 'save', name: 'whereNow', value: 'quebec', origin: 'newcomer' }])
  })

  it('saves nothing that is in doubt', () => {
    const results = play(small, [begin, text('skip'), text('abroad'), text('3/4')])
    expect(last(results).effects).to.deep.equal([])
    expect(last(results).says[0]?.choices?.map(({ value }) => value)).to.deep.equal([
      '2027-04-03',
      '2027-03-04',
      '#neither',
    ])
  })

  it('drops an early answer to a question that is not for this person', () => {
    const results = play(small, [begin, text('I am Ana and I arrive in March'), text('in Québec')])
    expect(
      results.flatMap(({ effects }) => effects).map((effect) => (effect.kind === 'save' ? effect.name : effect.kind)),
    ).to.deep.equal(['preferredName', 'whereNow'])
    expect(render(last(results).says[0] ?? { key: '' }, 'en').text).to.not.include('March')
  })

  it('acts with all answers, once, and ends', () => {
    const results = play(small, [begin, text('Ana'), text('in Québec'), text('yes')])
    expect(last(results).effects).to.deep.equal([
      { kind: 'act', step: 'confirmed', answers: { preferredName: 'Ana', whereNow: 'quebec' } },
    ])
    expect(last(results).outcome).to.equal('finished')
  })

  it('does not confirm a review on a name or a maybe that is none', () => {
    for (const said of ['no', 'maybe not', 'April', 'what?'])
      expect(last(play(small, [begin, text('Ana'), text('in Québec'), text(said)])).outcome, said).to.equal(null)
  })

  it('asks what a correction opens, and keeps the rest', () => {
    const results = play(small, [begin, text('Ana'), text('in Québec'), text('actually I am still in my country')])
    expect(keys(last(results))).to.deep.equal(['kit:corrected', 'onboarding:arrival.question'])
  })

  it('does not skip what is needed', () => {
    const results = play(small, [begin, text('skip'), text('skip')])
    expect(keys(last(results))).to.deep.equal(['kit:cannotSkip', 'onboarding:whereNow.question'])
  })

  it('never fails the same way twice, and ends by pausing what cannot be skipped', () => {
    const results = play(small, [begin, text('Ana'), text('zzz'), text('zzz'), text('zzz'), text('zzz')])
    expect(results.slice(2).map(keys)).to.deep.equal([
      ['onboarding:whereNow.again'],
      ['onboarding:whereNow.simpler'],
      ['kit:offerPerson'],
      ['kit:paused'],
    ])
    expect(results[4]?.effects).to.deep.equal([{ kind: 'offerPerson', step: 'whereNow', said: 'zzz' }])
    expect(last(results).outcome).to.equal('paused')
  })

  it('begins at a step, and can correct what the file says there', () => {
    const file = new Map<string, unknown>([
      ['preferredName', 'Ana'],
      ['whereNow', 'abroad'],
      ['arrival', '2027-03'],
    ])
    const results = play(small, [{ kind: 'begin', from: 'review' }, text('April, not March')], file)
    expect(last(results).effects).to.deep.equal([
      { kind: 'save', name: 'arrival', value: '2027-04', origin: 'newcomer' },
    ])
  })

  it('starts over without the file, and the old answers hold until the new', () => {
    const file = new Map<string, unknown>([
      ['preferredName', 'Ana'],
      ['whereNow', 'quebec'],
    ])
    const results = play(small, [begin, text('start over'), text('Anna')], file)
    expect(keys(results[1] as Advance)).to.deep.equal(['kit:restarted', 'onboarding:preferredName.question'])
    expect(keys(last(results))).to.include('onboarding:whereNow.question')
  })

  it('takes up again with a word of context', () => {
    for (const after of ['interruption', 'absence', 'agent'] as const)
      expect(keys(last(play(small, [begin, { kind: 'resume', after }])))).to.deep.equal([
        `kit:resume.${after}`,
        'onboarding:preferredName.question',
      ])
  })

  it('runs another dialog and goes on when it has ended', () => {
    const parent = dialog('onboarding', [run('classEnrolment'), ask('preferredName', name({ max: 80 }))], {
      version: 1,
    })
    const results = play(parent, [begin, { kind: 'returned' }])
    expect(results[0]?.effects).to.deep.equal([{ kind: 'run', dialog: 'classEnrolment' }])
    expect(results[0]?.outcome).to.equal(null)
    expect(keys(last(results))).to.deep.equal(['onboarding:preferredName.question'])
  })

  describe('with a state of another version', () => {
    const context = { lang: 'en', now, file: new Map() }
    const old = {
      version: 2,
      asked: 'whereNow',
      answers: { preferredName: 'Ana', gone: 'x', arrival: 12 },
      passed: ['gone'],
      keeping: true,
    }

    it('keeps what still fits, excuses itself, and takes the answer that comes', () => {
      const result = advance(small, old, text('in Québec'), context)
      expect(keys(result)).to.deep.equal(['kit:updated', 'kit:review.intro'])
      expect(result.state.answers).to.deep.equal({ preferredName: 'Ana', whereNow: 'quebec' })
    })

    it('is migrated by the script that knows how, without excuse', () => {
      const fresh = play(small, [begin, text('Ana')])[1]?.state
      const migrate = (from: unknown) => (from === old ? fresh : null)
      expect(keys(advance({ ...small, migrate }, old, text('in Québec'), context))).to.deep.equal(['kit:review.intro'])
    })

    it('begins again from anything else', () => {
      for (const kept of [undefined, null, 7, 'x', [], {}, { version: 3, answers: [] }, { version: 3, asked: 7 }]) {
        const result = advance(small, kept, text('hello'), context)
        expect(keys(result)[0], JSON.stringify(kept)).to.equal('kit:updated')
        expect(keys(result)).to.include('onboarding:preferredName.question')
      }
    })
  })
})

describe('any conversation', () => {
  const words = [
    'oui',
    'non',
    'ok',
    'retour',
    'passer',
    'aide',
    'changer',
    'changer mon prénom',
    'annuler',
    'recommencer',
    'Amina',
    'je m’appelle Zoé et j’arrive en mars',
    'avril, pas mars',
    'le 3/4',
    'À l’étranger',
    'in Québec',
    'Ailleurs au Canada',
    'Français',
    'English',
    'Oui, j’accepte',
    'C’est exact',
    'Changer : Arrivée',
    'Autre réponse',
    'Ne rien changer',
    'Passer',
    'Essayer encore',
    'samedi 3 avril 2027',
    'je ne sais pas encore',
    'Pourquoi ?',
    '',
    '🙂',
    'bonjour',
    'x'.repeat(5000),
    '{{values}}',
    '#change:nowhere',
    '#change:arrival',
    '__proto__',
    'constructor',
  ]
  const input: fc.Arbitrary<ScriptInput> = fc.oneof(
    {
      weight: 12,
      arbitrary: fc
        .oneof(fc.constantFrom(...words), fc.string({ unit: 'grapheme', maxLength: 60 }))
        .map((said) => text(said)),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom<ScriptInput>(
        { kind: 'resume', after: 'absence' },
        { kind: 'resume', after: 'interruption' },
        { kind: 'returned' },
        begin,
      ),
    },
  )

  it('is answered, never throws, and keeps a small JSON state', function () {
    this.timeout(60_000)
    fc.assert(
      fc.property(fc.array(input, { minLength: 1, maxLength: 25 }), fc.constantFrom(...languages), (inputs, lang) => {
        let kept: unknown = null
        let at = now
        const file = new Map<string, unknown>()
        for (const one of [begin, ...inputs]) {
          const result = advance(onboarding, kept, one, { lang, now: at, file })
          expect(result.says.length, 'an answer').to.be.greaterThan(0)
          for (const say of result.says) expect(render(say, lang).text).to.not.equal('')
          const json = JSON.stringify(result.state)
          expect(JSON.parse(json)).to.deep.equal(result.state)
          expect(json.length).to.be.below(4096)
          for (const effect of result.effects)
            if (effect.kind === 'save') {
              expect(result.state.answers['consent'] ?? file.get('consent'), 'saved only with consent').to.equal(true)
              file.set(effect.name, effect.value)
            }
          kept = result.outcome === null ? JSON.parse(json) : null
          at = at.add({ hours: 3 })
        }
      }),
      { numRuns: 150 },
    )
  })

  it('survives any kept state', function () {
    this.timeout(60_000)
    fc.assert(
      fc.property(
        fc.oneof(
          fc.jsonValue(),
          fc.record(
            {
              version: fc.constant(1),
              asked: fc.string(),
              answers: fc.dictionary(fc.string(), fc.jsonValue()),
              passed: fc.array(fc.string()),
            },
            { requiredKeys: [] },
          ),
        ),
        input,
        (kept, one) => {
          const result = advance(onboarding, kept, one, { lang: 'fr', now, file: new Map() })
          expect(result.says.length).to.be.greaterThan(0)
        },
      ),
      { numRuns: 150 },
    )
  })
})
