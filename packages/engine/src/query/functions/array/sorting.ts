/**
 * Sorting, and the least and greatest element. The order is that of ORDER BY: over all types, ascending
 * unless asked otherwise by `false` or `'desc'`.
 */

import { compareValues, type Value } from '@dendrodb/protocol'
import { createOrderComparer, type OrderOptions, sortValues } from '../../operators/ordering.ts'
import * as kinds from '../argument-kinds.ts'
import { pureFunction, withAliases } from '../define-function.ts'
import type { FunctionDefinition } from '../function-definition.ts'
import { optional, overload, required } from '../overload.ts'

const array = required('array', kinds.array)
const order = optional('order', kinds.either(kinds.bool, kinds.oneOf('asc', 'desc')))

export const sortingFunctions: readonly FunctionDefinition[] = [
  sorting('array::sort', {}),
  sorting('array::sort_natural', { numeric: true }),
  sorting('array::sort_lexical', { collate: true }),
  sorting('array::sort_natural_lexical', { collate: true, numeric: true }),
  withAliases(
    pureFunction(
      'array::sort::asc',
      overload([array], 'array', ([elements]) => sortValues(elements)),
    ),
    'array::sort_asc',
  ),
  withAliases(
    pureFunction(
      'array::sort::desc',
      overload([array], 'array', ([elements]) => sortDescending(elements, {})),
    ),
    'array::sort_desc',
  ),
  pureFunction(
    'array::max',
    overload([array], 'any', ([elements]) => extreme(elements, 1)),
  ),
  pureFunction(
    'array::min',
    overload([array], 'any', ([elements]) => extreme(elements, -1)),
  ),
]

function sorting(name: string, options: OrderOptions): FunctionDefinition {
  return pureFunction(
    name,
    overload([array, order], 'array', ([elements, asked]) => {
      const isDescending = asked === false || asked === 'desc'
      return isDescending
        ? sortDescending(elements, options)
        : sortValues(elements, createOrderComparer(options))
    }),
  )
}

function sortDescending(elements: readonly Value[], options: OrderOptions): Value[] {
  const compare = createOrderComparer(options)
  return sortValues(elements, (left, right) => compare(right, left))
}

function extreme(elements: readonly Value[], direction: 1 | -1): Value {
  let best = elements[0]
  for (const element of elements) if (compareValues(element, best) * direction > 0) best = element
  return best
}
