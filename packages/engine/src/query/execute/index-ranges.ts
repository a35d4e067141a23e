/**
 * The ranges of an index that a lookup asks for, once its values are known.
 */

import { Range, type Value, ValueSet } from '@dendrodb/protocol'
import type { IndexRange, ValueBound } from '../../models/model.ts'
import type { CompiledExpression } from '../compile/compiled.ts'
import type { Compiler } from '../compile/compiler.ts'
import type { EvalContext } from '../compile/eval-context.ts'
import { queryLimits } from '../limits.ts'
import type { BoundExpression, IndexLookup } from '../plan/plan-node.ts'
import { type CompiledLookup, compileLookup, evaluateOnce, lookupValues } from './lookup-values.ts'
import type { Task } from './task.ts'

export interface CompiledIndexLookup {
  readonly equals: readonly CompiledLookup[]
  readonly lower: CompiledBound | undefined
  readonly upper: CompiledBound | undefined
  readonly boundsAlsoNone: boolean
}

interface CompiledBound {
  readonly bound: BoundExpression
  readonly expression: CompiledExpression
}

export function compileIndexLookup(lookup: IndexLookup, compiler: Compiler): CompiledIndexLookup {
  return {
    equals: lookup.equals.map((value) => compileLookup(value, compiler)),
    lower: compileBound(lookup.lower, compiler),
    upper: compileBound(lookup.upper, compiler),
    boundsAlsoNone: lookup.boundsAlsoNone === true,
  }
}

function compileBound(bound: BoundExpression | undefined, compiler: Compiler): CompiledBound | undefined {
  return bound && { bound, expression: compiler.expression(bound.expression) }
}

/** `undefined`: the values are not of a kind that the index can look up, or too many. */
export function* indexRanges(
  lookup: CompiledIndexLookup,
  ctx: EvalContext,
  outer: Value,
): Task<readonly IndexRange[] | undefined> {
  let prefixes: readonly (readonly Value[])[] = [[]]
  for (const each of lookup.equals) {
    const values = yield* equalValuesOf(each, lookup, ctx, outer)
    if (values === undefined) return undefined
    if (values instanceof Range) return rangeWithin(prefixes, values)
    const alternatives = each.value.alsoNone === true ? withNone(values) : values
    if (alternatives === undefined) return undefined
    prefixes = prefixes.flatMap((prefix) => alternatives.map((value) => [...prefix, value]))
    if (prefixes.length > queryLimits.pointUnionMax) return undefined
  }
  return yield* withBounds(prefixes, lookup, ctx, outer)
}

/** A list of values; for the last field also a range of them. */
function* equalValuesOf(
  each: CompiledLookup,
  lookup: CompiledIndexLookup,
  ctx: EvalContext,
  outer: Value,
): Task<readonly Value[] | Range | undefined> {
  const values = yield* lookupValues(each, ctx, outer)
  const isLast = each === lookup.equals[lookup.equals.length - 1]
  const mayBeRange = isLast && each.value.take === 'each' && each.value.alsoNone !== true
  if (values !== undefined || !mayBeRange || lookup.lower !== undefined || lookup.upper !== undefined) {
    return values
  }
  const outcome = yield* evaluateOnce(each.expression, each.value, ctx, outer)
  return outcome?.value instanceof Range ? outcome.value : undefined
}

function rangeWithin(prefixes: readonly (readonly Value[])[], range: Range): readonly IndexRange[] {
  const { begin, end } = range
  return prefixes.map((equals) => ({
    equals,
    ...(begin !== undefined && { lower: begin }),
    ...(end !== undefined && { upper: end }),
  }))
}

/**
 * Lists are not looked up where paths may lead through links: the index holds other lists than the path
 * reads.
 */
function withNone(values: readonly Value[]): readonly Value[] | undefined {
  if (values.some((value) => Array.isArray(value) || value instanceof ValueSet)) return undefined
  return values.includes(undefined) ? values : [...values, undefined]
}

function* withBounds(
  prefixes: readonly (readonly Value[])[],
  lookup: CompiledIndexLookup,
  ctx: EvalContext,
  outer: Value,
): Task<readonly IndexRange[] | undefined> {
  const lower = yield* boundValue(lookup.lower, ctx, outer)
  const upper = yield* boundValue(lookup.upper, ctx, outer)
  if (lower === 'unknown' || upper === 'unknown') return undefined
  if (lower === undefined && upper === undefined) return prefixes.map((equals) => ({ equals }))
  const ranges: IndexRange[] = prefixes.map((equals) => ({
    equals,
    ...(lower && { lower }),
    ...(upper && { upper }),
  }))
  if (!lookup.boundsAlsoNone) return ranges
  const bounds = [lower?.value, upper?.value]
  if (withNone(bounds) === undefined) return undefined
  return [...ranges, ...prefixes.map((equals) => ({ equals: [...equals, undefined] }))]
}

function* boundValue(
  bound: CompiledBound | undefined,
  ctx: EvalContext,
  outer: Value,
): Task<ValueBound | undefined | 'unknown'> {
  if (bound === undefined) return undefined
  const outcome = yield* evaluateOnce(bound.expression, bound.bound, ctx, outer)
  return outcome === undefined ? 'unknown' : { value: outcome.value, inclusive: bound.bound.inclusive }
}
