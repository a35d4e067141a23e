/**
 * Aggregates as functions on an array: `math::sum([1, 2])`.
 */

import type { Value } from '@dendrodb/protocol'
import { type ArgumentKind, any, collectionOf } from '../argument-kinds.ts'
import { pureFunction } from '../define-function.ts'
import type { FunctionDefinition } from '../function-definition.ts'
import { type Overload, overload, required } from '../overload.ts'
import type { AggregateDefinition } from './aggregate-definition.ts'

/** A function for each aggregate, and one for each of its other names. */
export function createAggregateFunctions(aggregates: readonly AggregateDefinition[]): FunctionDefinition[] {
  return aggregates.flatMap((aggregate) => [
    createFunction(aggregate, aggregate.name, collectionOf(aggregate.value.kind)),
    // The plain names of SQL pass over NONE and NULL also in an array, so that its elements are checked one
    // by one.
    ...aggregate.aliases.map((alias) => createFunction(aggregate, alias, collectionOf(any))),
  ])
}

/** The array stands where a row's value would. */
function createFunction(
  aggregate: AggregateDefinition,
  name: string,
  values: ArgumentKind<readonly Value[]>,
): FunctionDefinition {
  const { valueIndex, parameters } = aggregate
  const others: Overload['parameters'] = parameters.map((parameter) =>
    required(parameter.name, parameter.kind),
  )
  const all = others.toSpliced(valueIndex, 0, required(`${aggregate.value.name}s`, values))
  return pureFunction(
    name,
    overload(all, aggregate.returns, (given: readonly unknown[]) => {
      const args = given as readonly Value[]
      const state = aggregate.create(args.toSpliced(valueIndex, 1))
      for (const element of args[valueIndex] as readonly Value[]) state.add(element)
      return state.result()
    }),
  )
}
