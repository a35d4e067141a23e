/**
 * The number of rows of a table, from its counter.
 */

import type { Value } from '@dendrodb/protocol'
import type { EvalContext } from '../../compile/eval-context.ts'
import { GroupRow } from '../../compile/group-row.ts'
import type { CountNode } from '../../plan/plan-node.ts'
import { LoadedCursor, type Operator } from '../operator.ts'
import { type Task, wait } from '../task.ts'

export function createCount(node: CountNode): Operator {
  return {
    node,
    inputs: [],
    open: (ctx) => new LoadedCursor(() => countRow(node.table, ctx)),
  }
}

function* countRow(name: string, ctx: EvalContext): Task<readonly Value[]> {
  const table = ctx.view.catalog.table(name)
  const count = table === undefined ? 0 : yield* wait(ctx.view.countTable(table))
  return [GroupRow.of([count])]
}
