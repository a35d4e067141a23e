/**
 * Compiled paths: a step leads from one value to the next.
 */

import type { Value } from '@dendrodb/protocol'
import type { MaybePromise } from '../../storage/kv-store.ts'
import type { EvalContext } from './eval-context.ts'

/** What `?` gives for NONE and NULL: the whole path is NONE. */
export const endOfPath: unique symbol = Symbol('end of path')

export interface PathStep {
  /** Never reads the database. */
  readonly isPure?: boolean
  readonly isPoint: boolean
  /** `row` is the current row around the path, for the expressions inside it. */
  apply(value: Value, row: Value, ctx: EvalContext): MaybePromise<Value | typeof endOfPath>
}

/** The value at the end of the steps. */
export function runSteps(
  steps: readonly PathStep[],
  from: Value,
  row: Value,
  ctx: EvalContext,
  begin = 0,
): MaybePromise<Value> {
  let value = from
  for (let i = begin; i < steps.length; i += 1) {
    const next = (steps[i] as PathStep).apply(value, row, ctx)
    if (next instanceof Promise) {
      return next.then((known) => (known === endOfPath ? undefined : runSteps(steps, known, row, ctx, i + 1)))
    }
    if (next === endOfPath) return undefined
    value = next
  }
  return value
}
