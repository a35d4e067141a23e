/**
 * All built-in functions, aggregates and constants by name.
 * Names are kept in lower case, as the parser hands them over; other spellings are folded on the way.
 */

import { assert, type Value } from '@dendrodb/protocol'
import type { AggregateDefinition } from './aggregates/aggregate-definition.ts'
import { createAggregateFunctions } from './aggregates/aggregate-function.ts'
import { arrayAggregates, joinAggregates, sqlCollectors } from './aggregates/collecting.ts'
import { countAggregate, countAggregates } from './aggregates/counting.ts'
import { anyExtremes, numberExtremes, timeAggregates } from './aggregates/extremes.ts'
import { quantileAggregates } from './aggregates/quantiles.ts'
import { totalAggregates } from './aggregates/totals.ts'
import { arrayClosureFunctions } from './array/closures.ts'
import { elementFunctions } from './array/elements.ts'
import { arrayLogicFunctions } from './array/logic.ts'
import { arraySetFunctions } from './array/sets.ts'
import { sortingFunctions } from './array/sorting.ts'
import { hashFunctions } from './crypto/hashes.ts'
import { passwordFunctions } from './crypto/passwords.ts'
import { durationConstants, durationFunctions } from './duration.ts'
import { encodingFunctions } from './encoding.ts'
import type { FunctionDefinition } from './function-definition.ts'
import { functionErrors } from './function-errors.ts'
import { generalFunctions } from './general.ts'
import { geoFunctions } from './geo/functions.ts'
import { mathConstants } from './math/constants.ts'
import { scalarMathFunctions } from './math/scalar.ts'
import { objectFunctions } from './object.ts'
import { parseFunctions } from './parse.ts'
import { randomFunctions } from './random.ts'
import { setFunctions } from './set.ts'
import { distanceFunctions } from './string/distance.ts'
import { htmlFunctions } from './string/html.ts'
import { stringPredicates } from './string/predicates.ts'
import { semverFunctions } from './string/semver.ts'
import { similarityFunctions } from './string/similarity.ts'
import { textFunctions } from './string/text.ts'
import { suggestName } from './suggest-name.ts'
import { timeConstants, timeFunctions } from './time/calendar.ts'
import { typeConversions } from './type/conversions.ts'
import { typePredicates } from './type/predicates.ts'
import { vectorFunctions } from './vector/functions.ts'

/** Aggregates whose function on an array is nothing but the aggregate. */
const plainAggregates: readonly AggregateDefinition[] = [
  ...totalAggregates,
  ...numberExtremes,
  ...anyExtremes,
  ...quantileAggregates,
  ...countAggregates,
  ...arrayAggregates,
  ...sqlCollectors,
]

/** Every function once, in no particular order. */
export const functions: readonly FunctionDefinition[] = [
  ...createAggregateFunctions(plainAggregates),
  ...arrayClosureFunctions,
  ...arrayLogicFunctions,
  ...arraySetFunctions,
  ...distanceFunctions,
  ...durationFunctions,
  ...elementFunctions,
  ...encodingFunctions,
  ...generalFunctions,
  ...geoFunctions,
  ...hashFunctions,
  ...htmlFunctions,
  ...objectFunctions,
  ...parseFunctions,
  ...passwordFunctions,
  ...randomFunctions,
  ...scalarMathFunctions,
  ...semverFunctions,
  ...setFunctions,
  ...similarityFunctions,
  ...sortingFunctions,
  ...stringPredicates,
  ...textFunctions,
  ...timeFunctions,
  ...typeConversions,
  ...typePredicates,
  ...vectorFunctions,
]

/** Every aggregate once. */
export const aggregates: readonly AggregateDefinition[] = [
  ...plainAggregates,
  ...timeAggregates,
  countAggregate,
  ...joinAggregates,
]

/** Constants by name. */
export const constants: ReadonlyMap<string, Value> = new Map(
  Object.entries({ ...mathConstants, ...timeConstants, ...durationConstants }),
)

const functionsByName = indexByName(functions)
const aggregatesByName = indexByName(aggregates)

export function resolveFunction(name: string): FunctionDefinition | undefined {
  return functionsByName.get(name) ?? functionsByName.get(name.toLowerCase())
}

/** @throws FUNCTION_UNKNOWN with the name that was most likely meant */
export function requireFunction(name: string): FunctionDefinition {
  const definition = resolveFunction(name)
  if (definition !== undefined) return definition
  throw functionErrors.UNKNOWN({ name, ...suggestName(name, functionsByName.keys()) })
}

/**
 * The aggregate that a call inside a grouped SELECT means. `undefined` also where the number of arguments
 * shows that the plain function is meant: `string::join(' ', first, last)`, `count()` being the other way
 * round.
 */
export function resolveAggregate(name: string, argumentCount: number): AggregateDefinition | undefined {
  const definition = aggregatesByName.get(name) ?? aggregatesByName.get(name.toLowerCase())
  if (definition === undefined) return undefined
  const most = definition.parameters.length + 1
  const least = definition.isValueOptional ? most - 1 : most
  return argumentCount >= least && argumentCount <= most ? definition : undefined
}

/** `undefined` where there is no constant of that name; none is NONE. */
export function resolveConstant(name: string): Value {
  return constants.get(name.toLowerCase())
}

/** @throws FUNCTION_CONSTANT_UNKNOWN */
export function requireConstant(name: string): Value {
  const value = resolveConstant(name)
  if (value !== undefined) return value
  throw functionErrors.CONSTANT_UNKNOWN({ name, ...suggestName(name, constants.keys()) })
}

function indexByName<T extends { readonly name: string; readonly aliases: readonly string[] }>(
  definitions: readonly T[],
): ReadonlyMap<string, T> {
  const byName = new Map<string, T>()
  for (const definition of definitions) {
    for (const name of [definition.name, ...definition.aliases]) {
      assert(!byName.has(name), `${name} is defined twice`)
      byName.set(name, definition)
    }
  }
  return byName
}
