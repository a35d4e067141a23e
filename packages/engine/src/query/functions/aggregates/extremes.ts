/**
 * Least and greatest values.
 */

import { compareValues, type Value } from '@dendrodb/protocol'
import type { ArgumentKind } from '../argument-kinds.ts'
import * as kinds from '../argument-kinds.ts'
import { type AggregateDefinition, defineAggregate } from './aggregate-definition.ts'

/** Numbers; over none the infinities, which every number beats. */
export const numberExtremes: readonly AggregateDefinition[] = [
  extreme('math::min', kinds.number, 'number', -1, Number.POSITIVE_INFINITY),
  extreme('math::max', kinds.number, 'number', 1, Number.NEGATIVE_INFINITY),
]

export const timeAggregates: readonly AggregateDefinition[] = [
  extreme('time::min', kinds.datetime, 'datetime', -1, undefined),
  extreme('time::max', kinds.datetime, 'datetime', 1, undefined),
]

/** Values of any type, by the total order. */
export const anyExtremes: readonly AggregateDefinition[] = [
  extreme('min', kinds.any, 'any', -1, undefined),
  extreme('max', kinds.any, 'any', 1, undefined),
]

function extreme(
  name: string,
  kind: ArgumentKind<Value>,
  returns: string,
  direction: 1 | -1,
  ofNothing: Value,
): AggregateDefinition {
  return defineAggregate({
    name,
    kind,
    returns,
    create() {
      let best = ofNothing
      let isEmpty = true
      return {
        add(value: Value) {
          if (isEmpty || compareValues(value, best) * direction > 0) best = value
          isEmpty = false
        },
        result: () => best,
      }
    },
  })
}
