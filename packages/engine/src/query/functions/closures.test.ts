import { type Value, ValueSet } from '@dendrodb/protocol'
import { describe, expect, test } from 'vitest'
import { Closure } from './closure.ts'
import { call, errorCodeOf } from './testing/function-cases.ts'

const double = new Closure(1, ([n]) => (n as number) * 2)
const isBig = new Closure(1, ([n]) => (n as number) > 1)
const sum = new Closure(2, ([a, b]) => (a as number) + (b as number))
const withIndex = new Closure(2, ([n, index]) => `${index}:${n}`)

/** The same closure, but answering later. */
function later(closure: Closure): Closure {
  return new Closure(closure.parameterCount, async (args) => {
    await Promise.resolve()
    return closure.call(...args)
  })
}

const set = (...values: Value[]): ValueSet => ValueSet.from(values)

describe.each([
  ['at once', (closure: Closure) => closure],
  ['later', later],
])('closures that answer %s', (_name, as) => {
  const cases: [string, readonly (Value | Closure)[], Value][] = [
    ['array::map', [[1, 2, 3], as(double)], [2, 4, 6]],
    ['array::map', [['a', 'b'], as(withIndex)], ['0:a', '1:b']],
    ['array::map', [[], as(double)], []],
    ['array::filter', [[1, 2, 3], as(isBig)], [2, 3]],
    ['array::filter_index', [[1, 2, 3], as(isBig)], [1, 2]],
    ['array::find', [[1, 2, 3], as(isBig)], 2],
    ['array::find', [[1], as(isBig)], undefined],
    ['array::find_index', [[1, 2, 3], as(isBig)], 1],
    ['array::index_of', [[1], as(isBig)], undefined],
    ['array::all', [[2, 3], as(isBig)], true],
    ['array::every', [[2, 1], as(isBig)], false],
    ['array::all', [[], as(isBig)], true],
    ['array::any', [[1, 2], as(isBig)], true],
    ['array::some', [[1], as(isBig)], false],
    ['array::fold', [[1, 2, 3, 4, 5], 0, as(sum)], 15],
    ['array::fold', [[], 10, as(sum)], 10],
    ['array::reduce', [[10, 20, 30, 40], as(sum)], 100],
    ['array::reduce', [[10], as(sum)], 10],
    ['array::reduce', [[], as(sum)], undefined],
    ['set::map', [set(1, 2), as(double)], set(2, 4)],
    ['set::filter', [set(1, 2, 3), as(isBig)], set(2, 3)],
    ['set::find', [set(1, 2, 3), as(isBig)], 2],
    ['set::all', [set(2, 3), as(isBig)], true],
    ['set::any', [set(1), as(isBig)], false],
    ['set::fold', [set(1, 2), 10, as(sum)], 13],
    ['set::reduce', [set(1, 2, 3), as(sum)], 6],
  ]
  test.each(cases)('%s(%s) is %s', async (name, args, expected) => {
    expect(await call(name, ...args)).toStrictEqual(expected)
  })

  test('reduce and fold hand over the position among the elements they go through', async () => {
    const positions = new Closure(3, ([all, , index]) => [...(all as Value[]), index])
    expect(await call('array::fold', ['a', 'b'], [], as(positions))).toEqual([0, 1])
    expect(await call('array::reduce', [[], 'b', 'c'], as(positions))).toEqual([0, 1])
  })

  test('no closure is asked after the answer is known', async () => {
    const asked: Value[] = []
    const spy = new Closure(1, ([n]) => {
      asked.push(n)
      return (n as number) > 1
    })
    expect(await call('array::find', [1, 2, 3], as(spy))).toBe(2)
    expect(await call('array::all', [1, 2, 3], as(spy))).toBe(false)
    expect(asked).toEqual([1, 2, 1])
  })

  test('an error of the closure is the error of the call', async () => {
    const failing = new Closure(1, () => {
      throw new Error('no')
    })
    await expect(async () => call('array::map', [1], as(failing))).rejects.toThrow('no')
  })
})

test('a closure that answers at once costs no promise', () => {
  expect(call('array::map', [1, 2], double)).toEqual([2, 4])
})

test('a long array of late answers does not overflow the stack', async () => {
  const long = new Array<Value>(20_000).fill(1)
  expect(await call('array::fold', long, 0, later(sum))).toBe(20_000)
})

test('a closure gets no more arguments than it has parameters', () => {
  let seen = 0
  const greedy = new Closure(1, (args) => {
    seen = args.length
    return undefined
  })
  greedy.call(1, 2, 3)
  expect(seen).toBe(1)
})

test('a closure where a value is wanted, and the other way round, is an error', async () => {
  expect(await errorCodeOf(() => call('array::map', [1], 5))).toBe('FUNCTION_ARGUMENT')
  expect(await errorCodeOf(() => call('string::len', double))).toBe('FUNCTION_ARGUMENT')
  expect(() => call('string::len', double)).toThrow('must be string, found a closure (function)')
})
