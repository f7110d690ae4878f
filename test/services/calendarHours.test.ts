import { expect } from 'chai'
import { Temporal } from 'temporal-polyfill'
import { openCalendar, type Calendar, type Reading } from '../../services/calendar/index.ts'
import { openCatalogue, type OfficeHours } from '../../services/catalogue/index.ts'

const instant = (text: string) => Temporal.Instant.from(text)
const spoken = (reading: Reading) =>
  reading.open ? `open until ${wall(reading.until)}` : `closed until ${wall(reading.opensAt)}`
const wall = (moment: Temporal.ZonedDateTime) => moment.toString({ timeZoneName: 'never', smallestUnit: 'minute' })

describe('the opening hours', () => {
  let calendar: Calendar
  let hours: OfficeHours
  before(async () => {
    const catalogue = await openCatalogue()
    calendar = openCalendar(catalogue)
    hours = catalogue.offices().defaultHours
  })

  const cases: [why: string, at: string, told: string][] = [
    ['before the morning', '2026-11-25T08:29-05:00', 'closed until 2026-11-25T08:30-05:00'],
    ['the first minute', '2026-11-25T08:30-05:00', 'open until 2026-11-25T12:00-05:00'],
    ['noon is the break', '2026-11-25T12:00-05:00', 'closed until 2026-11-25T13:00-05:00'],
    ['end of the break', '2026-11-25T13:00-05:00', 'open until 2026-11-25T16:30-05:00'],
    ['the evening', '2026-11-25T16:30-05:00', 'closed until 2026-11-26T08:30-05:00'],
    ['Friday evening', '2026-11-27T18:00-05:00', 'closed until 2026-11-30T08:30-05:00'],
    ['written from Paris at 6', '2026-11-25T06:00+01:00', 'closed until 2026-11-25T08:30-05:00'],
    ['already tomorrow in Manila', '2026-11-26T01:00+08:00', 'closed until 2026-11-25T13:00-05:00'],
    ['Christmas', '2026-12-23T17:00-05:00', 'closed until 2026-12-29T08:30-05:00'],
    ['the new year', '2026-12-30T17:00-05:00', 'closed until 2027-01-05T08:30-05:00'],
    ['the night the clocks go back', '2026-11-01T01:30-04:00', 'closed until 2026-11-02T08:30-05:00'],
    ['the last Friday of summer time', '2026-10-30T17:00-04:00', 'closed until 2026-11-02T08:30-05:00'],
    ['the night they go forward', '2027-03-14T01:59-05:00', 'closed until 2027-03-15T08:30-04:00'],
    ['that Friday', '2027-03-12T16:00-05:00', 'open until 2027-03-12T16:30-05:00'],
  ]
  for (const [why, at, told] of cases)
    it(`${why}: ${told}`, () => {
      expect(spoken(calendar.whenAPersonReads(instant(at), hours))).to.equal(told)
      expect(calendar.isOpen(instant(at), hours)).to.equal(told.startsWith('open'))
    })

  it('give the next opening: now when open, else later', () => {
    const open = calendar.nextOpening(instant('2026-11-25T09:15-05:00'), hours)
    expect(wall(open)).to.equal('2026-11-25T09:15-05:00')
    const later = calendar.nextOpening(instant('2026-11-25T12:15-05:00'), hours)
    expect(wall(later)).to.equal('2026-11-25T13:00-05:00')
  })

  it('give the next closing, of this opening or of the one to come', () => {
    const closing = (at: string) => wall(calendar.closingAfter(instant(at), hours))
    expect(closing('2026-11-25T09:15-05:00')).to.equal('2026-11-25T12:00-05:00')
    expect(closing('2026-11-25T12:00-05:00')).to.equal('2026-11-25T16:30-05:00')
    expect(closing('2026-11-27T20:00-05:00')).to.equal('2026-11-30T12:00-05:00')
  })

  it('are decided in the zone of the office', () => {
    const islands = { ...hours, zone: 'America/Halifax' }
    const at = instant('2026-11-25T07:45-05:00')
    expect(calendar.isOpen(at, hours)).to.equal(false)
    expect(calendar.isOpen(at, islands)).to.equal(true)
  })

  it('stay true on the Sundays when the clocks change, for an office open at night', () => {
    const night = { zone: hours.zone, weekdays: [7], spans: [{ from: '01:00', to: '03:30' }] } as const
    const openFor = (from: string) => {
      const closing = calendar.closingAfter(instant(from), night).toInstant()
      return instant(from).until(closing, { largestUnit: 'minute' }).minutes
    }
    expect(openFor('2026-11-01T01:00-04:00')).to.equal(210)
    expect(openFor('2027-03-14T01:00-05:00')).to.equal(90)
  })

  it('that never come are an error, not an endless search', () => {
    const never = { ...hours, weekdays: [8] } as const
    const at = instant('2026-11-25T09:00-05:00')
    expect(() => calendar.whenAPersonReads(at, never)).to.throw(RangeError, 'no opening')
    expect(calendar.isOpen(at, never)).to.equal(false)
  })
})
