import { expect } from 'chai'
import { describeError } from '../../../services/platform/log.ts'
import { SealBroken } from '../../../services/platform/keys.ts'
import { readSettings } from '../../../services/platform/settings.ts'

/** The error that `work` throws. */
function thrownBy(work: () => unknown): unknown {
  try {
    return void work()
  } catch (error) {
    return error
  }
}

describe('what the log tells of an error', () => {
  it('is its class, its code and where in our files it came by', () => {
    expect(describeError(new SealBroken())).to.deep.include({ type: 'SealBroken', code: 'sealBroken' })
    const { type, code, at } = describeError(thrownBy(() => readSettings({ PORT: 'http' })))
    expect({ type, code }).to.deep.equal({ type: 'SettingsError', code: 'settings' })
    expect(at).to.match(/^services\/platform\/settings\.ts:\d+:\d+/)
  })

  const WORDS = 'Amina'
  const TELLING: { name: string; error: unknown }[] = [
    { name: 'a message', error: new Error(WORDS) },
    {
      name: 'a line of a message that looks like one of the stack',
      error: new Error(`x\n    at ${WORDS} (file:///a/api/${WORDS}.ts:1:1)`),
    },
    {
      name: 'a message that was changed later',
      error: Object.assign(new Error(`a\n    at f (/api/${WORDS}.ts:1:1)`), { message: 'b' }),
    },
    { name: 'a name', error: Object.assign(new Error('x'), { name: WORDS }) },
    { name: 'a code that is none', error: Object.assign(new Error('x'), { code: `Key (name)=(${WORDS})` }) },
    {
      name: 'what PostgreSQL adds',
      error: Object.assign(new Error('x'), { detail: WORDS, where: WORDS, parameters: [WORDS], internalQuery: WORDS }),
    },
    { name: 'a cause', error: new Error('x', { cause: new Error(WORDS) }) },
    { name: 'what a parser could not read', error: thrownBy(() => JSON.parse(`{"name": ${WORDS}}`)) },
    { name: 'a text that was thrown', error: WORDS },
    { name: 'an object that was thrown', error: { message: WORDS, stack: WORDS } },
  ]
  for (const { name, error } of TELLING)
    it(`is never ${name}`, () => {
      expect(JSON.stringify(describeError(error))).to.not.include(WORDS)
    })
})
