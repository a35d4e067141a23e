/**
 * Rows as the projection shapes them.
 */

import type { Value } from '@dendrodb/protocol'
import { compileProjection } from '../../compile/compile-projection.ts'
import type { Compiler } from '../../compile/compiler.ts'
import type { ProjectNode } from '../../plan/plan-node.ts'
import { mapBatches, type Operator } from '../operator.ts'

export function createProject(node: ProjectNode, input: Operator, compiler: Compiler): Operator {
  const projection = compileProjection(node.projection, compiler)
  return mapBatches(node, input, function* (batch, ctx) {
    const rows = new Array<Value>(batch.length)
    for (let i = 0; i < batch.length; i += 1) {
      const row = projection.evaluate(batch[i], ctx)
      if (row instanceof Promise) {
        rows[i] = (yield row) as Value
        yield* ctx.run.pause()
      } else {
        rows[i] = row
      }
    }
    return rows
  })
}
