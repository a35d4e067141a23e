/**
 * The contract of operators: each pulls batches of rows from its inputs and hands batches on.
 * Invariants, relied upon without a check:
 * - A batch is never empty and has at most `batchRowsMax` rows; nobody changes it after it was handed out,
 *   nor the rows in it, which may be records of the cache.
 * - After `undefined`, or after an error, `next` is not called again. `close` is called once, early or late.
 * - An operator holds nothing of a run: all of that is in the cursor, so that plans can be shared.
 * - A cursor is an instance of a class, and no generator function is made while a statement runs: V8 gives
 *   each one that is called a hidden class, which takes 1 µs and keeps alive what the function refers to
 *   until the next full garbage collection.
 */

import type { Value } from '@dendrodb/protocol'
import type { EvalContext } from '../compile/eval-context.ts'
import { queryLimits } from '../limits.ts'
import type { PlanNode } from '../plan/plan-node.ts'
import type { OperatorFigures } from './profile.ts'
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
  return profile === undefined ? cursor : new ProfiledCursor(cursor, profile.of(operator.node))
}

class ProfiledCursor implements Cursor {
  readonly #input: Cursor
  readonly #figures: OperatorFigures

  constructor(input: Cursor, figures: OperatorFigures) {
    this.#input = input
    this.#figures = figures
  }

  *next(): Task<Batch | undefined> {
    const startedAt = performance.now()
    const batch = yield* this.#input.next()
    this.#figures.timeMs += performance.now() - startedAt
    if (batch !== undefined) {
      this.#figures.rows += batch.length
      this.#figures.batches += 1
    }
    return batch
  }

  close(): Task<void> {
    return this.#input.close()
  }
}

type BatchMap = (batch: Batch, ctx: EvalContext) => Task<Batch>

/** What most operators are: for each batch of the input one of their own, if anything is left of it. */
export function mapBatches(
  node: PlanNode,
  input: Operator,
  map: BatchMap,
  mapNow?: (batch: Batch, ctx: EvalContext) => Batch | undefined,
): Operator {
  return {
    node,
    inputs: [input],
    ...(mapNow &&
      input.rowsNow && { rowsNow: (ctx, outer) => then(input.rowsNow?.(ctx, outer), ctx, mapNow) }),
    open: (ctx, outer) => new MappedCursor(openOperator(input, ctx, outer), map, ctx),
  }
}

class MappedCursor implements Cursor {
  readonly #input: Cursor
  readonly #map: BatchMap
  readonly #ctx: EvalContext

  constructor(input: Cursor, map: BatchMap, ctx: EvalContext) {
    this.#input = input
    this.#map = map
    this.#ctx = ctx
  }

  *next(): Task<Batch | undefined> {
    for (;;) {
      const batch = yield* this.#input.next()
      if (batch === undefined) return undefined
      const mapped = yield* this.#map(batch, this.#ctx)
      if (mapped.length > 0) return mapped
    }
  }

  close(): Task<void> {
    return this.#input.close()
  }
}

function then(
  batch: Batch | undefined,
  ctx: EvalContext,
  map: (batch: Batch, ctx: EvalContext) => Batch | undefined,
): Batch | undefined {
  return batch && map(batch, ctx)
}

export function* noClose(): Task<void> {}

/** Over what a task gives in one go; it closes the input that the task reads. */
export class LoadedCursor implements Cursor {
  readonly #load: () => Task<readonly Value[]>
  readonly #input: Cursor | undefined
  #rows: readonly Value[] | undefined
  #at = 0

  /** @param load makes the task with a generator function that is there already */
  constructor(load: () => Task<readonly Value[]>, input?: Cursor) {
    this.#load = load
    this.#input = input
  }

  *next(): Task<Batch | undefined> {
    this.#rows ??= yield* this.#load()
    const rows = this.#rows
    const at = this.#at
    if (at >= rows.length) return undefined
    const isWhole = at === 0 && rows.length <= queryLimits.batchRowsMax
    const batch = isWhole ? rows : rows.slice(at, at + queryLimits.batchRowsMax)
    this.#at += batch.length
    return batch
  }

  close(): Task<void> {
    return this.#input === undefined ? noClose() : this.#input.close()
  }
}

/** A cursor that is chosen when the first rows are asked for. */
export class DeferredCursor implements Cursor {
  readonly #open: () => Task<Cursor>
  #chosen: Cursor | undefined

  /** @param open as `load` of a `LoadedCursor` */
  constructor(open: () => Task<Cursor>) {
    this.#open = open
  }

  *next(): Task<Batch | undefined> {
    this.#chosen ??= yield* this.#open()
    return yield* this.#chosen.next()
  }

  close(): Task<void> {
    return this.#chosen === undefined ? noClose() : this.#chosen.close()
  }
}
