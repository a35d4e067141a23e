/**
 * Records in the order of an index, read only as far as rows are wanted.
 * Rows are gathered while their keys tie, or may stand in the wrong order because their entries are long;
 * such a run is put in order by the true keys and the ids, so that the result is that of a stable sort of the
 * table's rows.
 */

import { compareBytes, type Value } from '@dendrodb/protocol'
import type { IndexDefinition } from '../../../catalog/definitions.ts'
import type { IndexEntry, IndexRange } from '../../../models/model.ts'
import type { Compiler } from '../../compile/compiler.ts'
import type { EvalContext } from '../../compile/eval-context.ts'
import { queryLimits } from '../../limits.ts'
import type { IndexOrder, ScanIndexNode } from '../../plan/plan-node.ts'
import { estimateRows } from '../estimate-bytes.ts'
import { type CompiledIndexLookup, indexRanges } from '../index-ranges.ts'
import { type Batch, type Cursor, DeferredCursor } from '../operator.ts'
import { areKeys, compareKeys, evaluateKeys, type KeyedRow, type SortSpec, sortSpec } from '../sort-keys.ts'
import { type Task, wait } from '../task.ts'
import { ScanCursor } from './scan-table.ts'
import { sortedCursor } from './sort.ts'

interface EntryRow extends KeyedRow {
  readonly idKey: Uint8Array
  readonly isLong: boolean
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
  const spec = sortSpec(
    order.keys.map((key) => ({ key, fromOutput: false })),
    compiler,
  )
  const [lookup] = lookups
  if (index === undefined || lookup === undefined) return scanAndSort(node, spec, ctx)
  return new DeferredCursor(() => openOrdered({ node, order, index, lookup, spec }, ctx, outer))
}

interface OrderedScan {
  readonly node: ScanIndexNode
  readonly order: IndexOrder
  readonly index: IndexDefinition
  readonly lookup: CompiledIndexLookup
  readonly spec: SortSpec
}

function* openOrdered(scan: OrderedScan, ctx: EvalContext, outer: Value): Task<Cursor> {
  const { node, order, index, lookup, spec } = scan
  const ranges = yield* indexRanges(lookup, ctx, outer)
  const [range] = ranges ?? []
  const isSingle = range !== undefined && ranges?.length === 1
  return isSingle ? new OrderedCursor(index, range, order, spec, ctx) : scanAndSort(node, spec, ctx)
}

function scanAndSort(node: ScanIndexNode, spec: SortSpec, ctx: EvalContext): Cursor {
  return sortedCursor(new ScanCursor(node.table, ctx), spec, undefined, ctx)
}

class OrderedCursor implements Cursor {
  readonly #order: IndexOrder
  readonly #spec: SortSpec
  readonly #ctx: EvalContext
  readonly #iterator: AsyncIterator<readonly IndexEntry[]>
  /** Rows whose order among one another is still open. */
  #run: EntryRow[] = []
  #entries: readonly IndexEntry[] = []
  #entriesRead = 0
  #rows: readonly EntryRow[] = []
  #rowsTaken = 0
  #retained = 0
  #isDone = false
  /** Few rows at first: a LIMIT is likely to be reached soon. */
  #chunkRows = 32

  constructor(
    index: IndexDefinition,
    range: IndexRange,
    order: IndexOrder,
    spec: SortSpec,
    ctx: EvalContext,
  ) {
    this.#order = order
    this.#spec = spec
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
    if (last.isLong && row.isLong) return true
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
    while (this.#rowsTaken === this.#rows.length) {
      if (!(yield* this.#readRows())) return undefined
    }
    const row = this.#rows[this.#rowsTaken]
    this.#rowsTaken += 1
    return row
  }

  /** `false` when there are no more entries. */
  *#readRows(): Task<boolean> {
    yield* this.#ctx.run.pause()
    if (this.#entriesRead === this.#entries.length) {
      if (this.#isDone) return false
      const step = (yield this.#iterator.next()) as IteratorResult<readonly IndexEntry[]>
      this.#isDone = step.done === true
      if (step.done === true) return false
      this.#entries = step.value
      this.#entriesRead = 0
    }
    const entries = this.#entries.slice(this.#entriesRead, this.#entriesRead + this.#chunkRows)
    this.#entriesRead += entries.length
    this.#rows = yield* this.#withKeys(entries)
    this.#rowsTaken = 0
    return true
  }

  *#withKeys(entries: readonly IndexEntry[]): Task<readonly EntryRow[]> {
    const records = yield* wait(this.#ctx.view.getRecords(entries.map((entry) => entry.id)))
    const rows: EntryRow[] = []
    for (const [i, record] of records.entries()) {
      if (record === undefined) continue
      const { idKey, isLong } = entries[i] as IndexEntry
      const found = evaluateKeys(this.#spec, record.value, undefined, this.#ctx)
      rows.push({ row: record.value, keys: areKeys(found) ? found : yield* found, idKey, isLong })
    }
    return rows
  }
}
