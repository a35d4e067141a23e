/**
 * Aggregates as functions on an array: `math::sum([1, 2])`.
 */

import type { Value } from '@dendrodb/protocol'
import { type ArgumentKind, collectionOf } from '../argument-kinds.ts'
import { pureFunction, withAliases } from '../define-function.ts'
import type { FunctionDefinition } from '../function-definition.ts'
import { overload, required } from '../overload.ts'
import type { AggregateDefinition } from './aggregate-definition.ts'

export function createAggregateFunctions(aggregates: readonly AggregateDefinition[]): FunctionDefinition[] {
  return aggregates.map(createAggregateFunction)
}

/** The array stands where a row's value would. */
export function createAggregateFunction(aggregate: AggregateDefinition): FunctionDefinition {
  const { name, valueIndex, value } = aggregate
  const parameters = aggregate.parameters.map((parameter) => required(parameter.name, parameter.kind))
  const values: ArgumentKind<readonly Value[]> = collectionOf(value.kind)
  const all = parameters.toSpliced(
    valueIndex,
    0,
    required(`${value.name}s`, values as ArgumentKind<unknown>) as never,
  )
  const definition = pureFunction(
    name,
    overload(all, aggregate.returns, (args) => {
      const given = args as readonly Value[]
      const state = aggregate.create(given.toSpliced(valueIndex, 1))
      for (const element of given[valueIndex] as readonly Value[]) state.add(element)
      return state.result()
    }),
  )
  return withAliases(definition, ...aggregate.aliases)
}
