import { expect } from 'chai'
import Holidays from 'date-holidays'
import { Temporal } from 'temporal-polyfill'
import { openCalendar, type Calendar } from '../../services/calendar/index.ts'
import { holidaysOf } from '../../services/calendar/holidays.ts'
import { openCatalogue, type HolidayContent } from '../../services/catalogue/index.ts'

const day = (text: string) => Temporal.PlainDate.from(text)

describe('the business calendar', () => {
  let calendar: Calendar
  let content: HolidayContent
  before(async () => {
    const catalogue = await openCatalogue()
    content = catalogue.holidayRules()
    calendar = openCalendar(catalogue)
  })

  describe('holidays', () => {
    const holidays2026 = {
      '2026-01-01': 'new-year',
      '2026-01-02': 'new-year-2',
      '2026-04-03': 'good-friday',
      '2026-04-06': 'easter-monday',
      '2026-05-18': 'patriotes',
      '2026-06-24': 'fete-nationale',
      '2026-07-01': 'canada-day',
      '2026-09-07': 'labour-day',
      '2026-10-12': 'thanksgiving',
      '2026-12-24': 'christmas-eve',
      '2026-12-25': 'christmas',
      '2026-12-26': 'boxing-day',
      '2026-12-28': 'boxing-day (observed)',
      '2026-12-31': 'new-year-eve',
    }

    it('are the 13 of the regulation and the replacement of 26 December in 2026', () => {
      const found = [...holidaysOf(2026, content)].map(([on, { id, observed }]) => [
        on,
        observed ? `${id} (observed)` : id,
      ])
      expect(Object.fromEntries(found)).to.deep.equal(holidays2026)
    })

    it('correct what date-holidays says of CA-QC', () => {
      const theirs = new Holidays('CA', 'QC').getHolidays(2026)
      const typeOn = (on: string) => theirs.find(({ date }) => date.startsWith(on))?.type
      for (const missing of ['2026-01-02', '2026-12-24', '2026-12-26', '2026-12-31']) {
        expect(typeOn(missing), `date-holidays on ${missing}`).to.equal(undefined)
        expect(calendar.holidayOn(day(missing)), missing).to.include({ observed: false })
      }
      expect(typeOn('2026-04-06')).to.equal('optional')
      expect(calendar.isBusinessDay(day('2026-04-06'))).to.equal(false)

      const observances = theirs.filter(({ type }) => type === 'observance')
      expect(observances).to.have.length.greaterThan(5)
      for (const { date, name } of observances) expect(calendar.holidayOn(day(date.slice(0, 10))), name).to.equal(null)
    })

    const replaced: [of: string, on: string][] = [
      ['2026-12-26', '2026-12-28'],
      ['2027-01-02', '2027-01-04'],
      ['2027-12-25', '2027-12-27'],
      ['2027-12-26', '2027-12-28'],
      ['2028-01-01', '2028-01-03'],
      ['2028-01-02', '2028-01-04'],
      ['2028-06-24', '2028-06-23'],
      ['2028-07-01', '2028-06-30'],
      ['2028-12-24', '2028-12-22'],
      ['2028-12-31', '2028-12-29'],
      ['2029-06-24', '2029-06-25'],
      ['2029-07-01', '2029-07-02'],
    ]
    for (const [of, on] of replaced)
      it(`${of}, on a weekend, is taken on ${on}`, () => {
        const holiday = calendar.holidayOn(day(of))
        expect(holiday?.observed).to.equal(false)
        expect(calendar.holidayOn(day(on))).to.deep.equal({ id: holiday?.id, observed: true })
      })

    it('have one replacement for each holiday on a weekend in the years covered, and no other', () => {
      const onWeekends = years(content.replacementYears).flatMap((year) =>
        [...holidaysOf(year, content)]
          .filter(([on, { observed }]) => !observed && day(on).dayOfWeek > 5)
          .map(([on]) => on),
      )
      expect(onWeekends.toSorted()).to.deep.equal(replaced.map(([of]) => of).toSorted())
      expect(content.replacements.map((r) => r.day)).to.deep.equal(replaced.map(([, on]) => on))
    })

    it('mark as to be confirmed every replacement that no act gives', () => {
      const confirmed = content.replacements.filter(({ toConfirm }) => !toConfirm)
      expect(confirmed.map((r) => r.day)).to.deep.equal(['2029-06-25', '2029-07-02'])
    })

    it('are not 30 September nor 11 November', () => {
      expect(calendar.isBusinessDay(day('2026-09-30'))).to.equal(true)
      expect(calendar.isBusinessDay(day('2026-11-11'))).to.equal(true)
    })

    it('refuse a rule that gives no day', () => {
      const rules = content.rules.map((rule) => ({ ...rule, rule: 'the day after tomorrow' }))
      const broken = { ...content, rules }
      expect(() => holidaysOf(2026, broken)).to.throw(RangeError, 'new-year')
    })
  })

  describe('the limit of the first meeting', () => {
    const cases: [why: string, arrival: string, limit: string][] = [
      ['Monday 5 → Monday 12', '2026-01-05', '2026-01-12'],
      ['Monday 5 → Tuesday 13, Thanksgiving between', '2026-10-05', '2026-10-13'],
      ['Sunday 10 → Friday 15', '2026-05-10', '2026-05-15'],
      ['Sunday 10 → Friday 15, the next January', '2027-01-10', '2027-01-15'],
      ['Saturday as Sunday', '2026-05-09', '2026-05-15'],
      ['Friday → the next Friday', '2026-11-20', '2026-11-27'],
      ['across both Easter days', '2026-04-01', '2026-04-10'],
      ['arrival on a holiday', '2026-06-24', '2026-07-02'],
      ['the clocks go back', '2026-10-30', '2026-11-06'],
      ['the clocks go forward', '2027-03-12', '2027-03-19'],
      // 24, 25 holidays; 28 for the 26th; 29, 30 count; 31, 1 holidays; 4 for the 2nd; 5, 6, 7 count.
      ['the days of Christmas 2026', '2026-12-23', '2027-01-07'],
      ['arrival on Christmas', '2026-12-25', '2027-01-07'],
      ['arrival on the 29th', '2026-12-29', '2027-01-08'],
    ]
    for (const [why, arrival, limit] of cases)
      it(`${arrival} → ${limit}: ${why}`, () => {
        expect(calendar.firstMeetingLimit(day(arrival)).toString()).to.equal(limit)
      })

    it('is the number of business days that the catalogue says', async () => {
      const catalogue = await openCatalogue()
      const offices = catalogue.offices()
      const sooner = openCalendar({
        ...catalogue,
        offices: () => ({
          ...offices,
          firstMeeting: { ...offices.firstMeeting, withinBusinessDays: 2 },
        }),
      })
      expect(sooner.firstMeetingLimit(day('2026-01-05')).toString()).to.equal('2026-01-07')
    })
  })

  describe('counting business days', () => {
    it('skips the weekend and the holidays', () => {
      expect(calendar.nextBusinessDay(day('2026-12-23')).toString()).to.equal('2026-12-29')
      expect(calendar.nextBusinessDay(day('2026-11-24')).toString()).to.equal('2026-11-25')
    })
    it('gives the day back for 0 and refuses what is no count', () => {
      expect(calendar.addBusinessDays(day('2026-11-28'), 0).toString()).to.equal('2026-11-28')
      for (const wrong of [-1, 1.5, Number.NaN])
        expect(() => calendar.addBusinessDays(day('2026-11-28'), wrong)).to.throw(RangeError)
    })
  })
})

const years = ({ from, to }: HolidayContent['replacementYears']) =>
  Array.from({ length: to - from + 1 }, (_, after) => from + after)
