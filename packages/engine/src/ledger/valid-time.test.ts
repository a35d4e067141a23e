import { Datetime } from '@dendrodb/protocol'
import { describe, expect, test } from 'vitest'
import { holdsAt, periodBeforeOf, periodName, toInstant, toInterval } from './valid-time.ts'

const at = (text: string) => Datetime.parse(text)

describe('an interval', () => {
  test.each([
    ['without bounds always holds', {}, '2026-06-01T00:00:00Z', true],
    ['holds at its beginning', { validFrom: at('2026-01-01') }, '2026-01-01T00:00:00Z', true],
    ['does not hold before it', { validFrom: at('2026-01-01') }, '2025-12-31T23:59:59.999999999Z', false],
    ['holds at its end', { validTo: at('2026-01-01T12:00:00Z') }, '2026-01-01T12:00:00Z', true],
    [
      'does not hold after it',
      { validTo: at('2026-01-01T12:00:00Z') },
      '2026-01-01T12:00:00.000000001Z',
      false,
    ],
    ['holds from the first moment of a day', { validFrom: '2026-01-31' }, '2026-01-31T00:00:00Z', true],
    ['holds to the last moment of a day', { validTo: '2026-01-31' }, '2026-01-31T23:59:59.999999999Z', true],
    ['does not hold on the day after', { validTo: '2026-01-31' }, '2026-02-01T00:00:00Z', false],
    ['may be a single day', { validFrom: '2026-01-31', validTo: '2026-01-31' }, '2026-01-31T12:00:00Z', true],
  ])('%s', (_, interval, instant, holds) => {
    expect(holdsAt(toInterval(interval), at(instant))).toBe(holds)
  })

  test('keeps dates as they were given, and everything else as instants', () => {
    expect(toInterval({ validFrom: '2026-01-31', validTo: '2026-02-01T00:00:00+01:00' })).toEqual({
      validFrom: '2026-01-31',
      validTo: at('2026-01-31T23:00:00Z'),
    })
    expect(toInterval({ validFrom: null })).toEqual({ validFrom: undefined, validTo: undefined })
  })

  test.each([
    ['a text that is no date', { validFrom: 'soon' }],
    ['a day that does not exist', { validTo: '2026-02-30' }],
    ['a year alone', { validFrom: '2026' }],
    ['a number', { validFrom: 2026 }],
    ['an end before the beginning', { validFrom: '2026-01-02', validTo: '2026-01-01' }],
    [
      'an end one nanosecond before the beginning',
      { validFrom: at('2026-01-01T00:00:00.000000001Z'), validTo: at('2026-01-01') },
    ],
  ])('refuses %s', (_, interval) => {
    expect(() => toInterval(interval)).toThrow(expect.objectContaining({ code: 'LEDGER_VALID_TIME_INVALID' }))
  })
})

test('an instant may be a date, which is its beginning', () => {
  expect(toInstant('2026-01-31')).toEqual(at('2026-01-31T00:00:00Z'))
  expect(toInstant(at('2026-01-31'))).toEqual(at('2026-01-31'))
  expect([toInstant('x'), toInstant(5), toInstant(undefined)]).toEqual([undefined, undefined, undefined])
})

describe('periods', () => {
  test('are told apart by their beginning alone, however it is written', () => {
    expect(periodName({ validFrom: '2026-01-01' })).toBe(
      periodName({ validFrom: at('2026-01-01'), validTo: 'x' }),
    )
    expect(periodName({ validFrom: '2026-01-01' })).not.toBe(periodName({}))
  })

  test('what restates a period stands behind the same one as it', () => {
    const before = { seq: 7, validFrom: '2026-01-01', periodBefore: 3 }
    expect(periodBeforeOf({ validFrom: '2026-01-01' }, before)).toBe(3)
    expect(periodBeforeOf({ validFrom: '2027-01-01' }, before)).toBe(7)
    expect(periodBeforeOf({}, { seq: 7, periodBefore: 0 })).toBe(0)
    expect(periodBeforeOf({ validFrom: '2026-01-01' }, undefined)).toBe(0)
  })
})
