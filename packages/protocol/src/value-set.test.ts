import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareExact, compareValues } from './compare-values.ts'
import { Decimal } from './decimal.ts'
import { Float } from './float.ts'
import { Range } from './range.ts'
import { arbitraryValue } from './testing/arbitrary-values.ts'
import { ValueSet } from './value-set.ts'

describe('ValueSet', () => {
  test('is sorted and unique for any values', () => {
    fc.assert(
      fc.property(fc.array(arbitraryValue, { maxLength: 8 }), arbitraryValue, (values, other) => {
        const set = ValueSet.from(values)
        const sorted = [...set]
        for (let i = 1; i < sorted.length; i += 1)
          expect(compareValues(sorted[i - 1], sorted[i])).toBeLessThan(0)
        for (const value of values) expect(set.has(value)).toBe(true)
        expect(set.has(other)).toBe(values.some((value) => compareValues(value, other) === 0))
        expect(set.size).toBe(sorted.length)
      }),
      { numRuns: 500 },
    )
  })

  test('holds NONE once, as its first element', () => {
    expect([...ValueSet.from([1, undefined, null, undefined])]).toEqual([undefined, null, 1])
    expect(ValueSet.from([undefined]).has(undefined)).toBe(true)
    expect(ValueSet.empty.has(undefined)).toBe(false)
  })

  test('keeps the first of numbers that tie', () => {
    const ones = [new Float(1), 1, Decimal.one]
    expect(compareExact(ValueSet.from(ones), ValueSet.from([new Float(1)]))).toBe(0)
    expect(compareExact(ValueSet.from(ones.toReversed()), ValueSet.from([Decimal.one]))).toBe(0)
  })

  test('prints as a literal', () => {
    expect([ValueSet.empty, ValueSet.from([1]), ValueSet.from(['b', 'a'])].map(String)).toEqual([
      '{,}',
      '{1,}',
      "{'a', 'b'}",
    ])
  })
})

describe('Range', () => {
  const bounds = (begin: boolean, end: boolean) =>
    new Range({ value: 1, inclusive: begin }, { value: 3, inclusive: end })

  test.each([
    [bounds(true, false), '1..3', [1, 2]],
    [bounds(true, true), '1..=3', [1, 2, 3]],
    [bounds(false, false), '1>..3', [2]],
    [bounds(false, true), '1>..=3', [2, 3]],
    [new Range({ value: 2, inclusive: true }, undefined), '2..', [2, 3, 4]],
    [new Range(undefined, { value: 2, inclusive: true }), '..=2', [0, 1, 2]],
    [new Range(undefined, undefined), '..', [0, 1, 2, 3, 4]],
  ])('%s', (range, text, contained) => {
    expect(String(range)).toBe(text)
    expect([0, 1, 2, 3, 4].filter((n) => range.contains(n))).toEqual(contained)
  })

  test('contains by the order of values', () => {
    expect(bounds(true, false).contains(new Float(2))).toBe(true)
    expect(bounds(true, false).contains('2')).toBe(false)
    expect(new Range(undefined, undefined).contains(undefined)).toBe(true)
  })
})
