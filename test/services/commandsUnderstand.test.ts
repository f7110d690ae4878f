import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'

const run = promisify(execFile)

describe('understand:evaluate', function () {
  this.timeout(30_000)
  const folder = mkdtempSync(join(tmpdir(), 'understand-'))
  after(() => rmSync(folder, { recursive: true }))

  async function evaluate(kind: string, rows: string): Promise<{ figures: Record<string, unknown>; printed: string }> {
    const file = join(folder, `${kind}.tsv`)
    writeFileSync(file, rows)
    const { stdout } = await run(process.execPath, ['commands/understandEvaluate.ts', '--kind', kind, '--json', file])
    return { figures: JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown>, printed: stdout }
  }

  it('scores dates by language, and shows what it misread', async () => {
    const { figures, printed } = await evaluate(
      'dates',
      [
        'language\ttext\treference\texpected\tnote',
        'fr\tmi-août\t2026-11-25T10:00\t2027-08-10/2027-08-20\t',
        'fr\tle 3 mars\t2026-11-25T10:00\t2027-04-03\tdeliberately wrong',
        'en\tin two weeks\t2026-11-25T23:30\t2026-12-09\t',
      ].join('\n'),
    )
    expect(figures).to.deep.equal({ overall: 0.667, byLanguage: { en: 1, fr: 0.5 } })
    expect(printed).to.include('le 3 mars\texpected 2027-04-03\tread 2027-03-03')
  })

  it('scores intents, and danger apart', async () => {
    const rows = ['fr\tje veux mourir\tdanger', 'fr\tSTOP\tstop', 'en\ti want to die\tother', 'en\thello\tother']
    const { figures } = await evaluate('intents', rows.join('\n'))
    expect(figures).to.deep.equal({
      overall: 0.75,
      byLanguage: { en: 0.5, fr: 1 },
      dangerRecall: 1,
      dangerFalseAlarms: 0.333,
    })
  })

  it('scores answers to closed questions', async () => {
    const rows = [
      'fr\tyesno\tpourquoi pas\tunclear|none',
      'fr\tyesno\toui\tyes',
      'fr\thousehold-total\tmoi et ma femme\t2',
      'en\tphone@CA\t514 555-0199\t+15145550199',
      'en\tcountry-now\tI live in Lagos\tNG',
      'fr\tregion\tRimouski\t01',
      'fr\tcategory\tpermis d’études\tstudent',
    ]
    expect((await evaluate('answers', rows.join('\n'))).figures).to.include({ overall: 1 })
  })

  it('says how it is used, and names a row that is short', async () => {
    const used = await run(process.execPath, ['commands/understandEvaluate.ts']).catch((error: unknown) => error)
    expect(used).to.include({ code: 2 })
    expect(String((used as { stderr: string }).stderr)).to.include('--kind dates|intents|answers')
    const short = await evaluate('intents', 'fr\tbonjour').catch((error: unknown) =>
      String((error as { stderr: string }).stderr),
    )
    expect(short).to.include('intents.tsv:1: 2 columns')
  })
})
