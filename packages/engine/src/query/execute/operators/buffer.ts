/**
 * All rows of a source before the first is handed on.
 * Why: a statement that writes while it reads must not meet what it has written: `SELECT (CREATE t) FROM t`
 * would never end.
 */

import type { Value } from '@dendrodb/protocol'
import type { EvalContext } from '../../compile/eval-context.ts'
import { retainRows } from '../estimate-bytes.ts'
import { type Cursor, LoadedCursor, type Operator } from '../operator.ts'
import type { Task } from '../task.ts'

export function createBuffer(input: Operator): Operator {
  return {
    node: input.node,
    inputs: input.inputs,
    open(ctx, outer) {
      const cursor = input.open(ctx, outer)
      return new LoadedCursor(() => allRows(cursor, ctx), cursor)
    },
  }
}

function* allRows(cursor: Cursor, ctx: EvalContext): Task<readonly Value[]> {
  const rows: Value[] = []
  for (;;) {
    const batch = yield* cursor.next()
    if (batch === undefined) return rows
    retainRows(ctx.run, batch)
    for (const row of batch) rows.push(row)
  }
}
