/**
 * Rows that a permission rule lets the session see or change.
 */

import type { Value } from '@dendrodb/protocol'
import type { EvalContext, RowGuard } from '../../compile/eval-context.ts'
import { queryLimits } from '../../limits.ts'
import type { PermissionNode } from '../../plan/plan-node.ts'
import { type Batch, mapBatches, type Operator } from '../operator.ts'
import type { Task } from '../task.ts'

export function createPermission(node: PermissionNode, input: Operator, guard: RowGuard): Operator {
  return mapBatches(node, input, filter, filterNow)
  function filterNow(batch: Batch, ctx: EvalContext): Batch | undefined {
    const kept: Value[] = []
    for (const row of batch) {
      const passes = guard.passes(row, ctx)
      if (passes instanceof Promise) return undefined
      if (passes) kept.push(row)
    }
    return kept
  }
  function* filter(batch: Batch, ctx: EvalContext): Task<Batch> {
    const kept: Value[] = []
    for (const [i, row] of batch.entries()) {
      if (i % queryLimits.rowsPerPause === 0) yield* ctx.run.pause()
      const passes = guard.passes(row, ctx)
      if (passes instanceof Promise ? yield passes : passes) kept.push(row)
    }
    return kept
  }
}
