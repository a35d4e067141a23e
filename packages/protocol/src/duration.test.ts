import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Duration, type DurationUnit } from './duration.ts'
import { limits } from './limits.ts'
import { arbitraryDuration } from './testing/arbitrary-values.ts'
import { codeOf } from './testing/code-of.ts'

const span = (text: string) => Duration.parse(text)
const longest = new Duration(limits.durationSecondsMax, 999_999_999)

describe('parse and toString', () => {
  test.each([
    ['1y2w3d4h5m6s7ms8us9ns', '1y2w3d4h5m6s7ms8us9ns'],
    ['1h30m', '1h30m'],
    ['90m', '1h30m'],
    ['30m1h', '1h30m'],
    ['1s1s', '2s'],
    ['365d', '1y'],
    ['0ns', '0ns'],
    ['0y', '0ns'],
    ['1500ms', '1s500ms'],
    ['7µs', '7us'],
    ['7μs', '7us'],
    ['1000000000ns', '1s'],
  ])('%s is %s', (text, printed) => {
    expect(span(text).toString()).toBe(printed)
  })

  test.each(['', '5', 'h', '1.5h', '-1h', '1 h', '1h ', '1h30', '1mo', '1H', '1hx', `${'1'.repeat(31)}s`])(
    'refuses "%s"',
    (text) => {
      expect(codeOf(() => span(text))).toBe('VALUE_DURATION_SYNTAX')
    },
  )

  test('text is bounded', () => {
    const text = '1s'.repeat(limits.numberTextCharsMax / 2)
    expect(span(text).seconds).toBe(limits.numberTextCharsMax / 2)
    expect(codeOf(() => span(`${text}1s`))).toBe('VALUE_DURATION_SYNTAX')
  })

  test('text and nanoseconds come back', () => {
    fc.assert(
      fc.property(arbitraryDuration, (duration) => {
        expect(span(duration.toString())).toEqual(duration)
        expect(Duration.fromNanos(duration.totalNanos())).toEqual(duration)
      }),
    )
  })
})

describe('range', () => {
  test('is from 0 to just below 2^53 seconds', () => {
    expect(span(longest.toString())).toEqual(longest)
    for (const run of [
      () => new Duration(-1),
      () => new Duration(limits.durationSecondsMax + 1),
      () => new Duration(0, 1_000_000_000),
      () => new Duration(0.5),
      () => new Duration(0, -1),
      () => longest.add(new Duration(0, 1)),
      () => longest.multiply(2),
      () => span('1s').subtract(span('1s1ns')),
      () => span('1s').multiply(-1),
      () => span('999999999999y'),
      () => Duration.fromNanos(-1n),
      () => Duration.fromUnits(-1, 's'),
    ]) {
      expect(codeOf(run), String(run)).toBe('VALUE_DURATION_RANGE')
    }
  })
})

describe('arithmetic', () => {
  test('adds, subtracts, multiplies and divides as nanoseconds do', () => {
    fc.assert(
      fc.property(arbitraryDuration, arbitraryDuration, fc.bigInt(1n, 1000n), (a, b, n) => {
        const [x, y] = [a.totalNanos(), b.totalNanos()]
        const max = longest.totalNanos()
        expect(x + y > max ? codeOf(() => a.add(b)) : a.add(b).totalNanos()).toBe(
          x + y > max ? 'VALUE_DURATION_RANGE' : x + y,
        )
        expect(x < y ? codeOf(() => a.subtract(b)) : a.subtract(b).totalNanos()).toBe(
          x < y ? 'VALUE_DURATION_RANGE' : x - y,
        )
        expect(a.divide(n).totalNanos()).toBe(x / n)
        if (x * n <= max) expect(a.multiply(n).totalNanos()).toBe(x * n)
        expect(Math.sign(a.compare(b))).toBe(x < y ? -1 : x > y ? 1 : 0)
      }),
    )
  })

  test('factors and divisors are integers, and not zero to divide by', () => {
    expect(codeOf(() => span('1s').multiply(0.5))).toBe('VALUE_INT_EXPECTED')
    expect(codeOf(() => span('1s').divide(0.5))).toBe('VALUE_INT_EXPECTED')
    expect(codeOf(() => span('1s').divide(0))).toBe('VALUE_DIVISION_BY_ZERO')
  })

  test('converts to and from units', () => {
    const units: readonly DurationUnit[] = ['y', 'w', 'd', 'h', 'm', 's', 'ms', 'us', 'ns']
    expect(units.map((unit) => Duration.fromUnits(1, unit).toString())).toEqual(
      units.map((unit) => `1${unit}`),
    )
    expect(units.map((unit) => span('1y').wholeUnits(unit))).toEqual([
      1n,
      52n,
      365n,
      8760n,
      525_600n,
      31_536_000n,
      31_536_000_000n,
      31_536_000_000_000n,
      31_536_000_000_000_000n,
    ])
    expect(codeOf(() => Duration.fromUnits(1.5, 'h'))).toBe('VALUE_INT_EXPECTED')
  })
})
