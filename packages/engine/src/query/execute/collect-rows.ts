/**
 * The rows of a plan as the result of its statement.
 */

import type { Value } from '@dendrodb/protocol'
import type { EvalContext } from '../compile/eval-context.ts'
import { queryErrors } from '../query-errors.ts'
import { estimateBytes, retainRows } from './estimate-bytes.ts'
import type { Batch, Cursor } from './operator.ts'
import type { Task } from './task.ts'

/**
 * All rows. Those of the statement itself count against its memory; those of a subquery only until it ends,
 * since what becomes of them is counted where they are kept.
 */
export function* collectRows(cursor: Cursor, ctx: EvalContext): Task<Value[]> {
  const before = ctx.run.retainedBytes
  const rows: Value[] = []
  try {
    for (;;) {
      const batch = yield* cursor.next()
      if (batch === undefined) break
      if (ctx.depth === 0) ctx.run.retainResult(rows, estimateBytes(batch as Value, ctx.run.room))
      else retainRows(ctx.run, batch)
      for (const row of batch) rows.push(row)
      checkRows(rows.length, ctx)
    }
  } finally {
    yield* cursor.close()
    if (ctx.depth > 0) ctx.run.release(Math.max(0, ctx.run.retainedBytes - before))
  }
  return rows
}

/** Rows that are all there. */
export function kept(rows: Batch, ctx: EvalContext): Value {
  checkRows(rows.length, ctx)
  const value = rows as Value
  if (ctx.depth === 0) ctx.run.retainResult(value, estimateBytes(value, ctx.run.room))
  return value
}

/** @throws QUERY_ONLY_ONE */
export function onlyOf(rows: Batch): Value {
  if (rows.length > 1) throw queryErrors.ONLY_ONE({ count: 'several' })
  return rows[0]
}

/** The single row that ONLY expects, NONE where there is none. @throws QUERY_ONLY_ONE */
export function* collectOnly(cursor: Cursor): Task<Value> {
  const rows: Value[] = []
  try {
    while (rows.length < 2) {
      const batch = yield* cursor.next()
      if (batch === undefined) break
      rows.push(...batch.slice(0, 2))
    }
  } finally {
    yield* cursor.close()
  }
  return onlyOf(rows)
}

/** @throws QUERY_ROWS_EXCEEDED */
export function checkRows(count: number, ctx: EvalContext): void {
  const { resultRows } = ctx.run.bounds
  if (ctx.depth === 0 && count > resultRows) throw queryErrors.ROWS_EXCEEDED({ rows: resultRows })
}
