/**
 * The keys of ORDER BY, evaluated once per row and compared many times.
 */

import type { Value } from '@dendrodb/protocol'
import type { CompiledExpression } from '../compile/compiled.ts'
import type { Compiler } from '../compile/compiler.ts'
import type { EvalContext } from '../compile/eval-context.ts'
import { createOrderComparer, type ValueComparer } from '../operators/ordering.ts'
import type { SortKey } from '../plan/plan-node.ts'
import type { Task } from './task.ts'

interface CompiledKey {
  readonly expression: CompiledExpression
  readonly fromOutput: boolean
  readonly compare: ValueComparer
  readonly sign: 1 | -1
}

export interface SortSpec {
  readonly keys: readonly CompiledKey[]
}

export interface KeyedRow {
  readonly row: Value
  readonly keys: readonly Value[]
}

export function sortSpec(keys: readonly SortKey[], compiler: Compiler): SortSpec {
  return {
    keys: keys.map(({ key, fromOutput }) => ({
      expression: compiler.expression(key.expression),
      fromOutput,
      compare: createOrderComparer({ collate: key.collate, numeric: key.numeric }),
      sign: key.descending ? -1 : 1,
    })),
  }
}

export function compareKeys({ keys }: SortSpec, left: readonly Value[], right: readonly Value[]): number {
  for (let i = 0; i < keys.length; i += 1) {
    const { compare, sign } = keys[i] as CompiledKey
    const order = compare(left[i], right[i])
    if (order !== 0) return order * sign
  }
  return 0
}

/** The keys of a row; `output` is what the projection made of it, for keys that read that. */
export function evaluateKeys(
  { keys }: SortSpec,
  row: Value,
  output: Value,
  ctx: EvalContext,
): readonly Value[] | Task<readonly Value[]> {
  const values = new Array<Value>(keys.length)
  for (let i = 0; i < keys.length; i += 1) {
    const { expression, fromOutput } = keys[i] as CompiledKey
    const value = expression.evaluate(fromOutput ? output : row, ctx)
    if (value instanceof Promise) return waitForKeys(keys, values, i, value, row, output, ctx)
    values[i] = value
  }
  return values
}

function* waitForKeys(
  keys: readonly CompiledKey[],
  values: Value[],
  from: number,
  pending: Promise<Value>,
  row: Value,
  output: Value,
  ctx: EvalContext,
): Task<readonly Value[]> {
  values[from] = (yield pending) as Value
  for (let i = from + 1; i < keys.length; i += 1) {
    const { expression, fromOutput } = keys[i] as CompiledKey
    const value = expression.evaluate(fromOutput ? output : row, ctx)
    values[i] = value instanceof Promise ? ((yield value) as Value) : value
  }
  return values
}

/** Whether the keys are there already. */
export function areKeys(keys: readonly Value[] | Task<readonly Value[]>): keys is readonly Value[] {
  return Array.isArray(keys)
}
