import { Decimal, Float, float, int, isInt, type NumericValue, toFloat, type Value } from '@dendrodb/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { add, div, mul, neg, rem, sub } from './arithmetic.ts'

const edges = [0n, 1n, -1n, 2n ** 31n, 2n ** 52n, 2n ** 53n - 1n, 2n ** 53n, -(2n ** 53n) + 1n, 2n ** 64n]

const anyInt = fc.oneof(
  fc.integer({ min: -20, max: 20 }).map(int),
  fc.integer().map(int),
  fc.maxSafeInteger().map(int),
  fc.constantFrom(...edges).map(int),
  fc.bigInt({ min: -(2n ** 128n), max: 2n ** 128n }).map(int),
)
const anyFloat = fc.oneof(
  fc.double().map(float),
  fc.integer({ min: -8, max: 8 }).map((n) => float(n / 4)),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, float(-0), float(2 ** 60)),
)
const anyDecimal = fc
  .tuple(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), fc.integer({ min: -15, max: 15 }))
  .map(([coefficient, exponent]) => Decimal.of(coefficient, exponent))

const operations = {
  add: { run: add, ints: (a: bigint, b: bigint) => a + b, floats: (a: number, b: number) => a + b },
  sub: { run: sub, ints: (a: bigint, b: bigint) => a - b, floats: (a: number, b: number) => a - b },
  mul: { run: mul, ints: (a: bigint, b: bigint) => a * b, floats: (a: number, b: number) => a * b },
  div: { run: div, ints: (a: bigint, b: bigint) => a / b, floats: (a: number, b: number) => a / b },
  rem: { run: rem, ints: (a: bigint, b: bigint) => a % b, floats: (a: number, b: number) => a % b },
}
const operationNames = Object.keys(operations) as (keyof typeof operations)[]

/** The representation that the value model prescribes. */
function isCanonical(value: Value): boolean {
  if (typeof value === 'bigint')
    return value > BigInt(Number.MAX_SAFE_INTEGER) || value < -BigInt(Number.MAX_SAFE_INTEGER)
  if (typeof value === 'number') return isInt(value) || !Number.isInteger(value)
  return value instanceof Float || value instanceof Decimal
}

describe.each(operationNames)('%s', (name) => {
  const { run, ints, floats } = operations[name]
  const isDivision = name === 'div' || name === 'rem'

  test('agrees with bigint arithmetic on ints', () => {
    fc.assert(
      fc.property(anyInt, anyInt, (left, right) => {
        fc.pre(!isDivision || right !== 0)
        expect(run(left, right)).toStrictEqual(int(ints(BigInt(left), BigInt(right))))
      }),
    )
  })

  test('agrees with IEEE arithmetic as soon as one side is a float', () => {
    const mixed = fc.oneof(anyInt, anyFloat)
    fc.assert(
      fc.property(anyFloat, mixed, fc.boolean(), (a, b, isSwapped) => {
        const [left, right] = isSwapped ? [b, a] : [a, b]
        expect(run(left, right)).toStrictEqual(float(floats(toFloat(left), toFloat(right))))
      }),
    )
  })

  test('gives a canonical number for all kinds', () => {
    const anyNumber: fc.Arbitrary<NumericValue> = fc.oneof(anyInt, anyFloat, anyDecimal)
    fc.assert(
      fc.property(anyNumber, anyNumber, (left, right) => {
        fc.pre(name !== 'rem' || toFloat(right) !== 0)
        const result = run(left, right)
        expect(isCanonical(result)).toBe(true)
      }),
    )
  })
})

describe('decimals', () => {
  /** coefficient × 10^-40, exact for all that `anyDecimal` makes. */
  const scale = 40
  const scaled = (value: Decimal): bigint => value.coefficient * 10n ** BigInt(value.exponent + scale)

  test('sums, differences and products are those of scaled integers', () => {
    fc.assert(
      fc.property(anyDecimal, anyDecimal, (left, right) => {
        expect(add(left, right)).toStrictEqual(Decimal.of(scaled(left) + scaled(right), -scale))
        expect(sub(left, right)).toStrictEqual(Decimal.of(scaled(left) - scaled(right), -scale))
        expect(mul(left, right)).toStrictEqual(Decimal.of(scaled(left) * scaled(right), -2 * scale))
      }),
    )
  })

  test('a quotient times the divisor is the dividend but for rounding', () => {
    fc.assert(
      fc.property(anyDecimal, anyDecimal, (left, right) => {
        fc.pre(!right.isZero && !left.isZero)
        const back = mul(div(left, right), right) as Decimal
        const off = back.sub(left).abs()
        expect(off.compare(left.abs().mul(Decimal.parse('1e-32')))).toBeLessThan(0)
      }),
    )
  })
})

test('negating twice gives the number back', () => {
  fc.assert(
    fc.property(fc.oneof(anyInt, anyFloat, anyDecimal), (value) => {
      expect(neg(neg(value))).toStrictEqual(value)
    }),
  )
})
