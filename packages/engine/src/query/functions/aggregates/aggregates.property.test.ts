import {
  compareNumbers,
  compareValues,
  Decimal,
  equalValues,
  float,
  int,
  type NumericValue,
  toFloat,
  type Value,
} from '@dendrodb/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DistinctValues } from '../distinct-values.ts'
import { resolveAggregate } from '../registry.ts'

const anyInt = fc
  .oneof(fc.integer(), fc.maxSafeInteger(), fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }))
  .map(int)
const anyFloat = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 }).map(float)
const anyDecimal = fc
  .tuple(fc.bigInt({ min: -(10n ** 9n), max: 10n ** 9n }), fc.integer({ min: -6, max: 6 }))
  .map(([coefficient, exponent]) => Decimal.of(coefficient, exponent))
const anyNumber: fc.Arbitrary<NumericValue> = fc.oneof(anyInt, anyFloat, anyDecimal)

function over(name: string, values: readonly Value[], args: readonly Value[] = []): Value {
  const state = resolveAggregate(name, args.length + 1)?.create(args)
  for (const value of values) state?.add(value)
  return state?.result()
}

/** The exact sum of floats, as a fraction of a power of two, rounded once. */
function exactFloatSum(values: readonly number[]): number {
  const scale = 1100n
  const total = values.reduce((sum, value) => {
    const bits = new DataView(new ArrayBuffer(8))
    bits.setFloat64(0, value)
    const raw = bits.getBigUint64(0)
    const field = Number((raw >> 52n) & 0x7ffn)
    const mantissa = (raw & 0xf_ffff_ffff_ffffn) | (field === 0 ? 0n : 1n << 52n)
    const shifted = mantissa << (scale + BigInt((field === 0 ? 1 : field) - 1075))
    return sum + (raw >> 63n === 1n ? -shifted : shifted)
  }, 0n)
  const whole = total / 2n ** scale
  const rest = total % 2n ** scale
  return Number(whole) + Number(rest) / 2 ** 1000 / 2 ** 100
}

describe('sum', () => {
  test('of ints is the bigint sum', () => {
    fc.assert(
      fc.property(fc.array(anyInt), (values) => {
        expect(over('math::sum', values)).toStrictEqual(
          int(values.reduce<bigint>((sum, n) => sum + BigInt(n), 0n)),
        )
      }),
    )
  })

  test('of decimals and ints is the exact sum, rounded once', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(anyDecimal, anyInt)), anyDecimal, (values, extra) => {
        const all = [...values, extra]
        const exact = all.reduce<bigint>((sum, n) => {
          return n instanceof Decimal
            ? sum + n.coefficient * 10n ** BigInt(n.exponent + 20)
            : sum + BigInt(n) * 10n ** 20n
        }, 0n)
        expect(over('math::sum', all)).toStrictEqual(Decimal.of(exact, -20))
      }),
    )
  })

  test('of floats is within the last bits of the exact sum', () => {
    const floats = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }), {
      minLength: 1,
    })
    fc.assert(
      fc.property(floats, (values) => {
        const sum = toFloat(over('math::sum', values.map(float)) as NumericValue)
        const exact = exactFloatSum(values)
        const size = values.reduce((total, value) => total + Math.abs(value), 0)
        expect(Math.abs(sum - exact)).toBeLessThanOrEqual(Math.abs(exact) * 2 ** -52 + size * 2 ** -90)
      }),
    )
  })

  test('does not depend on the order', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(anyInt, anyDecimal)), (values) => {
        expect(over('math::sum', values.toReversed())).toStrictEqual(over('math::sum', values))
      }),
    )
  })
})

describe('other statistics agree with their definitions', () => {
  const close = (actual: Value, expected: number, size: number): void => {
    expect(Math.abs(toFloat(actual as NumericValue) - expected)).toBeLessThanOrEqual(
      1e-9 * (Math.abs(expected) + size),
    )
  }
  const smallFloats = fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), {
    minLength: 2,
    maxLength: 50,
  })

  test('mean, variance and standard deviation', () => {
    fc.assert(
      fc.property(smallFloats, (values) => {
        const mean = values.reduce((sum, n) => sum + n, 0) / values.length
        const variance = values.reduce((sum, n) => sum + (n - mean) ** 2, 0) / (values.length - 1)
        const numbers = values.map(float)
        close(over('math::mean', numbers), mean, 1e6)
        close(over('math::variance', numbers), variance, 1e6)
        close(over('math::stddev', numbers), Math.sqrt(variance), 1e6)
      }),
    )
  })

  test('the variance of small ints is correctly rounded', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 2, maxLength: 40 }),
        (values) => {
          const n = values.length
          const sum = values.reduce((total, value) => total + value, 0)
          const squares = values.reduce((total, value) => total + value * value, 0)
          expect(toFloat(over('math::variance', values) as NumericValue)).toBe(
            (n * squares - sum * sum) / (n * (n - 1)),
          )
        },
      ),
    )
  })

  test('the variance of large floats close together is that of their distances', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 2, maxLength: 40 }),
        (distances) => {
          const near = over(
            'math::variance',
            distances.map((n) => float(n)),
          )
          const far = over(
            'math::variance',
            distances.map((n) => float(n + 2 ** 40)),
          )
          close(far, toFloat(near as NumericValue), 1)
        },
      ),
    )
  })

  test('least, greatest and spread', () => {
    fc.assert(
      fc.property(fc.array(anyNumber, { minLength: 1 }), (values) => {
        const sorted = values.toSorted(compareNumbers)
        expect(compareNumbers(over('math::min', values) as NumericValue, sorted[0] as NumericValue)).toBe(0)
        expect(compareNumbers(over('math::max', values) as NumericValue, sorted.at(-1) as NumericValue)).toBe(
          0,
        )
      }),
    )
  })

  test('median and percentiles', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1 }),
        fc.nat({ max: 100 }),
        (values, percent) => {
          const sorted = values.toSorted((a, b) => a - b)
          const place = ((sorted.length - 1) * percent) / 100
          const lower = sorted[Math.floor(place)] as number
          const upper = sorted[Math.ceil(place)] as number
          close(
            over('math::percentile', values, [percent]),
            lower + (upper - lower) * (place - Math.floor(place)),
            1,
          )
          const middle = (sorted[(sorted.length - 1) >> 1] as number) + (sorted[sorted.length >> 1] as number)
          expect(toFloat(over('math::median', values) as NumericValue)).toBe(middle / 2)
        },
      ),
    )
  })

  test('mode', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1 }), (values) => {
        const counts = new Map<number, number>()
        for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
        const most = Math.max(...counts.values())
        const modes = [...counts].filter(([, count]) => count === most).map(([value]) => value)
        expect(over('math::mode', values)).toBe(Math.max(...modes))
      }),
    )
  })
})

describe('distinct values', () => {
  const anyValue: fc.Arbitrary<Value> = fc.oneof(
    fc.constantFrom<Value>(
      undefined,
      null,
      true,
      false,
      '',
      'a',
      '1',
      0,
      float(-0),
      float(0),
      Number.NaN,
      Decimal.zero,
    ),
    fc.integer({ min: -2, max: 2 }),
    fc.integer({ min: -2, max: 2 }).map((n) => float(n / 2)),
    fc.integer({ min: -2, max: 2 }).map((n) => Decimal.of(BigInt(n * 5), -1)),
    fc.constantFrom<Value>(
      2n ** 60n,
      2n ** 60n + 1n,
      float(2 ** 60),
      Decimal.of(2n ** 60n, 0),
      Decimal.of(2n ** 60n + 1n, 0),
    ),
    fc.constantFrom<Value>(
      [],
      [1],
      [float(1)],
      {},
      { a: 1 },
      { a: Decimal.one },
      new Float32Array([1]),
      new Uint8Array([1]),
    ),
  )

  test('are those of which no two are equal', () => {
    fc.assert(
      fc.property(fc.array(anyValue, { maxLength: 30 }), anyValue, (values, other) => {
        const distinct = new DistinctValues()
        const expected: Value[] = []
        for (const value of values) {
          const isNew = !expected.some((known) => equalValues(known, value))
          if (isNew) expected.push(value)
          expect(distinct.add(value)).toBe(isNew)
        }
        expect(distinct.size).toBe(expected.length)
        expect(distinct.has(other)).toBe(expected.some((known) => compareValues(known, other) === 0))
      }),
      { numRuns: 500 },
    )
  })
})
