import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareExact, compareText, compareValues, equalValues } from './compare-values.ts'
import { Decimal } from './decimal.ts'
import type { NumericValue } from './float.ts'
import { compareNumbers, floatParts } from './number-order.ts'
import { arbitraryNumber, arbitraryPair, arbitraryText, arbitraryValue } from './testing/arbitrary-values.ts'

const runs = { numRuns: 2000 }

test('both orders are antisymmetric', () => {
  fc.assert(
    fc.property(arbitraryPair, ([a, b]) => {
      expect(Math.sign(compareValues(a, b)) + Math.sign(compareValues(b, a))).toBe(0)
      expect(Math.sign(compareExact(a, b)) + Math.sign(compareExact(b, a))).toBe(0)
    }),
    runs,
  )
})

test('both orders are transitive', () => {
  const few = fc.oneof(arbitraryNumber, arbitraryText, arbitraryValue)
  fc.assert(
    fc.property(few, few, few, (a, b, c) => {
      for (const compare of [compareValues, compareExact]) {
        const [low, middle, high] = [a, b, c]
          .map((value) => ({ value }))
          .sort((x, y) => compare(x.value, y.value))
        expect(compare(low?.value, middle?.value)).toBeLessThanOrEqual(0)
        expect(compare(middle?.value, high?.value)).toBeLessThanOrEqual(0)
        expect(compare(low?.value, high?.value)).toBeLessThanOrEqual(0)
      }
    }),
    runs,
  )
})

test('the exact order refines the order of values, except inside record ids', () => {
  fc.assert(
    fc.property(arbitraryPair, ([a, b]) => {
      const byValue = compareValues(a, b)
      if (compareExact(a, b) === 0) expect(byValue).toBe(0)
      expect(equalValues(a, b)).toBe(byValue === 0)
    }),
    runs,
  )
})

test('numbers compare by exact value, as fractions do', () => {
  fc.assert(
    fc.property(arbitraryNumber, arbitraryNumber, (a, b) => {
      expect(Math.sign(compareNumbers(a, b))).toBe(compareAsFractions(a, b))
    }),
    { numRuns: 5000 },
  )
})

test('text compares as its UTF-8 bytes do', () => {
  fc.assert(
    fc.property(arbitraryText, arbitraryText, (a, b) => {
      expect(Math.sign(compareText(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)))
    }),
    runs,
  )
})

/** Slow and obvious: both as integers over one denominator. */
function compareAsFractions(a: NumericValue, b: NumericValue): number {
  const rank = [specialRank(a), specialRank(b)] as const
  if (rank[0] !== rank[1]) return Math.sign(rank[0] - rank[1])
  if (rank[0] !== 2) return 0
  const [x, y] = [fractionOf(a), fractionOf(b)]
  const left = x.numerator * y.denominator
  const right = y.numerator * x.denominator
  return left < right ? -1 : left > right ? 1 : 0
}

/** NaN, -Infinity, finite, Infinity. */
function specialRank(n: NumericValue): number {
  if (typeof n !== 'number' || Number.isFinite(n)) return 2
  return Number.isNaN(n) ? 0 : n < 0 ? 1 : 3
}

function fractionOf(n: NumericValue): { readonly numerator: bigint; readonly denominator: bigint } {
  if (typeof n === 'bigint') return { numerator: n, denominator: 1n }
  if (n instanceof Decimal) {
    const scale = 10n ** BigInt(Math.abs(n.exponent))
    return n.exponent < 0
      ? { numerator: n.coefficient, denominator: scale }
      : { numerator: n.coefficient * scale, denominator: 1n }
  }
  const { mantissa, exponent } = floatParts(typeof n === 'number' ? n : n.value)
  const scale = 2n ** BigInt(Math.abs(exponent))
  return exponent < 0
    ? { numerator: mantissa, denominator: scale }
    : { numerator: mantissa * scale, denominator: 1n }
}
