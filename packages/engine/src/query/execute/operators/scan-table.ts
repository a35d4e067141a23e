/**
 * All records of a table, or those with ids in a range, in the order of their ids.
 */

import { Range, type RecordId, type Value } from '@dendrodb/protocol'
import type { TableDefinition } from '../../../catalog/definitions.ts'
import type { ScanTableOptions, StoredRecord } from '../../../models/model.ts'
import type { CompiledExpression } from '../../compile/compiled.ts'
import type { Compiler } from '../../compile/compiler.ts'
import type { EvalContext } from '../../compile/eval-context.ts'
import { queryLimits } from '../../limits.ts'
import type { BoundExpression, ScanTableNode } from '../../plan/plan-node.ts'
import { evaluateOnce, isIdOf } from '../lookup-values.ts'
import type { Batch, Cursor, Operator } from '../operator.ts'
import { type Task, wait } from '../task.ts'

type Bounds = Pick<ScanTableOptions, 'lower' | 'upper'>

export function createScanTable(node: ScanTableNode, compiler: Compiler): Operator {
  const range = node.range && compiler.expression(node.range)
  const lower = node.bounds?.lower && compiler.expression(node.bounds.lower.expression)
  const upper = node.bounds?.upper && compiler.expression(node.bounds.upper.expression)
  function* boundsOf(ctx: EvalContext, outer: Value): Task<Bounds> {
    const ids = node.between ?? (range && (yield* wait(range.evaluate(outer, ctx))))
    return {
      ...rangeBounds(ids),
      ...(yield* boundOf('lower', lower, node.bounds?.lower, node.table, ctx, outer)),
      ...(yield* boundOf('upper', upper, node.bounds?.upper, node.table, ctx, outer)),
    }
  }
  return {
    node,
    inputs: [],
    open: (ctx, outer) => new ScanCursor(node.table, ctx, node.reverse, () => boundsOf(ctx, outer)),
  }
}

/** Rows of a table that is there; within bounds that are computed first, or all. */
export class ScanCursor implements Cursor {
  readonly #table: TableDefinition | undefined
  readonly #ctx: EvalContext
  readonly #reverse: boolean
  readonly #boundsOf: (() => Task<Bounds>) | undefined
  #iterator: AsyncIterator<readonly StoredRecord[]> | undefined
  #isDone = false
  /** What the store has given, and how much of it has been handed on. */
  #records: readonly StoredRecord[] = []
  #at = 0
  #batchRows: number = queryLimits.firstBatchRows

  constructor(tableName: string, ctx: EvalContext, reverse = false, boundsOf?: () => Task<Bounds>) {
    this.#table = ctx.view.catalog.table(tableName)
    this.#ctx = ctx
    this.#reverse = reverse
    this.#boundsOf = boundsOf
  }

  *next(): Task<Batch | undefined> {
    if (this.#table === undefined) return undefined
    yield* this.#ctx.run.pause()
    if (this.#at === this.#records.length) {
      this.#iterator ??= yield* this.#open(this.#table)
      const step = (yield this.#iterator.next()) as IteratorResult<readonly StoredRecord[]>
      if (step.done === true) {
        this.#isDone = true
        return undefined
      }
      this.#records = step.value
      this.#at = 0
    }
    const rows = valuesOf(this.#records, this.#at, this.#batchRows)
    this.#at += rows.length
    this.#batchRows = Math.min(2 * this.#batchRows, queryLimits.batchRowsMax)
    return rows
  }

  *close(): Task<void> {
    if (this.#iterator?.return !== undefined && !this.#isDone) yield this.#iterator.return()
  }

  *#open(table: TableDefinition): Task<AsyncIterator<readonly StoredRecord[]>> {
    const bounds = this.#boundsOf && (yield* this.#boundsOf())
    return this.#ctx.view.scanTable(table, { ...bounds, reverse: this.#reverse })[Symbol.asyncIterator]()
  }
}

function valuesOf(records: readonly StoredRecord[], from: number, countMax: number): Value[] {
  const rows = new Array<Value>(Math.min(countMax, records.length - from))
  for (let i = 0; i < rows.length; i += 1) rows[i] = (records[from + i] as StoredRecord).value
  return rows
}

function rangeBounds(range: Value): Bounds {
  if (!(range instanceof Range)) return {}
  const { begin, end } = range
  return {
    ...(begin !== undefined && { lower: { key: (begin.value as RecordId).key, inclusive: begin.inclusive } }),
    ...(end !== undefined && { upper: { key: (end.value as RecordId).key, inclusive: end.inclusive } }),
  }
}

/** A bound that is no id of the table cuts nothing off here; the condition decides row by row. */
function* boundOf(
  side: 'lower' | 'upper',
  compiled: CompiledExpression | undefined,
  bound: BoundExpression | undefined,
  table: string,
  ctx: EvalContext,
  outer: Value,
): Task<Bounds> {
  if (compiled === undefined || bound === undefined) return {}
  const outcome = yield* evaluateOnce(compiled, bound, ctx, outer)
  const id = outcome?.value
  return isIdOf(id, table) ? { [side]: { key: id.key, inclusive: bound.inclusive } } : {}
}
