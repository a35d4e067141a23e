/**
 * Rows for which a condition is truthy.
 */

import type { Value } from '@dendrodb/protocol'
import type { Compiler } from '../../compile/compiler.ts'
import { queryLimits } from '../../limits.ts'
import { isTruthy } from '../../operators/truthiness.ts'
import type { FilterNode } from '../../plan/plan-node.ts'
import { mapBatches, type Operator } from '../operator.ts'

export function createFilter(node: FilterNode, input: Operator, compiler: Compiler): Operator {
  const condition = compiler.expression(node.condition)
  return mapBatches(node, input, function* (batch, ctx) {
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
  })
}
