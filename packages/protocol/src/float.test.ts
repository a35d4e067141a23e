import { describe, expect, test } from 'vitest'
import { Decimal } from './decimal.ts'
import { Float, float, int, isFloat, isInt, toFloat } from './float.ts'
import { codeOf } from './testing/code-of.ts'
import { typeOf } from './type-of.ts'

describe('int', () => {
  test('is a number when safe and a bigint otherwise, never both', () => {
    expect(int(5n)).toBe(5)
    expect(int(2 ** 53)).toBe(2n ** 53n)
    expect(int(BigInt(Number.MAX_SAFE_INTEGER))).toBe(Number.MAX_SAFE_INTEGER)
    expect(int(BigInt(Number.MAX_SAFE_INTEGER) + 1n)).toBe(2n ** 53n)
    expect(int(-(2n ** 53n) + 1n)).toBe(Number.MIN_SAFE_INTEGER)
    expect(Object.is(int(-0), 0)).toBe(true)
  })

  test('has at most 512 bits', () => {
    for (const sign of [1n, -1n]) {
      expect(int(sign * (2n ** 512n - 1n))).toBe(sign * (2n ** 512n - 1n))
      expect(codeOf(() => int(sign * 2n ** 512n))).toBe('VALUE_INT_RANGE')
    }
    expect(codeOf(() => int(2 ** 600))).toBe('VALUE_INT_RANGE')
  })

  test('refuses what is not an integer', () => {
    for (const n of [0.5, Number.NaN, Number.POSITIVE_INFINITY])
      expect(codeOf(() => int(n))).toBe('VALUE_INT_EXPECTED')
  })
})

describe('float', () => {
  test('boxes integer values only', () => {
    expect(float(1.5)).toBe(1.5)
    expect(float(Number.NaN)).toBeNaN()
    expect(float(1)).toEqual(new Float(1))
    expect(float(-0)).toEqual(new Float(-0))
    expect(float(1e300)).toBeInstanceOf(Float)
    expect(() => new Float(1.5)).toThrow('integer value')
  })

  test('isFloat and isInt tell the types apart as typeOf does', () => {
    const floats = [0.5, Number.NaN, Number.NEGATIVE_INFINITY, new Float(1), new Float(-0)]
    const ints = [0, -7, 2n ** 60n]
    for (const n of floats) expect([isFloat(n), isInt(n), typeOf(n)]).toEqual([true, false, 'float'])
    for (const n of ints) expect([isFloat(n), isInt(n), typeOf(n)]).toEqual([false, true, 'int'])
    for (const other of ['1', null, undefined, Decimal.one])
      expect([isFloat(other), isInt(other)]).toEqual([false, false])
  })

  test('toFloat gives the nearest float', () => {
    expect(toFloat(2n ** 53n + 1n)).toBe(2 ** 53)
    expect(toFloat(2n ** 53n + 3n)).toBe(2 ** 53 + 4)
    expect(toFloat(Decimal.parse('0.1'))).toBe(0.1)
    expect(Object.is(toFloat(new Float(-0)), -0)).toBe(true)
  })

  test('prints with its suffix', () => {
    expect([String(new Float(3)), String(new Float(-0)), String(new Float(1e300))]).toEqual([
      '3f',
      '-0f',
      '1e+300f',
    ])
  })
})
