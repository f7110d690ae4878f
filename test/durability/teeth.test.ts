import { expect } from 'chai'
import { tryTest, type Said } from '../support/sabotageRun.ts'
import { sabotaged, SABOTAGES, type Sabotage } from '../support/sabotages.ts'

const long = process.env['TEST_LONG'] === '1'
const LANES = 2

/**
 * The tests are tried: each fault that is put into the product must be noticed by the test that
 * promises to. That these tests pass on the product as it is, the other parts show; `npm run test:long`
 * shows it here too, test by test.
 */
describe('the tests have teeth', function () {
  this.timeout(long ? 600_000 : 90_000)

  it('a sabotage that no longer fits the product is refused, not passed over', () => {
    const one: Sabotage = {
      name: 'x',
      harm: 'none',
      file: 'x.ts',
      edits: [['await f()', 'f()']],
      caughtBy: { file: 'x.test.ts', test: 'x' },
    }
    expect(sabotaged(one, 'const a = await f()')).to.equal('const a = f()')
    expect(() => sabotaged(one, 'const a = await g()')).to.throw('0 places')
    expect(() => sabotaged(one, 'await f(); await f()')).to.throw('2 places')
  })

  it('every sabotage is caught by the test that should', async () => {
    const said = new Map<Sabotage, Said>()
    const whole = new Map<Sabotage, Said>()
    const left = [...SABOTAGES]
    await Promise.all(
      Array.from({ length: LANES }, async () => {
        for (let next = left.shift(); next !== undefined; next = left.shift()) {
          said.set(next, await tryTest(next, 'sabotaged'))
          if (long) whole.set(next, await tryTest(next, 'whole'))
        }
      }),
    )
    const missed = SABOTAGES.filter((one) => !caught(said.get(one)))
    for (const one of SABOTAGES) console.log(`      ${line(one, said.get(one))}`)
    for (const one of missed) console.log(said.get(one)?.output)
    console.log(`      ${SABOTAGES.length - missed.length}/${SABOTAGES.length} sabotages caught`)
    expect(missed.map(({ name }) => name)).to.deep.equal([])
    const broken = [...whole].filter(([, { passed, failed }]) => passed === 0 || failed.length > 0)
    expect(
      broken.map(([{ name }]) => name),
      'fail without a sabotage too',
    ).to.deep.equal([])
  })
})

const caught = (said: Said | undefined): boolean => said?.inPlace === true && said.failed.length > 0

function line({ name, caughtBy }: Sabotage, said: Said | undefined): string {
  const first = said?.failed[0]
  const how =
    first !== undefined && caught(said)
      ? `caught by ${caughtBy.file}: ${first.because}`
      : said?.inPlace === false
        ? 'never loaded'
        : 'NOT CAUGHT'
  return `${name} (${said?.seconds.toFixed(1)} s): ${how}`
}
