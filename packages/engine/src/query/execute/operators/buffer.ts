/**
 * All rows of a source before the first is handed on.
 * Why: a statement that writes while it reads must not meet what it has written: `SELECT (CREATE t) FROM t`
 * would never end.
 */

import type { Value } from '@dendrodb/protocol'
import { queryLimits } from '../../limits.ts'
import { retainRows } from '../estimate-bytes.ts'
import { cursorOver, type Operator } from '../operator.ts'

export function createBuffer(input: Operator): Operator {
  return {
    node: input.node,
    inputs: input.inputs,
    open(ctx, outer) {
      const cursor = input.open(ctx, outer)
      const buffered = cursorOver(queryLimits.batchRowsMax, function* () {
        const rows: Value[] = []
        for (;;) {
          const batch = yield* cursor.next()
          if (batch === undefined) return rows
          retainRows(ctx.run, batch)
          for (const row of batch) rows.push(row)
        }
      })
      return { next: () => buffered.next(), close: () => cursor.close() }
    },
  }
}
