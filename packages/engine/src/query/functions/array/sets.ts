/**
 * Arrays as sets: what is in both, in one, in either. Elements keep the order in which they were first met;
 * equal ones count once, except in the difference, where each is struck out by one of the other side.
 */

import type { Value } from '@dendrodb/protocol'
import * as kinds from '../argument-kinds.ts'
import { pureFunction } from '../define-function.ts'
import { DistinctValues, ValueCounts } from '../distinct-values.ts'
import type { FunctionDefinition } from '../function-definition.ts'
import { overload, required } from '../overload.ts'
import { checkElementCount } from '../result-size.ts'

const operands = [required('array', kinds.array), required('other', kinds.array)] as const

export const arraySetFunctions: readonly FunctionDefinition[] = [
  pureFunction(
    'array::union',
    overload(operands, 'array', ([elements, others], context) => {
      const union = distinct([...elements, ...others])
      checkElementCount('array::union', union.length, context)
      return union
    }),
  ),
  pureFunction(
    'array::intersect',
    overload(operands, 'array', ([elements, others]) => {
      const known = valuesIn(others)
      return distinct(elements).filter((element) => known.has(element))
    }),
  ),
  pureFunction(
    'array::complement',
    overload(operands, 'array', ([elements, others]) => without(elements, others)),
  ),
  pureFunction(
    'array::difference',
    overload(operands, 'array', ([elements, others]) => unpaired(elements, others)),
  ),
]

/** What is left when each element is struck out together with the first one equal to it on the other side. */
function unpaired(elements: readonly Value[], others: readonly Value[]): Value[] {
  const partners = new ValueCounts(others)
  const left = elements.filter((element) => !partners.take(element))
  const right = others.toReversed().filter((element) => partners.take(element))
  return [...left, ...right.reverse()]
}

function distinct(elements: readonly Value[]): Value[] {
  const known = new DistinctValues()
  return elements.filter((element) => known.add(element))
}

function without(elements: readonly Value[], others: readonly Value[]): Value[] {
  const known = valuesIn(others)
  return elements.filter((element) => !known.has(element))
}

function valuesIn(elements: readonly Value[]): DistinctValues {
  const known = new DistinctValues()
  for (const element of elements) known.add(element)
  return known
}
