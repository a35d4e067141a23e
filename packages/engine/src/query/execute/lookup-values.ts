/**
 * The values that conditions give for looking up ids and index entries, evaluated when a lookup opens.
 */

import { DbError, RecordId, type Value, ValueSet } from '@dendrodb/protocol'
import type { CompiledExpression } from '../compile/compiled.ts'
import type { Compiler } from '../compile/compiler.ts'
import type { EvalContext } from '../compile/eval-context.ts'
import { queryLimits } from '../limits.ts'
import type { LookupValue } from '../plan/plan-node.ts'
import { isBoundError } from './statement-run.ts'
import { type Task, wait } from './task.ts'

/** Rules are evaluated without the caller's parameters, wherever a part of them is. */
function contextFor({ isRule }: { readonly isRule?: boolean }, ctx: EvalContext): EvalContext {
  return isRule === true ? ctx.forRule() : ctx
}

export interface CompiledLookup {
  readonly value: LookupValue
  readonly expression: CompiledExpression
}

export function compileLookup(value: LookupValue, compiler: Compiler): CompiledLookup {
  return { value, expression: compiler.expression(value.expression) }
}

/** `undefined`: the value turned out to be nothing that can be looked up, and all rows must be looked at. */
export function* lookupValues(
  { value, expression }: CompiledLookup,
  ctx: EvalContext,
  outer: Value,
): Task<readonly Value[] | undefined> {
  const outcome = yield* evaluateOnce(expression, value, ctx, outer)
  if (outcome === undefined) return undefined
  const found = outcome.value
  if (value.take === 'one') return [found]
  const list = found instanceof ValueSet ? found.values : found
  if (!Array.isArray(list) || list.length > queryLimits.pointUnionMax) return undefined
  const values = list as readonly Value[]
  if (value.take === 'each') return values
  return values.length === 0 ? undefined : values.slice(0, 1)
}

/**
 * The value for a lookup; `undefined` when evaluating it fails. Without a lookup it would fail on the first
 * row, if there is one, and so it does when all rows are looked at.
 */
export function* evaluateOnce(
  expression: CompiledExpression,
  origin: { readonly isRule?: boolean },
  ctx: EvalContext,
  outer: Value,
): Task<{ readonly value: Value } | undefined> {
  try {
    return { value: yield* wait(expression.evaluate(outer, contextFor(origin, ctx))) }
  } catch (error) {
    if (!(error instanceof DbError) || isBoundError(error)) throw error
    return undefined
  }
}

export function isIdOf(value: Value, table: string): value is RecordId {
  return value instanceof RecordId && value.table === table
}
