/**
 * The contract of operators: each pulls batches of rows from its inputs and hands batches on.
 * Invariants, relied upon without a check:
 * - A batch is never empty and has at most `batchRowsMax` rows; nobody changes it after it was handed out,
 *   nor the rows in it, which may be records of the cache.
 * - After `undefined`, or after an error, `next` is not called again. `close` is called once, early or late.
 * - An operator holds nothing of a run: all of that is in the cursor, so that plans can be shared.
 */

import type { Value } from '@dendrodb/protocol'
import type { EvalContext } from '../compile/eval-context.ts'
import type { PlanNode } from '../plan/plan-node.ts'
import type { Task } from './task.ts'

export type Batch = readonly Value[]

export interface Cursor {
  next(): Task<Batch | undefined>
  close(): Task<void>
}

export interface Operator {
  readonly node: PlanNode
  readonly inputs: readonly Operator[]
  /** `outer` is the row around the statement, for what is evaluated once: targets, bounds, limits. */
  open(ctx: EvalContext, outer: Value): Cursor
  /**
   * All rows at once, where they are few and nothing has to be waited for; `undefined`: open a cursor. Spares
   * point reads the cursors, which cost more than they do.
   */
  rowsNow?(ctx: EvalContext, outer: Value): Batch | undefined
}

/** A cursor on the operator; under EXPLAIN ANALYZE one that counts. */
export function openOperator(operator: Operator, ctx: EvalContext, outer: Value): Cursor {
  const cursor = operator.open(ctx, outer)
  const { profile } = ctx.run
  if (profile === undefined) return cursor
  const figures = profile.of(operator.node)
  return {
    *next() {
      const startedAt = performance.now()
      const batch = yield* cursor.next()
      figures.timeMs += performance.now() - startedAt
      if (batch !== undefined) {
        figures.rows += batch.length
        figures.batches += 1
      }
      return batch
    },
    close: () => cursor.close(),
  }
}

/** What most operators are: for each batch of the input one of their own, if anything is left of it. */
export function mapBatches(
  node: PlanNode,
  input: Operator,
  map: (batch: Batch, ctx: EvalContext) => Task<Batch>,
  mapNow?: (batch: Batch, ctx: EvalContext) => Batch | undefined,
): Operator {
  return {
    node,
    inputs: [input],
    ...(mapNow &&
      input.rowsNow && { rowsNow: (ctx, outer) => then(input.rowsNow?.(ctx, outer), ctx, mapNow) }),
    open(ctx, outer) {
      const cursor = openOperator(input, ctx, outer)
      return {
        *next() {
          for (;;) {
            const batch = yield* cursor.next()
            if (batch === undefined) return undefined
            const mapped = yield* map(batch, ctx)
            if (mapped.length > 0) return mapped
          }
        },
        close: () => cursor.close(),
      }
    },
  }
}

function then(
  batch: Batch | undefined,
  ctx: EvalContext,
  map: (batch: Batch, ctx: EvalContext) => Batch | undefined,
): Batch | undefined {
  return batch && map(batch, ctx)
}

/** Rows that are all there, in batches. */
export function* noClose(): Task<void> {}

/** A cursor over what a task gives in one go. */
export function cursorOver(batchRowsMax: number, load: () => Task<readonly Value[]>): Cursor {
  let rows: readonly Value[] | undefined
  let at = 0
  return {
    *next() {
      rows ??= yield* load()
      if (at >= rows.length) return undefined
      const isWhole = at === 0 && rows.length <= batchRowsMax
      const batch = isWhole ? rows : rows.slice(at, at + batchRowsMax)
      at += batch.length
      return batch
    },
    close: noClose,
  }
}
