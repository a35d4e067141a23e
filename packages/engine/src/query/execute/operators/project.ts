/**
 * Rows as the projection shapes them.
 */

import type { Value } from '@dendrodb/protocol'
import { compileProjection } from '../../compile/compile-projection.ts'
import type { Compiler } from '../../compile/compiler.ts'
import type { EvalContext } from '../../compile/eval-context.ts'
import { queryLimits } from '../../limits.ts'
import type { ProjectNode } from '../../plan/plan-node.ts'
import { type Batch, mapBatches, type Operator } from '../operator.ts'
import type { Task } from '../task.ts'

export function createProject(node: ProjectNode, input: Operator, compiler: Compiler): Operator {
  const projection = compileProjection(node.projection, compiler)
  const now = projection.isPoint ? projectNow : undefined
  function projectNow(batch: Batch, ctx: EvalContext): Batch | undefined {
    const rows: Value[] = []
    for (const each of batch) {
      const row = projection.evaluate(each, ctx)
      if (row instanceof Promise) return undefined
      rows.push(row)
    }
    return rows
  }
  function* project(batch: Batch, ctx: EvalContext): Task<Batch> {
    const rows = new Array<Value>(batch.length)
    for (let i = 0; i < batch.length; i += 1) {
      if (i % queryLimits.rowsPerPause === 0) yield* ctx.run.pause()
      const row = projection.evaluate(batch[i], ctx)
      rows[i] = row instanceof Promise ? ((yield row) as Value) : row
    }
    return rows
  }
  return mapBatches(node, input, project, now)
}
