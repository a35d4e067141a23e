/**
 * `set::*`.
 */

import { type Value, ValueSet } from '@dendrodb/protocol'
import { isArray } from '../operators/collection-arithmetic.ts'
import { textOf } from '../operators/value-text.ts'
import * as kinds from './argument-kinds.ts'
import { setClosureFunctions } from './array/closures.ts'
import { pureFunction } from './define-function.ts'
import type { FunctionDefinition } from './function-definition.ts'
import { optional, overload, required } from './overload.ts'
import { checkElementCount } from './result-size.ts'
import { rangeBounds, sliceBounds } from './slice-bounds.ts'
import { joinTexts } from './string/text.ts'

const set = required('set', kinds.set)
const other = required('other', kinds.set)
const value = required('value', kinds.any)

export const setFunctions: readonly FunctionDefinition[] = [
  pureFunction(
    'set::add',
    overload([set, value], 'set', ([elements, given], context) => {
      const added = membersOf(given).filter((element) => !elements.has(element))
      checkElementCount('set::add', elements.size + added.length, context)
      return added.length === 0 ? elements : ValueSet.from([...elements, ...added])
    }),
  ),
  pureFunction(
    'set::at',
    overload([set, required('index', kinds.index)], 'any', ([elements, i]) => elements.values.at(i)),
  ),
  pureFunction(
    'set::contains',
    overload([set, value], 'bool', ([elements, wanted]) => elements.has(wanted)),
  ),
  pureFunction(
    'set::first',
    overload([set], 'any', ([elements]) => elements.values[0]),
  ),
  pureFunction(
    'set::last',
    overload([set], 'any', ([elements]) => elements.values.at(-1)),
  ),
  // A set is sorted, so its ends are its extremes.
  pureFunction(
    'set::min',
    overload([set], 'any', ([elements]) => elements.values[0]),
  ),
  pureFunction(
    'set::max',
    overload([set], 'any', ([elements]) => elements.values.at(-1)),
  ),
  pureFunction(
    'set::len',
    overload([set], 'int', ([elements]) => elements.size),
  ),
  pureFunction(
    'set::is_empty',
    overload([set], 'bool', ([elements]) => elements.size === 0),
  ),
  pureFunction(
    'set::flatten',
    overload([set], 'set', ([elements], context) => {
      const flat = elements.values.flatMap(membersOf)
      checkElementCount('set::flatten', flat.length, context)
      return ValueSet.from(flat)
    }),
  ),
  pureFunction(
    'set::join',
    overload([set, required('delimiter', kinds.string)], 'string', ([elements, delimiter], context) => {
      return joinTexts('set::join', elements.values.map(textOf), delimiter, context)
    }),
  ),
  pureFunction(
    'set::remove',
    overload([set, value], 'set', ([elements, removed]) =>
      without(elements, ValueSet.from(membersOf(removed))),
    ),
  ),
  pureFunction(
    'set::slice',
    overload(
      [set, optional('start', kinds.index), optional('end', kinds.index)],
      'set',
      ([elements, start, end]) => {
        return ValueSet.from(elements.values.slice(...sliceBounds(elements.size, start, end)))
      },
    ),
    overload([set, required('range', kinds.range)], 'set', ([elements, range]) => {
      return ValueSet.from(elements.values.slice(...rangeBounds('set::slice', elements.size, range)))
    }),
  ),
  pureFunction(
    'set::union',
    overload([set, other], 'set', ([left, right], context) => {
      checkElementCount('set::union', left.size + right.size, context)
      return ValueSet.from([...left, ...right])
    }),
  ),
  pureFunction(
    'set::intersect',
    overload([set, other], 'set', ([left, right]) =>
      ValueSet.from(left.values.filter((element) => right.has(element))),
    ),
  ),
  pureFunction(
    'set::complement',
    overload([set, other], 'set', ([left, right]) => without(left, right)),
  ),
  pureFunction(
    'set::difference',
    overload([set, other], 'set', ([left, right]) =>
      ValueSet.from([...without(left, right), ...without(right, left)]),
    ),
  ),
  pureFunction(
    'set::is_subset_of',
    overload([set, other], 'bool', ([left, right]) => isSubset(left, right)),
  ),
  pureFunction(
    'set::is_superset_of',
    overload([set, other], 'bool', ([left, right]) => isSubset(right, left)),
  ),
  pureFunction(
    'set::is_disjoint',
    overload([set, other], 'bool', ([left, right]) => !left.values.some((element) => right.has(element))),
  ),
  ...setClosureFunctions,
]

function membersOf(element: Value): readonly Value[] {
  if (isArray(element)) return element
  return element instanceof ValueSet ? element.values : [element]
}

function without(elements: ValueSet, removed: ValueSet): ValueSet {
  return ValueSet.from(elements.values.filter((element) => !removed.has(element)))
}

function isSubset(inner: ValueSet, outer: ValueSet): boolean {
  return inner.values.every((element) => outer.has(element))
}
