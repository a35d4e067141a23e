/**
 * The number of rows of a table, from its counter.
 */

import { GroupRow } from '../../compile/group-row.ts'
import type { CountNode } from '../../plan/plan-node.ts'
import { cursorOver, type Operator } from '../operator.ts'
import { wait } from '../task.ts'

export function createCount(node: CountNode): Operator {
  return {
    node,
    inputs: [],
    open(ctx) {
      return cursorOver(1, function* () {
        const table = ctx.view.catalog.table(node.table)
        const count = table === undefined ? 0 : yield* wait(ctx.view.countTable(table))
        return [GroupRow.of([count])]
      })
    },
  }
}
