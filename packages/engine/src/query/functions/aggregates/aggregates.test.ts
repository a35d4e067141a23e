import { Datetime, type Value } from '@dendrodb/protocol'
import { describe, expect, test } from 'vitest'
import { operatorLimits } from '../../operators/limits.ts'
import { aggregates, functions, resolveAggregate } from '../registry.ts'
import { call, errorCodeOf } from '../testing/function-cases.ts'
import type { AggregateDefinition } from './aggregate-definition.ts'

function aggregate(name: string, argumentCount = 1): AggregateDefinition {
  const definition = resolveAggregate(name, argumentCount)
  if (definition === undefined) throw new Error(`no aggregate ${name}`)
  return definition
}

function over(name: string, values: readonly Value[], args: readonly Value[] = []): Value {
  const state = aggregate(name, args.length + 1).create(args)
  for (const value of values) state.add(value)
  return state.result()
}

describe('aggregates over rows', () => {
  const cases: [string, readonly Value[], readonly Value[], Value][] = [
    ['count', [true, true, true], [], 3],
    ['count', [1, 0, null, undefined, 'x', []], [], 2],
    ['sum', [1, undefined, null, 2.5], [], 3.5],
    ['math::sum', [undefined, 2], [], 2],
    ['sum', [], [], 0],
    ['avg', [1, null, 2], [], 1.5],
    ['min', ['b', undefined, 'a'], [], 'a'],
    ['max', [undefined, null], [], undefined],
    ['math::min', [3, null, 1], [], 1],
    ['time::max', [Datetime.parse('2020-01-01'), undefined], [], Datetime.parse('2020-01-01')],
    ['stddev', [2, null, 3, 5], [], 1.5275252316519468],
    ['variance', [2, 3, 5], [], 2.3333333333333335],
    ['median', [3, 1, 2, 10], [], 2.5],
    ['percentile', [1, 2, 3, 4, 5], [25], expect.objectContaining({ value: 2 })],
    ['first', [undefined, 'x', 'y'], [], 'x'],
    ['last', ['x', 'y', null], [], 'y'],
    ['array::first', [undefined, 'x'], [], undefined],
    ['array::last', ['x', null], [], null],
    ['count_distinct', [1, 1, null, 2], [], 2],
    ['array_agg', [1, null, undefined], [], [1, null, undefined]],
    ['array::distinct', [1, 2, 1, undefined, undefined], [], [1, 2, undefined]],
    ['array::group', [[1, 2], 2, [3]], [], [1, 2, 3]],
    ['array::flatten', [[1, 2], 2, [[3]]], [], [1, 2, 2, [3]]],
    ['string_agg', ['a', null, 1], ['-'], 'a-1'],
    ['string::join', ['a', null, 'b'], [', '], 'a, b'],
    ['count_empty', ['', null, 0], [], 2],
    ['percent_filled', ['', 'x'], [], expect.objectContaining({ value: 50 })],
    ['math::top', [1, 5, 3], [2], [5, 3]],
  ]
  test.each(cases)('%s over %s (%s) is %s', (name, values, args, expected) => {
    expect(over(name, values, args)).toEqual(expected)
  })

  test('two groups do not share anything', () => {
    const first = aggregate('sum').create()
    const second = aggregate('sum').create()
    first.add(1)
    second.add(2)
    expect([first.result(), second.result()]).toEqual([1, 2])
  })

  test('a value of the wrong type names the aggregate and the argument', async () => {
    expect(() => over('math::sum', [1, 'x'])).toThrow(
      "argument 1 of math::sum() must be number, found 'x' (string)",
    )
    expect(() => over('percentile', [1], ['x'])).toThrow('argument 2 of math::percentile() must be number')
    expect(() => over('string::join', ['a'], [5])).toThrow('argument 1 of string::join() must be string')
    expect(await errorCodeOf(() => over('percentile', [1], [101]))).toBe('FUNCTION_ARGUMENT_VALUE')
    expect(await errorCodeOf(() => aggregate('sum').create([1]))).toBe('FUNCTION_ARGUMENT_COUNT')
    expect(await errorCodeOf(() => aggregate('percentile', 2).create())).toBe('FUNCTION_ARGUMENT_COUNT')
  })

  test('states say how many values they hold', () => {
    const heldAfter = (name: string, args: readonly Value[] = []): number => {
      const state = aggregate(name, args.length + 1).create(args)
      for (const value of [1, 1, 2, undefined]) state.add(value)
      return state.heldCount
    }
    expect(['sum', 'avg', 'stddev', 'min', 'count', 'first'].map((name) => heldAfter(name))).toEqual([
      0, 0, 0, 0, 0, 0,
    ])
    expect(heldAfter('median')).toBe(3)
    expect(heldAfter('count_distinct')).toBe(2)
    expect(heldAfter('array_agg')).toBe(4)
    expect(heldAfter('array::distinct')).toBe(3)
    expect(heldAfter('string_agg', ['-'])).toBe(3)
  })

  test('collected values have a largest number, joined texts a largest size', async () => {
    const collect = aggregate('array_agg').create()
    for (let i = 0; i < operatorLimits.elementsMax; i += 1) collect.add(i)
    expect((collect.result() as Value[]).length).toBe(operatorLimits.elementsMax)
    expect(await errorCodeOf(() => collect.add(0))).toBe('FUNCTION_RESULT_TOO_LARGE')
    const join = aggregate('string_agg', 2).create([''])
    join.add('x'.repeat(operatorLimits.textCharsMax))
    expect((join.result() as string).length).toBe(operatorLimits.textCharsMax)
    expect(await errorCodeOf(() => join.add('y'))).toBe('FUNCTION_RESULT_TOO_LARGE')
  })
})

describe('which calls are aggregates', () => {
  test.each([
    ['count', 0, true],
    ['count', 1, true],
    ['count', 2, false],
    ['SUM', 1, true],
    ['sum', 0, false],
    ['string::join', 2, true],
    ['string::join', 3, false],
    ['math::percentile', 2, true],
    ['math::percentile', 1, false],
    ['string::len', 1, false],
    ['math::abs', 1, false],
  ])('%s with %s arguments: %s', (name, count, expected) => {
    expect(resolveAggregate(name, count) !== undefined).toBe(expected)
  })

  test('each of them is also a function', () => {
    const names = new Set(functions.flatMap((f) => [f.name, ...f.aliases]))
    expect(aggregates.flatMap((a) => [a.name, ...a.aliases]).filter((name) => !names.has(name))).toEqual([])
  })

  test('the eighteen of the aggregation service are there', () => {
    const names = [
      'count',
      'count_distinct',
      'sum',
      'avg',
      'min',
      'max',
      'stddev',
      'variance',
      'median',
      'first',
      'last',
      'array_agg',
      'count_empty',
      'count_filled',
      'percent_empty',
      'percent_filled',
    ]
    expect(names.filter((name) => resolveAggregate(name, 1) === undefined)).toEqual([])
    expect(['percentile', 'string_agg'].filter((name) => resolveAggregate(name, 2) === undefined)).toEqual([])
  })
})

test('an aggregate outside a group works on an array or set', () => {
  expect(call('math::sum', [1, 2])).toBe(3)
  expect(call('sum', [1, null, 2])).toBe(3)
})
