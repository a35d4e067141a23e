import { Datetime, DbError, Decimal, Duration, float, type Value, ValueSet } from '@dendrodb/protocol'
import { describe, expect, test } from 'vitest'
import { add, div, mul, neg, plus, pow, rem, sub } from './arithmetic.ts'
import { operatorLimits } from './limits.ts'

const operators = { '+': add, '-': sub, '*': mul, '/': div, '%': rem, '**': pow }
type Operator = keyof typeof operators

const dec = (text: string): Decimal => Decimal.parse(text)
const dur = (text: string): Duration => Duration.parse(text)
const at = (text: string): Datetime => Datetime.parse(text)
const set = (...values: Value[]): ValueSet => ValueSet.from(values)
const safe = Number.MAX_SAFE_INTEGER

function codeOf(compute: () => unknown): string | undefined {
  try {
    compute()
  } catch (error) {
    return error instanceof DbError ? error.code : String(error)
  }
  return undefined
}

describe('numbers', () => {
  const cases: [Value, Operator, Value, Value][] = [
    [1, '+', 2, 3],
    [safe, '+', 1, 2n ** 53n],
    [safe, '+', 2, 2n ** 53n + 1n],
    [2n ** 53n, '-', 1, safe],
    [safe, '*', safe, BigInt(safe) ** 2n],
    [0, '*', -5, 0],
    [5, '/', 2, 2],
    [-5, '/', 2, -2],
    [-1, '/', 2, 0],
    [2n ** 60n, '/', 2n ** 59n, 2],
    [1, '/', 0, Number.NaN],
    [2n ** 60n, '/', 0, Number.NaN],
    [dec('1'), '/', 0, Number.NaN],
    [1.5, '/', 0, Number.POSITIVE_INFINITY],
    [7, '%', 3, 1],
    [-7, '%', 3, -1],
    [-6, '%', 3, 0],
    [2n ** 60n, '%', 7, Number(2n ** 60n % 7n)],
    [1.5, '%', 0, Number.NaN],
    [0.5, '+', 0.5, float(1)],
    [0.1, '+', 0.2, 0.30000000000000004],
    [2, '*', 0.5, float(1)],
    [float(1), '+', 1, float(2)],
    [float(5), '/', 2, 2.5],
    [float(4), '/', 2, float(2)],
    [float(-0), '*', 1, float(-0)],
    [1, '+', dec('0.1'), dec('1.1')],
    [0.1, '+', dec('0.2'), dec('0.3')],
    [dec('1'), '/', 3, dec('0.3333333333333333333333333333333333')],
    [dec('7.5'), '%', 2, dec('1.5')],
    [Number.NaN, '+', dec('1'), Number.NaN],
    [Number.POSITIVE_INFINITY, '*', dec('2'), Number.POSITIVE_INFINITY],
    [1e305, '+', dec('1'), float(1e305)],
    [2, '**', 10, 1024],
    [2, '**', 100, 2n ** 100n],
    [-2, '**', 3, -8],
    [0, '**', 0, 1],
    [-1, '**', -3, -1],
    [1, '**', -3, 1],
    [2, '**', 0.5, Math.SQRT2],
    [4, '**', 0.5, float(2)],
    [float(2), '**', -1, 0.5],
    [dec('1.1'), '**', 2, dec('1.21')],
    [2, '**', dec('3'), dec('8')],
    [dec('4'), '**', 0.5, dec('2')],
    [dec('0'), '**', -1, Number.NaN],
  ]
  test.each(cases)('%s %s %s is %s', (left, operator, right, expected) => {
    expect(operators[operator](left, right)).toStrictEqual(expected)
  })

  test('an int may have 512 bits and not one more', () => {
    const largest = 2n ** 512n - 1n
    expect(add(largest - 1n, 1)).toBe(largest)
    expect(codeOf(() => add(largest, 1))).toBe('VALUE_INT_RANGE')
    expect(codeOf(() => sub(-largest, 1))).toBe('VALUE_INT_RANGE')
    expect(codeOf(() => mul(2n ** 256n, 2n ** 256n))).toBe('VALUE_INT_RANGE')
    expect(pow(2, 511)).toBe(2n ** 511n)
    expect(codeOf(() => pow(2, 512))).toBe('VALUE_INT_RANGE')
  })

  test('a hopeless power is refused without being computed', () => {
    expect(codeOf(() => pow(3, 10n ** 30n))).toBe('VALUE_INT_RANGE')
    expect(codeOf(() => pow(2n ** 500n, 2n ** 500n))).toBe('VALUE_INT_RANGE')
  })

  test('what has no result is an error', () => {
    expect(codeOf(() => rem(1, 0))).toBe('VALUE_DIVISION_BY_ZERO')
    expect(codeOf(() => rem(dec('1'), 0))).toBe('VALUE_DIVISION_BY_ZERO')
    expect(codeOf(() => pow(2, -1))).toBe('OPERATOR_NEGATIVE_POWER')
    expect(codeOf(() => pow(0, -1))).toBe('OPERATOR_NEGATIVE_POWER')
    expect(codeOf(() => mul(dec('1e300'), dec('1e300')))).toBe('VALUE_DECIMAL_RANGE')
  })

  test.each<[Value, Value]>([
    [5, -5],
    [0, 0],
    [-safe, safe],
    [2n ** 53n, -(2n ** 53n)],
    [1.5, -1.5],
    [float(1), float(-1)],
    [float(0), float(-0)],
    [float(-0), float(0)],
    [dec('1.5'), dec('-1.5')],
    [Number.NaN, Number.NaN],
  ])('-(%s) is %s', (value, expected) => {
    expect(neg(value)).toStrictEqual(expected)
    expect(plus(value)).toBe(value)
  })
})

describe('text, time and collections', () => {
  const cases: [Value, Operator, Value, Value][] = [
    ['a', '+', 'b', 'ab'],
    [at('2026-01-31'), '+', dur('1d'), at('2026-02-01')],
    [dur('1d'), '+', at('2026-01-31'), at('2026-02-01')],
    [at('2026-02-01'), '-', dur('1d'), at('2026-01-31')],
    [at('2026-02-01'), '-', at('2026-01-31'), dur('1d')],
    [dur('1h'), '+', dur('30m'), dur('1h30m')],
    [dur('1h'), '-', dur('30m'), dur('30m')],
    [dur('1h'), '*', 2, dur('2h')],
    [2, '*', dur('1h'), dur('2h')],
    [dur('1h'), '*', 0.5, dur('30m')],
    [dur('1h'), '*', dec('1.5'), dur('1h30m')],
    [dur('1h'), '/', 2, dur('30m')],
    [dur('1h'), '/', 0.5, dur('2h')],
    [dur('1h'), '/', dec('4'), dur('15m')],
    [[1], '+', [2, 3], [1, 2, 3]],
    [[1], '+', 2, [1, 2]],
    [[1], '+', set(2, 1), [1, 1, 2]],
    [[1, 2, 1], '-', [1], [2]],
    [[1, 2, 1], '-', 1, [2]],
    [[1, 2], '-', set(2), [1]],
    [set(1), '+', set(2), set(1, 2)],
    [set(1), '+', [2, 1], set(1, 2)],
    [set(1), '+', 2, set(1, 2)],
    [set(1, 2), '-', [2, 3], set(1)],
    [set(1, 2), '-', set(1), set(2)],
    [{ a: 1, b: 1 }, '+', { b: 2, c: 3 }, { a: 1, b: 2, c: 3 }],
  ]
  test.each(cases)('%s %s %s is %s', (left, operator, right, expected) => {
    expect(operators[operator](left, right)).toStrictEqual(expected)
  })

  test('an object may have a field called __proto__', () => {
    const evil = JSON.parse('{"__proto__": {"isAdmin": true}}') as { readonly [field: string]: Value }
    const sum = add({ a: 1 }, evil) as { readonly [field: string]: Value }
    expect(Object.keys(sum)).toEqual(['a', '__proto__'])
    expect(sum.isAdmin).toBeUndefined()
  })

  test('lengths of time below zero or past the range are errors', () => {
    expect(codeOf(() => sub(dur('1s'), dur('2s')))).toBe('VALUE_DURATION_RANGE')
    expect(codeOf(() => sub(at('2026-01-01'), at('2026-01-02')))).toBe('VALUE_DURATION_RANGE')
    expect(codeOf(() => mul(dur('1s'), -1.5))).toBe('VALUE_DURATION_RANGE')
    expect(codeOf(() => mul(dur('1s'), Number.NaN))).toBe('VALUE_DURATION_RANGE')
    expect(codeOf(() => div(dur('1s'), float(0)))).toBe('VALUE_DURATION_RANGE')
    expect(codeOf(() => div(dur('1s'), 0))).toBe('VALUE_DIVISION_BY_ZERO')
    expect(codeOf(() => add(at('9999-12-31T23:59:59Z'), dur('1s')))).toBe('VALUE_DATETIME_RANGE')
  })

  test('results have a largest size', () => {
    const half = 'x'.repeat(operatorLimits.textCharsMax / 2)
    expect((add(half, half) as string).length).toBe(operatorLimits.textCharsMax)
    expect(codeOf(() => add(`${half}x`, half))).toBe('OPERATOR_RESULT_TOO_LARGE')
    const full = new Array<Value>(operatorLimits.elementsMax - 1).fill(0)
    expect((add(full, 1) as Value[]).length).toBe(operatorLimits.elementsMax)
    expect(codeOf(() => add(full, [1, 2]))).toBe('OPERATOR_RESULT_TOO_LARGE')
  })
})

describe('operands that do not fit', () => {
  const cases: [Value, Operator, Value, string][] = [
    [1, '+', undefined, '+ cannot be applied to int and none'],
    [null, '+', 1, '+ cannot be applied to null and int'],
    [[1], '+', undefined, '+ cannot be applied to array and none'],
    [ValueSet.empty, '-', null, '- cannot be applied to set and null'],
    ['a', '+', 1, '+ cannot be applied to string and int'],
    ['a', '-', 'b', '- cannot be applied to string and string'],
    ['a', '*', 2, '* cannot be applied to string and int'],
    [true, '/', 2, '/ cannot be applied to bool and int'],
    [1, '/', dur('1h'), '/ cannot be applied to int and duration'],
    [{}, '%', 2, '% cannot be applied to object and int'],
    [1.5, '**', [], '** cannot be applied to float and array'],
    [dur('1h'), '-', at('2026-01-01'), '- cannot be applied to duration and datetime'],
    [{ a: 1 }, '-', 'a', '- cannot be applied to object and string'],
  ]
  test.each(cases)('%s %s %s names the operator and both types', (left, operator, right, message) => {
    expect(() => operators[operator](left, right)).toThrow(
      expect.objectContaining({ code: 'OPERATOR_TYPE_MISMATCH', status: 'type_mismatch', message }),
    )
  })

  test('signs need a number', () => {
    expect(codeOf(() => neg('1'))).toBe('OPERATOR_OPERAND_TYPE')
    expect(codeOf(() => plus(undefined))).toBe('OPERATOR_OPERAND_TYPE')
  })
})
