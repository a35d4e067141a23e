/**
 * Counts of rows and values.
 * A value is empty when it is NONE, NULL, the empty text or a collection without elements.
 */

import { float, type Value, ValueSet } from '@dendrodb/protocol'
import { isArray, isObject } from '../../operators/collection-arithmetic.ts'
import { isTruthy } from '../../operators/truthiness.ts'
import * as kinds from '../argument-kinds.ts'
import { DistinctValues } from '../distinct-values.ts'
import { type Accumulator, type AggregateDefinition, defineAggregate } from './aggregate-definition.ts'

/** As an aggregate `count()` counts rows, `count(condition)` those for which the condition is truthy. */
export const countAggregate: AggregateDefinition = defineAggregate({
  name: 'count',
  kind: kinds.any,
  isValueOptional: true,
  takesNullish: true,
  returns: 'int',
  create: (): Accumulator<Value> => {
    let count = 0
    return {
      add(value) {
        if (isTruthy(value)) count += 1
      },
      result: () => count,
    }
  },
})

export const countAggregates: readonly AggregateDefinition[] = [
  defineAggregate({
    name: 'count_distinct',
    kind: kinds.any,
    returns: 'int',
    create: () => {
      const values = new DistinctValues()
      return {
        add: (value: Value) => {
          values.add(value)
        },
        result: () => values.size,
        get heldCount() {
          return values.size
        },
      }
    },
  }),
  emptiness('count_empty', 'int', (empty) => empty),
  emptiness('count_filled', 'int', (empty, all) => all - empty),
  emptiness('percent_empty', 'float', (empty, all) => percentage(empty, all)),
  emptiness('percent_filled', 'float', (empty, all) => percentage(all - empty, all)),
]

function emptiness(
  name: string,
  returns: string,
  compute: (empty: number, all: number) => Value,
): AggregateDefinition {
  return defineAggregate({
    name,
    kind: kinds.any,
    takesNullish: true,
    returns,
    create: (): Accumulator<Value> => {
      let empty = 0
      let all = 0
      return {
        add(value) {
          all += 1
          if (isEmpty(value)) empty += 1
        },
        result: () => compute(empty, all),
      }
    },
  })
}

function isEmpty(value: Value): boolean {
  if (value === undefined || value === null || value === '') return true
  if (isArray(value)) return value.length === 0
  if (value instanceof ValueSet) return value.size === 0
  return isObject(value) && Object.keys(value).length === 0
}

/** NaN of nothing. */
function percentage(part: number, all: number): Value {
  return float((part / all) * 100)
}
