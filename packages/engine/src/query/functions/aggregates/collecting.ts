/**
 * Aggregates that gather values: first, last, all, the different ones, joined to a text.
 */

import type { Value } from '@dendrodb/protocol'
import { isArray } from '../../operators/collection-arithmetic.ts'
import { operatorLimits } from '../../operators/limits.ts'
import { textOf } from '../../operators/value-text.ts'
import * as kinds from '../argument-kinds.ts'
import { DistinctValues } from '../distinct-values.ts'
import { functionErrors } from '../function-errors.ts'
import { type Accumulator, type AggregateDefinition, defineAggregate } from './aggregate-definition.ts'

/** NONE and NULL are elements like any other. */
export const arrayAggregates: readonly AggregateDefinition[] = [
  gathering('array::first', () => firstOf()),
  gathering('array::last', () => lastOf()),
  gathering(
    'array::distinct',
    () => collecting('array::distinct', { isDistinct: true, isFlat: false }),
    'array',
  ),
  gathering(
    'array::flatten',
    () => collecting('array::flatten', { isDistinct: false, isFlat: true }),
    'array',
  ),
  gathering('array::group', () => collecting('array::group', { isDistinct: true, isFlat: true }), 'array'),
]

/** `array_agg` keeps NONE and NULL, as in SQL; `first` and `last` pass them over. */
export const sqlCollectors: readonly AggregateDefinition[] = [
  defineAggregate({
    name: 'array_agg',
    aliases: ['array::collect'],
    kind: kinds.any,
    takesNullish: true,
    returns: 'array',
    create: () => collecting('array_agg', { isDistinct: false, isFlat: false }),
  }),
  defineAggregate({ name: 'first', kind: kinds.any, returns: 'any', create: firstOf }),
  defineAggregate({ name: 'last', kind: kinds.any, returns: 'any', create: lastOf }),
  defineAggregate({
    name: 'string_agg',
    kind: kinds.any,
    parameters: [{ name: 'delimiter', kind: kinds.string }],
    returns: 'string',
    create: ([delimiter]) => joining('string_agg', delimiter as string),
  }),
]

/**
 * In a GROUP BY with two arguments. The functions of these names take other ones: `string::join` any number
 * of texts, `array::join` an array, whose NONE and NULL are elements.
 */
export const joinAggregates: readonly AggregateDefinition[] = [
  defineAggregate({
    name: 'string::join',
    kind: kinds.any,
    valueIndex: 1,
    parameters: [{ name: 'delimiter', kind: kinds.string }],
    returns: 'string',
    create: ([delimiter]) => joining('string::join', delimiter as string),
  }),
  defineAggregate({
    name: 'array::join',
    kind: kinds.any,
    takesNullish: true,
    parameters: [{ name: 'delimiter', kind: kinds.string }],
    returns: 'string',
    create: ([delimiter]) => joining('array::join', delimiter as string),
  }),
]

function gathering(name: string, create: () => Accumulator<Value>, returns = 'any'): AggregateDefinition {
  return defineAggregate({ name, kind: kinds.any, takesNullish: true, returns, create })
}

function firstOf(): Accumulator<Value> {
  let first: Value
  let isEmpty = true
  return {
    add(value) {
      if (isEmpty) first = value
      isEmpty = false
    },
    result: () => first,
  }
}

function lastOf(): Accumulator<Value> {
  let last: Value
  return {
    add(value) {
      last = value
    },
    result: () => last,
  }
}

interface CollectOptions {
  /** Only the first of equal values. */
  readonly isDistinct: boolean
  /** The elements of an array instead of the array. */
  readonly isFlat: boolean
}

function collecting(name: string, options: CollectOptions): Accumulator<Value> {
  const values: Value[] = []
  const known = new DistinctValues()
  function addOne(value: Value): void {
    if (options.isDistinct && !known.add(value)) return
    if (values.length === operatorLimits.elementsMax) {
      throw functionErrors.RESULT_TOO_LARGE({ name, maximum: operatorLimits.elementsMax, unit: 'elements' })
    }
    values.push(value)
  }
  return {
    add(value) {
      if (options.isFlat && isArray(value)) value.forEach(addOne)
      else addOne(value)
    },
    result: () => [...values],
    get heldCount() {
      return values.length
    },
  }
}

function joining(name: string, delimiter: string): Accumulator<Value> {
  const texts: string[] = []
  let chars = 0
  return {
    add(value) {
      const text = textOf(value)
      chars += text.length + (texts.length > 0 ? delimiter.length : 0)
      if (chars > operatorLimits.textCharsMax) {
        throw functionErrors.RESULT_TOO_LARGE({
          name,
          maximum: operatorLimits.textCharsMax,
          unit: 'characters',
        })
      }
      texts.push(text)
    },
    result: () => texts.join(delimiter),
    get heldCount() {
      return texts.length
    },
  }
}
