import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { Datetime } from './datetime.ts'
import { Duration } from './duration.ts'
import { DbError } from './errors.ts'
import { arbitraryDatetime, arbitraryDuration } from './testing/arbitrary-values.ts'
import { codeOf } from './testing/code-of.ts'

const at = (text: string) => Datetime.parse(text)

describe('parse and toString', () => {
  test.each([
    ['1970-01-01T00:00:00Z', 0, 0, '1970-01-01T00:00:00Z'],
    ['2026-01-31T09:30:00.120Z', 1769851800, 120_000_000, '2026-01-31T09:30:00.12Z'],
    ['2026-01-31t09:30:00.000000001z', 1769851800, 1, '2026-01-31T09:30:00.000000001Z'],
    ['2026-01-31 09:30:00+02:00', 1769844600, 0, '2026-01-31T07:30:00Z'],
    ['2026-01-31T23:30:00-01:30', 1769907600, 0, '2026-02-01T01:00:00Z'],
    ['2026-01-31', 1769817600, 0, '2026-01-31T00:00:00Z'],
    ['1969-12-31T23:59:59.5Z', -1, 500_000_000, '1969-12-31T23:59:59.5Z'],
    ['2000-02-29T00:00:00Z', 951782400, 0, '2000-02-29T00:00:00Z'],
    ['0099-03-01T00:00:00Z', -59_037_897_600, 0, '0099-03-01T00:00:00Z'],
    ['-0044-03-15T12:00:00Z', -63_549_316_800, 0, '-0044-03-15T12:00:00Z'],
  ])('%s', (text, seconds, nanos, printed) => {
    const datetime = at(text)
    expect([datetime.seconds, datetime.nanos, datetime.toString()]).toEqual([seconds, nanos, printed])
  })

  test.each([
    '',
    '2026',
    '2026-1-1',
    '2026-00-01',
    '2026-13-01',
    '2026-02-29',
    '2026-04-31',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2026-01-01T23:59:60Z',
    '2026-01-01T00:00:00',
    '2026-01-01T00:00Z',
    '2026-01-01T00:00:00.Z',
    '2026-01-01T00:00:00.1234567891Z',
    '2026-01-01T00:00:00+24:00',
    '2026-01-01T00:00:00+01:60',
    '2026-01-01T00:00:00+0100',
    '-0000-01-01T00:00:00Z',
    '+2026-01-01T00:00:00Z',
    '12026-01-01T00:00:00Z',
    '2026-01-01T00:00:00Z ',
    '٢٠٢٦-01-01T00:00:00Z',
  ])('refuses "%s"', (text) => {
    expect(codeOf(() => at(text))).toBe('VALUE_DATETIME_SYNTAX')
  })

  test('1900 is no leap year, 2000 is one', () => {
    expect(codeOf(() => at('1900-02-29'))).toBe('VALUE_DATETIME_SYNTAX')
    expect(at('2000-02-29').toString()).toBe('2000-02-29T00:00:00Z')
  })
})

describe('range', () => {
  test('reaches from year -9999 to year 9999, whatever the offset', () => {
    expect(Datetime.min.toString()).toBe('-9999-01-01T00:00:00Z')
    expect(Datetime.max.toString()).toBe('9999-12-31T23:59:59.999999999Z')
    for (const run of [
      () => new Datetime(Datetime.min.seconds - 1),
      () => new Datetime(Datetime.max.seconds + 1),
      () => at('-9999-01-01T00:00:00+00:01'),
      () => at('9999-12-31T23:59:59-00:01'),
      () => Datetime.max.add(new Duration(0, 1)),
      () => Datetime.min.subtract(new Duration(0, 1)),
      () => Datetime.fromDate(new Date(Number.NaN)),
      () => Datetime.fromDate(new Date(8.64e15)),
      () => new Datetime(0, 1_000_000_000),
      () => new Datetime(0, -1),
      () => new Datetime(0.5),
      () => new Datetime(0, 0.5),
      () => new Datetime(Number.NaN),
    ]) {
      expect(codeOf(run), String(run)).toBe('VALUE_DATETIME_RANGE')
    }
  })
})

describe('parts', () => {
  test.each([
    ['2026-01-31T09:30:15.5Z', 6, 31, 2026, 5],
    ['2024-12-30', 1, 365, 2025, 1],
    ['2021-01-03', 7, 3, 2020, 53],
    ['1970-01-01', 4, 1, 1970, 1],
    ['0000-02-29', 2, 60, 0, 9],
  ])('%s: weekday %i, day %i of the year, week %i/%i', (text, weekday, yearday, weekYear, week) => {
    const datetime = at(text)
    expect([datetime.weekday, datetime.yearday, datetime.isoWeek]).toEqual([
      weekday,
      yearday,
      { year: weekYear, week },
    ])
    expect(Datetime.fromParts(datetime.parts())).toEqual(datetime)
  })

  test('fromParts fills in the smallest and refuses what no calendar has', () => {
    expect(Datetime.fromParts({ year: 2026 }).toString()).toBe('2026-01-01T00:00:00Z')
    expect(codeOf(() => Datetime.fromParts({ year: 2026, month: 2, day: 30 }))).toBe('VALUE_DATETIME_RANGE')
    expect(codeOf(() => Datetime.fromParts({ year: 2026, hour: 24 }))).toBe('VALUE_DATETIME_RANGE')
  })

  test('agree with the platform’s calendar on any day', () => {
    fc.assert(
      fc.property(arbitraryDatetime, (datetime) => {
        const date = datetime.toDate()
        const { year, month, day, hour, minute, second } = datetime.parts()
        expect([year, month, day]).toEqual([date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()])
        expect([hour, minute, second]).toEqual([
          date.getUTCHours(),
          date.getUTCMinutes(),
          date.getUTCSeconds(),
        ])
        expect(datetime.weekday % 7).toBe(date.getUTCDay())
      }),
      { numRuns: 2000 },
    )
  })
})

describe('properties', () => {
  test('text, nanoseconds and parts come back', () => {
    fc.assert(
      fc.property(arbitraryDatetime, (datetime) => {
        expect(at(datetime.toString())).toEqual(datetime)
        expect(Datetime.fromEpochNanos(datetime.epochNanos())).toEqual(datetime)
        expect(Datetime.fromParts(datetime.parts())).toEqual(datetime)
      }),
      { numRuns: 1000 },
    )
  })

  test('durations add and subtract as nanoseconds do', () => {
    fc.assert(
      fc.property(arbitraryDatetime, arbitraryDuration, (datetime, duration) => {
        const [instant, length] = [datetime.epochNanos(), duration.totalNanos()]
        const inRange = (nanos: bigint) =>
          nanos >= Datetime.min.epochNanos() && nanos <= Datetime.max.epochNanos()
        if (inRange(instant + length)) {
          expect(datetime.add(duration).epochNanos()).toBe(instant + length)
          expect(datetime.add(duration).since(datetime)).toEqual(duration)
        } else {
          expect(() => datetime.add(duration)).toThrow(DbError)
        }
        if (inRange(instant - length)) expect(datetime.subtract(duration).epochNanos()).toBe(instant - length)
        else expect(() => datetime.subtract(duration)).toThrow(DbError)
      }),
    )
  })

  test('order is that of the nanoseconds', () => {
    fc.assert(
      fc.property(arbitraryDatetime, arbitraryDatetime, (a, b) => {
        const order = a.epochNanos() < b.epochNanos() ? -1 : a.epochNanos() > b.epochNanos() ? 1 : 0
        expect(Math.sign(a.compare(b))).toBe(order)
        expect(a.equals(b)).toBe(order === 0)
      }),
    )
  })
})

test('since refuses to go backwards', () => {
  expect(codeOf(() => at('2026-01-01').since(at('2026-01-02')))).toBe('VALUE_DURATION_RANGE')
})

test('Date conversion keeps milliseconds, also before 1970', () => {
  expect(Datetime.fromDate(new Date(-1)).toString()).toBe('1969-12-31T23:59:59.999Z')
  expect(at('1969-12-31T23:59:59.9999Z').toDate().getTime()).toBe(-1)
})

describe('now', () => {
  test('stays within 2 ms of the system clock and is finer than it', () => {
    const seen = new Set<number>()
    for (let i = 0; i < 5000; i += 1) {
      const before = Date.now()
      const now = Number(Datetime.now().epochNanos()) / 1e6
      expect(now).toBeGreaterThan(before - 3)
      expect(now).toBeLessThan(Date.now() + 3)
      seen.add(now)
    }
    expect(seen.size).toBeGreaterThan(100)
  })

  test('follows when the system clock is set', () => {
    const real = Date.now()
    const clock = vi.spyOn(Date, 'now')
    for (const jump of [3_600_000, -3_600_000, 0]) {
      clock.mockReturnValue(real + jump)
      expect(Math.abs(Datetime.now().toDate().getTime() - (real + jump))).toBeLessThanOrEqual(2)
    }
    clock.mockRestore()
  })
})
