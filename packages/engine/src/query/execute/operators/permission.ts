/**
 * Rows that a permission rule lets the session see or change.
 */

import type { Value } from '@dendrodb/protocol'
import type { RowGuard } from '../../compile/eval-context.ts'
import { queryLimits } from '../../limits.ts'
import type { PermissionNode } from '../../plan/plan-node.ts'
import { mapBatches, type Operator } from '../operator.ts'

export function createPermission(node: PermissionNode, input: Operator, guard: RowGuard): Operator {
  return mapBatches(node, input, function* (batch, ctx) {
    const kept: Value[] = []
    for (const [i, row] of batch.entries()) {
      if (i % queryLimits.rowsPerPause === 0) yield* ctx.run.pause()
      const passes = guard.passes(row, ctx)
      if (passes instanceof Promise ? yield passes : passes) kept.push(row)
    }
    return kept
  })
}
