import { describe, expect, test } from 'vitest'
import { compareExact, compareText, compareValues, equalValues, sortedFields } from './compare-values.ts'
import { Datetime } from './datetime.ts'
import { Decimal } from './decimal.ts'
import { Duration } from './duration.ts'
import { DbError } from './errors.ts'
import { Float } from './float.ts'
import { Geometry } from './geometry.ts'
import { limits } from './limits.ts'
import { Range } from './range.ts'
import { RecordId } from './record-id.ts'
import { nested } from './testing/nested.ts'
import { typeOf } from './type-of.ts'
import { Uuid } from './uuid.ts'
import { ValueSet } from './value-set.ts'
import type { Value } from './values.ts'

const dec = (text: string) => Decimal.parse(text)
const uuid = Uuid.parse('01234567-89ab-7def-8123-456789abcdef')

/** Each value comes before the next in the order of values. */
const ascending: readonly Value[] = [
  undefined,
  null,
  false,
  true,
  NaN,
  -Infinity,
  -(2n ** 60n),
  -1,
  0,
  5e-324,
  dec('0.1'),
  0.1,
  1,
  dec('1.5'),
  2 ** 53 - 1,
  new Float(2 ** 53),
  2n ** 53n + 1n,
  Infinity,
  '',
  '\0',
  'a',
  'ab',
  'b',
  '\ud7ff',
  '\ue000',
  '\uffff',
  '\u{10000}',
  Uint8Array.of(),
  Uint8Array.of(0),
  Uint8Array.of(255),
  Duration.zero,
  new Duration(0, 1),
  new Datetime(-1, 999_999_999),
  new Datetime(0),
  uuid,
  [],
  [1],
  [1, 1],
  [2],
  ValueSet.empty,
  ValueSet.from([3]),
  {},
  { a: 1 },
  { a: 1, b: 1 },
  { a: 2 },
  { b: 0 },
  Geometry.point(0, 0),
  Geometry.point(0, 1),
  Geometry.of('MultiPoint', []),
  new Float32Array([]),
  new Float32Array([NaN]),
  new Float32Array([1, 2]),
  new RecordId('a', 1),
  new RecordId('a', 'x'),
  new RecordId('b', 0),
  new Range(undefined, { value: 5, inclusive: false }),
  new Range(undefined, { value: 5, inclusive: true }),
  new Range(undefined, undefined),
  new Range({ value: 1, inclusive: true }, undefined),
  new Range({ value: 1, inclusive: false }, undefined),
  new Range({ value: 2, inclusive: true }, undefined),
]

describe('compareValues', () => {
  test('orders types and the values in them', () => {
    for (let i = 0; i < ascending.length; i += 1) {
      for (let j = 0; j < ascending.length; j += 1) {
        const order = Math.sign(compareValues(ascending[i], ascending[j]))
        expect(order, `${typeOf(ascending[i])} ${i} against ${typeOf(ascending[j])} ${j}`).toBe(
          Math.sign(i - j),
        )
      }
    }
  })

  test('lets equal numbers of different kinds tie, also inside other values', () => {
    const ones: readonly Value[] = [1, new Float(1), dec('1')]
    for (const a of ones) {
      for (const b of ones) {
        expect(compareValues(a, b)).toBe(0)
        expect(equalValues({ x: [a] }, { x: [b] })).toBe(true)
        expect(equalValues(ValueSet.from([a]), ValueSet.from([b]))).toBe(true)
      }
    }
    expect(compareValues(new Float(-0), 0)).toBe(0)
    expect(equalValues(NaN, NaN)).toBe(true)
    expect(equalValues(new Float32Array([-0]), new Float32Array([0]))).toBe(true)
  })

  test('does not let the kinds of numbers inside record ids tie', () => {
    expect(compareValues(new RecordId('t', [1]), new RecordId('t', [new Float(1)]))).toBeLessThan(0)
  })

  test('does not depend on the order in which fields were set', () => {
    expect(compareValues({ a: 1, b: 2 }, { b: 2, a: 1 })).toBe(0)
  })
})

describe('compareExact', () => {
  test('orders equal numbers by kind: -0, int, float, decimal', () => {
    const zeros: readonly Value[] = [new Float(-0), 0, new Float(0), dec('0')]
    for (let i = 1; i < zeros.length; i += 1) {
      expect(compareExact(zeros[i - 1], zeros[i])).toBeLessThan(0)
      expect(compareExact([zeros[i - 1], 9], [zeros[i], 1])).toBeLessThan(0)
    }
    expect(compareExact(new Float32Array([-0]), new Float32Array([0]))).toBeLessThan(0)
  })

  test('gives 0 for identical values', () => {
    for (const value of ascending) expect(compareExact(value, value)).toBe(0)
  })
})

test('compareText orders by code point where UTF-16 units do not', () => {
  expect('\uffff' < '\u{10000}').toBe(false)
  expect(compareText('\uffff', '\u{10000}')).toBeLessThan(0)
  expect(compareText('\u{10ffff}', '\u{1f600}')).toBeGreaterThan(0)
})

test('sortedFields sorts integer-like and astral names as text', () => {
  expect(sortedFields({ b: 1, 10: 1, 9: 1, '\u{10000}': 1, '\uffff': 1 })).toEqual([
    '10',
    '9',
    'b',
    '\uffff',
    '\u{10000}',
  ])
})

test('values nested at the limit compare, one level deeper is an error with a code', () => {
  expect(compareValues(nested(limits.depthMax), nested(limits.depthMax))).toBe(0)
  expect(() => compareValues(nested(limits.depthMax + 1), nested(limits.depthMax + 1))).toThrow(DbError)
})
