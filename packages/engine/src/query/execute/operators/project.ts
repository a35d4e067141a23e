/**
 * Rows as the projection shapes them.
 */

import type { Value } from '@dendrodb/protocol'
import { compileProjection } from '../../compile/compile-projection.ts'
import type { Compiler } from '../../compile/compiler.ts'
import { queryLimits } from '../../limits.ts'
import type { ProjectNode } from '../../plan/plan-node.ts'
import { mapBatches, type Operator } from '../operator.ts'

export function createProject(node: ProjectNode, input: Operator, compiler: Compiler): Operator {
  const projection = compileProjection(node.projection, compiler)
  return mapBatches(node, input, function* (batch, ctx) {
    const rows = new Array<Value>(batch.length)
    for (let i = 0; i < batch.length; i += 1) {
      if (i % queryLimits.rowsPerPause === 0) yield* ctx.run.pause()
      const row = projection.evaluate(batch[i], ctx)
      rows[i] = row instanceof Promise ? ((yield row) as Value) : row
    }
    return rows
  })
}
