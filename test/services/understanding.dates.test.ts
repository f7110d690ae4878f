import { expect } from 'chai'
import { Temporal } from 'temporal-polyfill'
import { dateIsRight, showSpans } from '../../commands/understand/dates.ts'
import { readRows } from '../../commands/understand/rows.ts'
import { dateReader } from '../../services/understanding/dates/reader.ts'

/** The sentences that the reader was written with; those nobody tuned to are in `heldApart`. */
const ROWS = readRows('test/understanding/dates.tsv', ['language', 'text', 'reference', 'expected', 'note'])

describe('dates that people write', () => {
  const reader = dateReader()
  for (const { text, reference, expected } of ROWS)
    it(`${text} (${reference}) → ${expected}`, () => {
      const read = reader.meant(text, Temporal.PlainDateTime.from(reference).toPlainDate())
      expect(dateIsRight(read, expected), `read ${showSpans(read)}`).to.equal(true)
    })

  it('has them all', () => expect(ROWS).to.have.lengthOf(100))

  it('reads 97 % of the three other sets that it was worked on with', () => {
    const rows = readRows('test/understanding/worked/dates.tsv', ['language', 'text', 'reference', 'expected', 'note'])
    const wrong = rows.filter(
      ({ text, reference, expected }) =>
        !dateIsRight(reader.meant(text, Temporal.PlainDateTime.from(reference).toPlainDate()), expected),
    )
    expect(rows).to.have.lengthOf(1_300)
    expect(wrong.length / rows.length, wrong.map(({ text }) => text).join('\n')).to.be.at.most(0.03)
  })

  it('reads the longest message in little time, whatever is in it', () => {
    const today = Temporal.PlainDate.from('2026-11-25')
    for (const unit of ['le 3/4 ', 'mars ', 'avant fin de la semaine du ', 'next ', '1 ', "l'", '2 ou 3 '])
      for (let round = 0; round < 3; round += 1) {
        const started = performance.now()
        reader.meant(unit.repeat(4_000 / unit.length), today)
        if (round === 2) expect(performance.now() - started, unit).to.be.below(100)
      }
  })
})

describe('the judge of dates', () => {
  const span = (start: string | null, end: string | null, grain: 'day' | 'month' | 'stretch' = 'stretch') => ({
    start,
    end,
    grain,
  })

  it('takes a day for that day alone, and alternatives for either', () => {
    expect(dateIsRight([span('2027-03-01', '2027-03-01', 'day')], '2027-03-01')).to.equal(true)
    expect(dateIsRight([span('2027-03-02', '2027-03-02', 'day')], '2027-03-01')).to.equal(false)
    expect(dateIsRight([span('2027-03-02', '2027-03-02', 'day')], '2027-03-01|2027-03-02')).to.equal(true)
    expect(dateIsRight([span('2027-03-01', '2027-03-31', 'month')], 'month:2027-03')).to.equal(true)
  })
  it('takes a stretch when half of both is shared', () => {
    expect(dateIsRight([span('2027-03-01', '2027-03-10')], '2027-03-01/2027-03-20')).to.equal(true)
    expect(dateIsRight([span('2027-03-01', '2027-03-09')], '2027-03-01/2027-03-20')).to.equal(false)
  })
  it('takes an open end within seven days, and only an open one', () => {
    expect(dateIsRight([span('2027-03-08', null)], '2027-03-01/..')).to.equal(true)
    expect(dateIsRight([span('2027-03-09', null)], '2027-03-01/..')).to.equal(false)
    expect(dateIsRight([span(null, '2027-03-05')], '../2027-03-01')).to.equal(true)
    expect(dateIsRight([span('2027-03-01', '2027-03-01', 'day')], '2027-03-01/..')).to.equal(false)
  })
  it('takes nothing for none, and a doubt only when all of it is expected', () => {
    expect(dateIsRight([], 'none')).to.equal(true)
    expect(dateIsRight([], '2027-03-01')).to.equal(false)
    const doubt = [span('2027-04-03', '2027-04-03', 'day'), span('2027-03-04', '2027-03-04', 'day')]
    expect(dateIsRight(doubt, '2027-04-03|2027-03-04')).to.equal(true)
    expect(dateIsRight(doubt, '2027-04-03')).to.equal(false)
  })
})
