/**
 * Arrays of truth, element by element. The result is as long as the longer array; what the shorter one lacks
 * is NULL and so false. `boolean_*` give true and false, `logical_*` one of the two elements.
 */

import type { Value } from '@dendrodb/protocol'
import { isTruthy } from '../../operators/truthiness.ts'
import * as kinds from '../argument-kinds.ts'
import { pureFunction } from '../define-function.ts'
import type { FunctionDefinition } from '../function-definition.ts'
import { overload, required } from '../overload.ts'

export const arrayLogicFunctions: readonly FunctionDefinition[] = [
  pairwise('array::boolean_and', (a, b) => isTruthy(a) && isTruthy(b)),
  pairwise('array::boolean_or', (a, b) => isTruthy(a) || isTruthy(b)),
  pairwise('array::boolean_xor', (a, b) => isTruthy(a) !== isTruthy(b)),
  pureFunction(
    'array::boolean_not',
    overload([required('array', kinds.array)], 'array<bool>', ([elements]) =>
      elements.map((a) => !isTruthy(a)),
    ),
  ),
  pairwise('array::logical_and', (a, b) => (isTruthy(a) ? b : a)),
  pairwise('array::logical_or', (a, b) => (isTruthy(a) || !isTruthy(b) ? a : b)),
  pairwise('array::logical_xor', logicalXor),
]

function pairwise(name: string, combine: (a: Value, b: Value) => Value): FunctionDefinition {
  return pureFunction(
    name,
    overload([required('array', kinds.array), required('other', kinds.array)], 'array', ([left, right]) => {
      const length = Math.max(left.length, right.length)
      return Array.from({ length }, (_, i) => {
        return combine(i < left.length ? left[i] : null, i < right.length ? right[i] : null)
      })
    }),
  )
}

/** The one that is true; false when both are, the left one when neither is. */
function logicalXor(a: Value, b: Value): Value {
  if (isTruthy(a)) return isTruthy(b) ? false : a
  return isTruthy(b) ? b : a
}
