import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Decimal } from './decimal.ts'
import { DbError } from './errors.ts'
import { limits } from './limits.ts'

/** Small enough that no result leaves the range. */
const arbitrary = fc
  .tuple(
    fc.oneof(fc.bigInt(-999n, 999n), fc.bigInt(-(10n ** 34n), 10n ** 34n)),
    fc.integer({ min: -60, max: 40 }),
  )
  .map(([coefficient, exponent]) => Decimal.of(coefficient, exponent))

/** numerator / denominator, denominator > 0. */
interface Fraction {
  readonly numerator: bigint
  readonly denominator: bigint
}

function fraction({ coefficient, exponent }: Decimal): Fraction {
  const scale = 10n ** BigInt(Math.abs(exponent))
  return exponent < 0
    ? { numerator: coefficient, denominator: scale }
    : { numerator: coefficient * scale, denominator: 1n }
}

/**
 * The decimal of at most 34 digits nearest to a fraction, ties to even, by long division digit after digit.
 */
function nearest({ numerator, denominator }: Fraction): Decimal {
  if (numerator === 0n) return Decimal.zero
  const sign = numerator < 0n ? -1n : 1n
  let rest = numerator * sign
  let exponent = 0
  while (rest < denominator) {
    rest *= 10n
    exponent -= 1
  }
  let unit = denominator
  while (rest / unit >= 10n) {
    unit *= 10n
    exponent += 1
  }
  let digits = 0n
  for (let i = 0; i < limits.decimalDigitsMax; i += 1) {
    digits = digits * 10n + rest / unit
    rest = (rest % unit) * 10n
  }
  const half = 5n * unit
  if (rest > half || (rest === half && digits % 2n === 1n)) digits += 1n
  return Decimal.of(sign * digits, exponent - limits.decimalDigitsMax + 1)
}

test('sums, products and quotients are the nearest decimals to the exact results', () => {
  fc.assert(
    fc.property(arbitrary, arbitrary, (a, b) => {
      const [x, y] = [fraction(a), fraction(b)]
      const denominator = x.denominator * y.denominator
      const sum = { numerator: x.numerator * y.denominator + y.numerator * x.denominator, denominator }
      const difference = { numerator: x.numerator * y.denominator - y.numerator * x.denominator, denominator }
      expect(a.add(b)).toEqual(nearest(sum))
      expect(a.sub(b)).toEqual(nearest(difference))
      expect(a.mul(b)).toEqual(nearest({ numerator: x.numerator * y.numerator, denominator }))
      if (b.isZero) return
      const divisor = x.denominator * y.numerator
      const sign = divisor < 0n ? -1n : 1n
      expect(a.div(b)).toEqual(
        nearest({ numerator: sign * x.numerator * y.denominator, denominator: sign * divisor }),
      )
    }),
    { numRuns: 1500 },
  )
})

test('a dividend is the divisor times the whole quotient plus the remainder', () => {
  fc.assert(
    fc.property(arbitrary, arbitrary, (a, b) => {
      fc.pre(!b.isZero)
      const [x, y] = [fraction(a), fraction(b)]
      const quotient = (x.numerator * y.denominator) / (y.numerator * x.denominator)
      const numerator = x.numerator * y.denominator - quotient * y.numerator * x.denominator
      expect(a.rem(b)).toEqual(nearest({ numerator, denominator: x.denominator * y.denominator }))
    }),
    { numRuns: 1000 },
  )
})

test('text comes back, and has one form', () => {
  fc.assert(
    fc.property(arbitrary, (a) => {
      expect(Decimal.parse(a.toString())).toEqual(a)
      if (!a.isZero) expect(a.coefficient % 10n).not.toBe(0n)
    }),
  )
})

test('floats come back from their decimals', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 }), (n) => {
      fc.pre(n === 0 || Math.abs(n) > 1e-299)
      expect(Decimal.fromFloat(n).toNumber()).toBe(n + 0)
    }),
  )
})

test('powers are within one unit of the last digit of the product that they stand for', () => {
  fc.assert(
    fc.property(
      fc.bigInt(1n, 9999n),
      fc.integer({ min: -3, max: 0 }),
      fc.integer({ min: -40, max: 40 }),
      (c, e, power) => {
        const size = BigInt(Math.abs(power))
        const product = { numerator: c ** size, denominator: 10n ** (BigInt(-e) * size) }
        const { numerator, denominator } = product
        const exact = nearest(power < 0 ? { numerator: denominator, denominator: numerator } : product)
        const unit = Decimal.of(1n, exact.adjustedExponent - limits.decimalDigitsMax + 1)
        const computed = Decimal.of(c, e).pow(power)
        expect(computed.sub(exact).abs().compare(unit)).toBeLessThanOrEqual(0)
      },
    ),
    { numRuns: 1000 },
  )
})

test('any text is a decimal or refused with a code', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[-+]?\d*\.?\d*(e[-+]?\d*)?$/)), (text) => {
      try {
        Decimal.parse(text)
      } catch (error) {
        if (!(error instanceof DbError)) throw error
        expect(error.code).toMatch(/^VALUE_DECIMAL_/)
      }
    }),
    { numRuns: 1000 },
  )
})
