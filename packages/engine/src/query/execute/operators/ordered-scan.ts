/**
 * Records in the order of an index, read only as far as rows are wanted.
 * Rows are gathered while their keys tie, or may stand in the wrong order because their entries were cut; such a run is
 * put in order by the true keys and the ids, so that the result is that of a stable sort of the table's rows.
 */

import { compareBytes, type Value } from '@dendrodb/protocol'
import type { IndexDefinition } from '../../../catalog/definitions.ts'
import type { IndexEntry, IndexRange } from '../../../models/model.ts'
import type { CompiledExpression } from '../../compile/compiled.ts'
import type { Compiler } from '../../compile/compiler.ts'
import type { EvalContext } from '../../compile/eval-context.ts'
import { queryLimits } from '../../limits.ts'
import type { IndexOrder, ScanIndexNode } from '../../plan/plan-node.ts'
import { estimateRows } from '../estimate-bytes.ts'
import { type CompiledIndexLookup, indexRanges } from '../index-ranges.ts'
import type { Batch, Cursor } from '../operator.ts'
import { compareKeys, type KeyedRow, keyEvaluator, type SortSpec, sortSpec } from '../sort-keys.ts'
import { type Task, wait } from '../task.ts'
import { noBounds } from './get-records.ts'
import { scanCursor } from './scan-table.ts'
import { sortedCursor } from './sort.ts'

interface EntryRow extends KeyedRow {
  readonly idKey: Uint8Array
  readonly isCut: boolean
}

export function orderedCursor(
  node: ScanIndexNode,
  order: IndexOrder,
  index: IndexDefinition | undefined,
  lookups: readonly CompiledIndexLookup[],
  compiler: Compiler,
  ctx: EvalContext,
  outer: Value,
): Cursor {
  const spec = sortSpec(order.keys.map((key) => ({ key, fromOutput: false })), compiler)
  const scanAndSort = () => sortedCursor(scanCursor(node.table, false, noBounds, ctx), spec, undefined, ctx)
  const [lookup] = lookups
  if (index === undefined || lookup === undefined) return scanAndSort()
  let inner: Cursor | undefined
  return {
    *next() {
      if (inner === undefined) {
        const ranges = yield* indexRanges(lookup, ctx, outer)
        const [range] = ranges ?? []
        const isSingle = range !== undefined && ranges?.length === 1
        inner = isSingle ? new OrderedCursor(index, range, order, spec, ctx) : scanAndSort()
      }
      return yield* inner.next()
    },
    *close() {
      if (inner !== undefined) yield* inner.close()
    },
  }
}

class OrderedCursor implements Cursor {
  readonly #order: IndexOrder
  readonly #spec: SortSpec
  readonly #keysOf: (row: Value) => CompiledExpression['evaluate'] extends never ? never : Task<readonly Value[]>
  readonly #ctx: EvalContext
  readonly #iterator: AsyncIterator<readonly IndexEntry[]>
  #run: EntryRow[] = []
  #pending: readonly EntryRow[] = []
  #retained = 0
  #isDone = false
  /** Few rows at first: a LIMIT is likely to be reached soon. */
  #chunkRows = 32

  constructor(index: IndexDefinition, range: IndexRange, order: IndexOrder, spec: SortSpec, ctx: EvalContext) {
    this.#order = order
    this.#spec = spec
    this.#keysOf = keyEvaluator(spec, ctx)
    this.#ctx = ctx
    this.#iterator = ctx.view.scanIndex(index, range, { reverse: order.reverse })[Symbol.asyncIterator]()
  }

  *next(): Task<Batch | undefined> {
    for (;;) {
      const ready: EntryRow[] = []
      while (ready.length < this.#chunkRows) {
        const row = yield* this.#nextRow()
        if (row === undefined) {
          ready.push(...this.#endRun())
          break
        }
        if (!this.#belongsToRun(row)) ready.push(...this.#endRun())
        this.#addToRun(row)
      }
      this.#chunkRows = Math.min(this.#chunkRows * 2, queryLimits.batchRowsMax)
      if (ready.length > 0) return ready.map((each) => each.row)
      if (this.#isDone) return undefined
    }
  }

  *close(): Task<void> {
    this.#ctx.run.release(this.#retained)
    if (this.#iterator.return !== undefined) yield this.#iterator.return()
  }

  #belongsToRun(row: EntryRow): boolean {
    const last = this.#run[this.#run.length - 1]
    if (last === undefined) return true
    if (last.isCut && row.isCut) return true
    // Where ties come in the order of the ids already there is nothing to gather.
    return !this.#order.isTotal && compareKeys(this.#spec, last.keys, row.keys) === 0
  }

  #addToRun(row: EntryRow): void {
    const bytes = estimateRows([row.row])
    this.#ctx.run.retain(bytes)
    this.#retained += bytes
    this.#run.push(row)
  }

  #endRun(): readonly EntryRow[] {
    const run = this.#run
    this.#run = []
    this.#ctx.run.release(this.#retained)
    this.#retained = 0
    if (run.length < 2) return run
    return run.sort((a, b) => compareKeys(this.#spec, a.keys, b.keys) || compareBytes(a.idKey, b.idKey))
  }

  *#nextRow(): Task<EntryRow | undefined> {
    while (this.#pending.length === 0) {
      if (this.#isDone) return undefined
      yield* this.#ctx.run.pause()
      const step = (yield this.#iterator.next()) as IteratorResult<readonly IndexEntry[]>
      if (step.done === true) {
        this.#isDone = true
        return undefined
      }
      this.#pending = yield* this.#read(step.value)
    }
    const [row, ...rest] = this.#pending
    this.#pending = rest
    return row
  }

  *#read(entries: readonly IndexEntry[]): Task<readonly EntryRow[]> {
    const records = yield* wait(this.#ctx.view.getRecords(entries.map((entry) => entry.id)))
    const rows: EntryRow[] = []
    for (const [i, record] of records.entries()) {
      const entry = entries[i] as IndexEntry
      if (record === undefined) continue
      const keys = yield* this.#keysOf(record.value)
      rows.push({ row: record.value, keys, idKey: entry.idKey, isCut: entry.isCut })
    }
    return rows
  }
}
