/**
 * Rows for which a condition is truthy.
 */

import type { Value } from '@dendrodb/protocol'
import type { Compiler } from '../../compile/compiler.ts'
import type { EvalContext } from '../../compile/eval-context.ts'
import { queryLimits } from '../../limits.ts'
import { isTruthy } from '../../operators/truthiness.ts'
import type { FilterNode } from '../../plan/plan-node.ts'
import { type Batch, mapBatches, type Operator } from '../operator.ts'
import type { Task } from '../task.ts'

export function createFilter(node: FilterNode, input: Operator, compiler: Compiler): Operator {
  const condition = compiler.expression(node.condition)
  const now = condition.isPoint ? filterNow : undefined
  function filterNow(batch: Batch, ctx: EvalContext): Batch | undefined {
    const kept: Value[] = []
    for (const row of batch) {
      const found = condition.evaluate(row, ctx)
      if (found instanceof Promise) return undefined
      if (isTruthy(found)) kept.push(row)
    }
    return kept
  }
  function* filter(batch: Batch, ctx: EvalContext): Task<Batch> {
    const kept: Value[] = []
    for (let i = 0; i < batch.length; i += 1) {
      if (i % queryLimits.rowsPerPause === 0) yield* ctx.run.pause()
      const row = batch[i]
      const found = condition.evaluate(row, ctx)
      if (found instanceof Promise) {
        if (isTruthy((yield found) as Value)) kept.push(row)
      } else if (isTruthy(found)) {
        kept.push(row)
      }
    }
    return kept
  }
  return mapBatches(node, input, filter, now)
}
