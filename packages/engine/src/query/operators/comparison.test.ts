import { Datetime, Decimal, Duration, float, Uuid, type Value, ValueSet } from '@dendrodb/protocol'
import { describe, expect, test } from 'vitest'
import {
  allEqual,
  anyEqual,
  equal,
  exactEqual,
  greater,
  greaterOrEqual,
  isBetween,
  less,
  lessOrEqual,
  notEqual,
} from './comparison.ts'
import { isNullish, isTruthy } from './truthiness.ts'

describe('= and ==', () => {
  const cases: [Value, Value, boolean, boolean][] = [
    [10, 10, true, true],
    [10, float(10), true, false],
    [10, Decimal.parse('10'), true, false],
    [0.5, Decimal.parse('0.5'), true, false],
    [10, '10', false, false],
    [true, 'true', false, false],
    [undefined, null, false, false],
    [undefined, undefined, true, true],
    [Number.NaN, Number.NaN, true, true],
    [float(0), float(-0), true, false],
    [[1, 2], [float(1), 2], true, false],
    [[1, 2], [1, 2, 3], false, false],
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, true, true],
    [{ a: 1 }, { a: 1, b: undefined }, false, false],
  ]
  test.each(cases)('%s and %s', (left, right, isEqual, isExact) => {
    expect(equal(left, right)).toBe(isEqual)
    expect(notEqual(left, right)).toBe(!isEqual)
    expect(exactEqual(left, right)).toBe(isExact)
  })
})

describe('?= and *=', () => {
  const cases: [Value, Value, boolean, boolean][] = [
    [[10, 15], 10, true, false],
    [[10, float(10)], 10, true, true],
    [ValueSet.from([1, 2]), 2, true, false],
    [[], 1, false, true],
    [5, 5, true, true],
    [5, 6, false, false],
  ]
  test.each(cases)('%s and %s', (left, right, any, all) => {
    expect(anyEqual(left, right)).toBe(any)
    expect(allEqual(left, right)).toBe(all)
  })
})

describe('< <= > >=', () => {
  const ascending: Value[] = [
    undefined,
    null,
    false,
    true,
    Number.NaN,
    -1,
    0.5,
    1,
    2n ** 60n,
    'a',
    'b',
    Duration.parse('1s'),
    Datetime.parse('2026-01-01'),
    Uuid.parse('018a6680-bef9-701b-9025-e1754f296a0f'),
    [],
    [1],
    {},
  ]
  test('follow the total order over all types', () => {
    ascending.forEach((left, i) => {
      ascending.forEach((right, j) => {
        expect(less(left, right)).toBe(i < j)
        expect(lessOrEqual(left, right)).toBe(i <= j)
        expect(greater(left, right)).toBe(i > j)
        expect(greaterOrEqual(left, right)).toBe(i >= j)
      })
    })
  })

  test('BETWEEN includes both ends', () => {
    expect([0, 1, 2, 3, 4].filter((n) => isBetween(n, 1, 3))).toEqual([1, 2, 3])
  })
})

describe('truthiness', () => {
  const falsy: Value[] = [
    undefined,
    null,
    false,
    0,
    float(0),
    float(-0),
    Decimal.zero,
    '',
    [],
    {},
    ValueSet.empty,
    new Uint8Array(),
    new Float32Array(),
    Duration.zero,
  ]
  const truthy: Value[] = [
    true,
    -1,
    2n ** 60n,
    0.5,
    Number.NaN,
    float(1),
    Decimal.one,
    'false',
    [undefined],
    { a: undefined },
    ValueSet.from([0]),
    new Uint8Array(1),
    new Float32Array(1),
    Duration.parse('1ns'),
    Datetime.parse('1970-01-01'),
    Uuid.parse('00000000-0000-0000-0000-000000000000'),
  ]
  test.each(falsy.map((value) => [value]))('%s is false', (value) => expect(isTruthy(value)).toBe(false))
  test.each(truthy.map((value) => [value]))('%s is true', (value) => expect(isTruthy(value)).toBe(true))

  test('?? skips NONE and NULL alone', () => {
    expect([undefined, null, false, 0, '', []].map(isNullish)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ])
  })
})
