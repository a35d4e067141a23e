import { Datetime } from '@dendrodb/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatDatetime, parseFormat } from './datetime-format.ts'
import { matchesDatetimeFormat } from './parse-datetime.ts'

const anyDatetime = fc
  .tuple(fc.integer({ min: -5e9, max: 5e9 }), fc.integer({ min: 0, max: 999_999_999 }))
  .map(([seconds, nanos]) => new Datetime(seconds, nanos))

const specifiers = [
  '%Y',
  '%m',
  '%d',
  '%b',
  '%B',
  '%e',
  '%a',
  '%A',
  '%w',
  '%u',
  '%V',
  '%G',
  '%j',
  '%H',
  '%I',
  '%M',
  '%S',
  '%f',
  '%.f',
  '%.3f',
  '%p',
  '%P',
  '%Z',
  '%z',
  '%:z',
  '%F',
  '%T',
  '%D',
  '%R',
  '%r',
  '%+',
  '%%',
  '%s',
]

describe('formats', () => {
  test('a formatted datetime matches its format', () => {
    const anyFormat = fc
      .array(fc.constantFrom(...specifiers), { minLength: 1, maxLength: 6 })
      .map((parts) => parts.join(' | '))
    fc.assert(
      fc.property(anyDatetime, anyFormat, (datetime, format) => {
        const text = formatDatetime(datetime, parseFormat(format) ?? [])
        expect(matchesDatetimeFormat(text, format)).toBe(true)
        expect(matchesDatetimeFormat(`${text}!`, format)).toBe(false)
      }),
    )
  })

  test('%Y-%m-%dT%H:%M:%S%.9fZ is RFC 3339', () => {
    fc.assert(
      fc.property(anyDatetime, (datetime) => {
        const text = formatDatetime(datetime, parseFormat('%Y-%m-%dT%H:%M:%S%.9fZ') ?? [])
        expect(Datetime.parse(text).equals(datetime)).toBe(true)
      }),
    )
  })

  test('weeks agree with those that JavaScript counts', () => {
    fc.assert(
      fc.property(fc.integer({ min: -20_000, max: 40_000 }), (day) => {
        const datetime = new Datetime(day * 86_400)
        const date = datetime.toDate()
        const first = Date.UTC(date.getUTCFullYear(), 0, 1)
        const yearday = (date.getTime() - first) / 86_400_000
        const sundays = Array.from(
          { length: yearday + 1 },
          (_, i) => new Date(first + i * 86_400_000),
        ).filter((one) => one.getUTCDay() === 0).length
        expect(formatDatetime(datetime, parseFormat('%U %w') ?? [])).toBe(
          `${String(sundays).padStart(2, '0')} ${date.getUTCDay()}`,
        )
      }),
    )
  })

  test('any text is read or refused, never an exception', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, format) => {
        expect(typeof matchesDatetimeFormat(text, format)).toBe('boolean')
        expect(typeof matchesDatetimeFormat(text, `%Y${format}%d`)).toBe('boolean')
      }),
    )
  })
})
