import { expect } from 'chai'
import { tryTest, type Said } from '../support/sabotageRun.ts'
import { sabotaged, SABOTAGES, type Sabotage } from '../support/sabotages.ts'
import { randomFrom, seedOfThisRun, shuffled } from '../support/seeded.ts'

const long = process.env['TEST_LONG'] === '1'
const LANES = 2
/** How many are tried in a run that is not long: others each time. */
const IN_A_RUN = 7

/**
 * The tests are tried: each fault that is put into the product must be noticed by the test that
 * promises to. That these tests pass on the product as it is, the other parts show; `npm run test:long`
 * shows it here too, test by test.
 */
describe('the tests have teeth', function () {
  this.timeout(long ? 600_000 : 90_000)
  const seed = seedOfThisRun()
  const tried = long ? SABOTAGES : shuffled(SABOTAGES, randomFrom(seed)).slice(0, IN_A_RUN)

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

  it('each sabotage that is tried is caught by the test that should', async () => {
    const said = new Map<Sabotage, Said>()
    const whole = new Map<Sabotage, Said>()
    const left = [...tried]
    await Promise.all(
      Array.from({ length: LANES }, async () => {
        for (let next = left.shift(); next !== undefined; next = left.shift()) {
          said.set(next, await tryTest(next, 'sabotaged'))
          if (long) whole.set(next, await tryTest(next, 'whole'))
        }
      }),
    )
    const missed = tried.filter((one) => !caught(said.get(one)))
    for (const one of tried) console.log(`      ${line(one, said.get(one))}`)
    for (const one of missed) console.log(said.get(one)?.output)
    console.log(
      `      ${tried.length - missed.length}/${tried.length} of ${SABOTAGES.length} sabotages caught (SEED=${seed})`,
    )
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
