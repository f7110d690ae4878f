import { expect } from 'chai'
import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { openCalendar, type Calendar } from '../../services/calendar/index.ts'
import { openCatalogue, type OfficeHours } from '../../services/catalogue/index.ts'

const { PlainDate, Instant, ZonedDateTime } = Temporal
const from = PlainDate.from('2025-01-01')
const daysCovered = from.until('2030-12-31').days
const anyDay = fc.integer({ min: 0, max: daysCovered }).map((days) => from.add({ days }))

const clockChanges = ['2025-03-09', '2026-03-08', '2026-11-01', '2027-03-14', '2027-11-07', '2030-03-10']
const milliseconds = (text: string) => Instant.from(text).epochMilliseconds
/** Any instant of 2025–2030, with the days around a change of clocks as likely as all the others. */
const anyInstant = fc
  .oneof(
    fc.integer({ min: milliseconds('2025-01-01T05:00Z'), max: milliseconds('2030-12-31T04:59Z') }),
    fc
      .tuple(fc.constantFrom(...clockChanges), fc.integer({ min: -259_200_000, max: 259_200_000 }))
      .map(([change, offset]) => milliseconds(`${change}T06:30Z`) + offset),
  )
  .map((ms) => Instant.fromEpochMilliseconds(ms))
const anyZone = fc.constantFrom('America/Toronto', 'America/Halifax', 'America/Blanc-Sablon')

describe('the calendar, whatever the day', () => {
  let calendar: Calendar
  let defaultHours: OfficeHours
  before(async () => {
    const catalogue = await openCatalogue()
    calendar = openCalendar(catalogue)
    defaultHours = catalogue.offices().defaultHours
  })

  it('the limit is a business day, and exactly the fifth after the arrival', () => {
    fc.assert(
      fc.property(anyDay, (arrival) => {
        const limit = calendar.firstMeetingLimit(arrival)
        expect(calendar.isBusinessDay(limit)).to.equal(true)
        let counted = 0
        for (let d = arrival.add({ days: 1 }); PlainDate.compare(d, limit) <= 0; d = d.add({ days: 1 }))
          if (calendar.isBusinessDay(d)) counted += 1
        expect(counted).to.equal(5)
      }),
    )
  })

  it('who arrives later has no earlier limit', () => {
    fc.assert(
      fc.property(anyDay, fc.nat(40), (arrival, days) => {
        const later = calendar.firstMeetingLimit(arrival.add({ days }))
        expect(PlainDate.compare(calendar.firstMeetingLimit(arrival), later)).to.be.at.most(0)
      }),
    )
  })

  it('adding days twice is adding their sum', () => {
    fc.assert(
      fc.property(anyDay, fc.nat(15), fc.nat(15), (start, a, b) => {
        const twice = calendar.addBusinessDays(calendar.addBusinessDays(start, a), b)
        expect(twice.equals(calendar.addBusinessDays(start, a + b))).to.equal(true)
      }),
    )
  })

  it('no office is open on a holiday, its replacement or a weekend', () => {
    fc.assert(
      fc.property(anyInstant, anyZone, (at, zone) => {
        const there = at.toZonedDateTimeISO(zone).toPlainDate()
        fc.pre(!calendar.isBusinessDay(there))
        expect(calendar.isOpen(at, { ...defaultHours, zone })).to.equal(false)
      }),
    )
  })

  it('an office is open on business days during its hours on the wall, and only then', () => {
    fc.assert(
      fc.property(anyInstant, anyZone, (at, zone) => {
        const there = at.toZonedDateTimeISO(zone)
        const minute = there.hour * 60 + there.minute
        const inHours = (minute >= 510 && minute < 720) || (minute >= 780 && minute < 990)
        const expected = inHours && calendar.isBusinessDay(there.toPlainDate())
        expect(calendar.isOpen(at, { ...defaultHours, zone })).to.equal(expected)
      }),
    )
  })

  it('the next opening is open, not in the past, and the office is closed until then', () => {
    fc.assert(
      fc.property(anyInstant, anyZone, fc.double({ min: 0, max: 1, noNaN: true }), (at, zone, part) => {
        const hours = { ...defaultHours, zone }
        const opening = calendar.nextOpening(at, hours).toInstant()
        const wait = opening.epochMilliseconds - at.epochMilliseconds
        expect(wait).to.be.at.least(0)
        expect(calendar.isOpen(opening, hours)).to.equal(true)
        if (wait === 0) return
        const before = at.add({ milliseconds: Math.min(wait - 1, Math.floor(wait * part)) })
        expect(calendar.isOpen(before, hours)).to.equal(false)
        expect(calendar.isOpen(opening.subtract({ nanoseconds: 1 }), hours)).to.equal(false)
      }),
    )
  })

  it('the closing comes after, is closed, and follows the next opening without a break', () => {
    fc.assert(
      fc.property(anyInstant, anyZone, (at, zone) => {
        const hours = { ...defaultHours, zone }
        const closing = calendar.closingAfter(at, hours)
        const opening = calendar.nextOpening(at, hours)
        expect(ZonedDateTime.compare(opening, closing)).to.equal(-1)
        expect(calendar.isOpen(closing.toInstant(), hours)).to.equal(false)
        expect(calendar.isOpen(closing.subtract({ nanoseconds: 1 }).toInstant(), hours)).to.equal(true)
        const reading = calendar.whenAPersonReads(at, hours)
        expect(reading.open).to.equal(calendar.isOpen(at, hours))
        expect((reading.open ? reading.until : reading.opensAt).timeZoneId).to.equal(zone)
      }),
    )
  })
})
