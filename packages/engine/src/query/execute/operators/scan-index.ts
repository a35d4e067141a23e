/**
 * Records found through an index.
 * Without an order asked for, rows come in the order of the table, as if it had been scanned. The entries of
 * one range that fixes all fields are in the order of the ids already, and are read as far as rows are
 * wanted; otherwise those of all ranges are collected, put in that order and freed of repeats before any
 * record is read. When that would be very many, or the values are nothing the index could know, the table is
 * scanned instead; the conditions above decide either way.
 */

import { compareBytes, type RecordId, type Value } from '@dendrodb/protocol'
import type { IndexDefinition } from '../../../catalog/definitions.ts'
import type { IndexEntry, IndexRange } from '../../../models/model.ts'
import type { CompiledExpression } from '../../compile/compiled.ts'
import type { Compiler } from '../../compile/compiler.ts'
import type { EvalContext } from '../../compile/eval-context.ts'
import { queryLimits } from '../../limits.ts'
import { isTruthy } from '../../operators/truthiness.ts'
import type { ScanIndexNode } from '../../plan/plan-node.ts'
import { type CompiledIndexLookup, compileIndexLookup, indexRanges } from '../index-ranges.ts'
import type { Batch, Cursor, Operator } from '../operator.ts'
import { type Task, wait } from '../task.ts'
import { orderedCursor } from './ordered-scan.ts'
import { ScanCursor } from './scan-table.ts'

/** Memory of one collected entry. */
const entryBytes = 160

export function createScanIndex(node: ScanIndexNode, compiler: Compiler): Operator {
  const lookups = node.lookups.map((lookup) => compileIndexLookup(lookup, compiler))
  const recheck = node.recheck && compiler.expression(node.recheck)
  return {
    node,
    inputs: [],
    open(ctx, outer) {
      const index = findIndex(node, ctx)
      if (node.order !== undefined)
        return orderedCursor(node, node.order, index, lookups, compiler, ctx, outer)
      return new IndexCursor({ node, index, lookups, recheck, ctx, outer })
    },
  }
}

/** The index as the view knows it; a view of the past, or a transaction that removed it, may not. */
function findIndex(node: ScanIndexNode, ctx: EvalContext): IndexDefinition | undefined {
  const table = ctx.view.catalog.table(node.table)
  return table?.indexes.find((index) => index.id === node.indexId && index.state === 'ready')
}

interface IndexCursorOptions {
  readonly node: ScanIndexNode
  readonly index: IndexDefinition | undefined
  readonly lookups: readonly CompiledIndexLookup[]
  readonly recheck: CompiledExpression | undefined
  readonly ctx: EvalContext
  readonly outer: Value
}

class IndexCursor implements Cursor {
  readonly #options: IndexCursorOptions
  #entries: readonly IndexEntry[] = []
  #at = 0
  #batchRows: number = queryLimits.firstBatchRows
  /** Where more entries come from. */
  #chunks: AsyncIterator<readonly IndexEntry[]> | undefined
  #collected = 0
  /** In place of the index. */
  #scan: Cursor | undefined
  #isOpen = false

  constructor(options: IndexCursorOptions) {
    this.#options = options
  }

  *next(): Task<Batch | undefined> {
    if (!this.#isOpen) yield* this.#open()
    if (this.#scan !== undefined) return yield* this.#nextScanned(this.#scan)
    for (;;) {
      yield* this.#options.ctx.run.pause()
      const entries = yield* this.#nextEntries()
      if (entries === undefined) return undefined
      const rows = yield* this.#rowsOf(entries)
      if (rows.length > 0) return rows
    }
  }

  *close(): Task<void> {
    this.#options.ctx.run.release(this.#collected * entryBytes)
    this.#collected = 0
    this.#entries = []
    if (this.#chunks?.return !== undefined) yield this.#chunks.return()
    if (this.#scan !== undefined) yield* this.#scan.close()
  }

  *#open(): Task<void> {
    const { index, node, ctx } = this.#options
    this.#isOpen = true
    const ranges = index && (yield* this.#ranges())
    if (index !== undefined && ranges !== undefined) {
      const [first] = ranges
      if (first !== undefined && isOrdered(index, ranges)) {
        this.#chunks = ctx.view.scanIndex(index, first)[Symbol.asyncIterator]()
        return
      }
      const entries = yield* collectEntries(index, ranges, ctx)
      if (entries !== undefined) {
        this.#entries = entries
        this.#collected = entries.length
        return
      }
    }
    this.#scan = new ScanCursor(node.table, ctx)
  }

  *#ranges(): Task<readonly IndexRange[] | undefined> {
    const { lookups, ctx, outer } = this.#options
    const ranges: IndexRange[] = []
    for (const lookup of lookups) {
      const found = yield* indexRanges(lookup, ctx, outer)
      if (found === undefined) return undefined
      ranges.push(...found)
    }
    return ranges
  }

  *#nextEntries(): Task<readonly IndexEntry[] | undefined> {
    while (this.#at === this.#entries.length) {
      if (this.#chunks === undefined) return undefined
      const step = (yield this.#chunks.next()) as IteratorResult<readonly IndexEntry[]>
      if (step.done === true) return undefined
      this.#entries = step.value
      this.#at = 0
    }
    const entries = this.#entries.slice(this.#at, this.#at + this.#batchRows)
    this.#at += entries.length
    this.#batchRows = Math.min(2 * this.#batchRows, queryLimits.batchRowsMax)
    return entries
  }

  *#nextScanned(scan: Cursor): Task<Batch | undefined> {
    const { node, recheck, ctx } = this.#options
    for (;;) {
      const batch = yield* scan.next()
      if (batch === undefined || node.countOnly !== true) return batch
      const kept: Value[] = []
      for (const row of batch) if (yield* holds(recheck, row, ctx)) kept.push(row)
      if (kept.length > 0) return kept
    }
  }

  *#rowsOf(entries: readonly IndexEntry[]): Task<Value[]> {
    const { node, recheck, ctx } = this.#options
    if (node.countOnly !== true) return yield* readRows(entries, ctx)
    const rows: Value[] = []
    for (const entry of entries) {
      if (!entry.isLong) {
        rows.push(countedRow)
        continue
      }
      for (const row of yield* readRows([entry], ctx)) if (yield* holds(recheck, row, ctx)) rows.push(row)
    }
    return rows
  }
}

/** Stands for a record that is only counted. */
const countedRow: Value = {}

function* holds(condition: CompiledExpression | undefined, row: Value, ctx: EvalContext): Task<boolean> {
  return condition === undefined || isTruthy(yield* wait(condition.evaluate(row, ctx)))
}

function* readRows(entries: readonly IndexEntry[], ctx: EvalContext): Task<Value[]> {
  const ids = new Array<RecordId>(entries.length)
  for (let i = 0; i < entries.length; i += 1) ids[i] = (entries[i] as IndexEntry).id
  const rows: Value[] = []
  for (const record of yield* wait(ctx.view.getRecords(ids)))
    if (record !== undefined) rows.push(record.value)
  return rows
}

/** In the order of the ids, each record once; `undefined` when there are too many. */
function* collectEntries(
  index: IndexDefinition,
  ranges: readonly IndexRange[],
  ctx: EvalContext,
): Task<readonly IndexEntry[] | undefined> {
  const entries: IndexEntry[] = []
  for (const range of ranges) {
    const iterator = ctx.view.scanIndex(index, range)[Symbol.asyncIterator]()
    try {
      for (;;) {
        yield* ctx.run.pause()
        const step = (yield iterator.next()) as IteratorResult<readonly IndexEntry[]>
        if (step.done === true) break
        if (entries.length + step.value.length > queryLimits.indexEntriesMax) return undefined
        for (const entry of step.value) entries.push(entry)
      }
    } finally {
      if (iterator.return !== undefined) yield iterator.return()
    }
  }
  const distinct = withoutRepeats(entries)
  ctx.run.retain(distinct.length * entryBytes)
  return distinct
}

/** One range with all fields fixed gives the ids in order already. */
function isOrdered(index: IndexDefinition, ranges: readonly IndexRange[]): boolean {
  const [only] = ranges
  const isSingle = ranges.length === 1 && only?.lower === undefined && only?.upper === undefined
  return isSingle && only?.equals.length === index.fields.length
}

function withoutRepeats(entries: IndexEntry[]): readonly IndexEntry[] {
  entries.sort((a, b) => compareBytes(a.idKey, b.idKey))
  return entries.filter(
    (entry, i) => i === 0 || compareBytes(entry.idKey, (entries[i - 1] as IndexEntry).idKey) !== 0,
  )
}
