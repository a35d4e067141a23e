/**
 * Records by id: named as targets, or by a condition on the id.
 */

import { compareExact, RecordId, type Value } from '@dendrodb/protocol'
import type { StoredRecord } from '../../../models/model.ts'
import type { Compiler } from '../../compile/compiler.ts'
import type { EvalContext } from '../../compile/eval-context.ts'
import { queryLimits } from '../../limits.ts'
import type { GetRecordsNode } from '../../plan/plan-node.ts'
import { type CompiledLookup, compileLookup, isIdOf, lookupValues } from '../lookup-values.ts'
import { type Batch, type Cursor, DeferredCursor, LoadedCursor, noClose, type Operator } from '../operator.ts'
import { type Task, wait } from '../task.ts'
import { ScanCursor } from './scan-table.ts'

export function createGetRecords(node: GetRecordsNode, compiler: Compiler): Operator {
  const lookups = node.ids.map((value) => compileLookup(value, compiler))
  const isDirect = node.isLookup !== true && lookups.every(({ expression }) => expression.isPoint)
  return {
    node,
    inputs: [],
    ...(isDirect && { rowsNow: (ctx, outer) => pointRows(lookups, ctx, outer) }),
    open: (ctx, outer) =>
      node.isLookup === true
        ? new DeferredCursor(() => openLookup(node.table, lookups, ctx, outer))
        : new LoadedCursor(() => targetRows(lookups, ctx, outer)),
  }
}

/** The records named, where the store gives them at once. */
function pointRows(lookups: readonly CompiledLookup[], ctx: EvalContext, outer: Value): Batch | undefined {
  if (ctx.view.reads !== 'sync') return undefined
  const rows: Value[] = []
  for (const { expression } of lookups) {
    const id = expression.evaluate(outer, ctx)
    const record = id instanceof RecordId ? (ctx.view.getRecord(id) as StoredRecord | undefined) : undefined
    if (record !== undefined) rows.push(record.value)
  }
  return rows
}

/** The target as it stands: one batch, in the order of the ids given. */
function* targetRows(
  lookups: readonly CompiledLookup[],
  ctx: EvalContext,
  outer: Value,
): Task<readonly Value[]> {
  ctx.run.check()
  const rows: Value[] = []
  for (const { expression } of lookups) {
    const id = yield* wait(expression.evaluate(outer, ctx))
    const record = id instanceof RecordId ? yield* wait(ctx.view.getRecord(id)) : undefined
    if (record !== undefined) rows.push(record.value)
  }
  return rows
}

/**
 * What a condition asks for: ids of the table, in its order, each once. All rows when it asks for something
 * else.
 */
function* openLookup(
  table: string,
  lookups: readonly CompiledLookup[],
  ctx: EvalContext,
  outer: Value,
): Task<Cursor> {
  const ids = yield* idsOf(table, lookups, ctx, outer)
  return ids === undefined ? new ScanCursor(table, ctx) : new IdsCursor(ids, ctx)
}

class IdsCursor implements Cursor {
  readonly #ids: readonly RecordId[]
  readonly #ctx: EvalContext
  #at = 0

  constructor(ids: readonly RecordId[], ctx: EvalContext) {
    this.#ids = ids
    this.#ctx = ctx
  }

  *next(): Task<Batch | undefined> {
    while (this.#at < this.#ids.length) {
      yield* this.#ctx.run.pause()
      const chunk = this.#ids.slice(this.#at, this.#at + queryLimits.batchRowsMax)
      this.#at += chunk.length
      const rows = rowsOf(yield* wait(this.#ctx.view.getRecords(chunk)))
      if (rows.length > 0) return rows
    }
    return undefined
  }

  close(): Task<void> {
    return noClose()
  }
}

function* idsOf(
  table: string,
  lookups: readonly CompiledLookup[],
  ctx: EvalContext,
  outer: Value,
): Task<readonly RecordId[] | undefined> {
  const ids: RecordId[] = []
  for (const lookup of lookups) {
    const values = yield* lookupValues(lookup, ctx, outer)
    if (values === undefined) return undefined
    for (const value of values) if (isIdOf(value, table)) ids.push(value)
  }
  ids.sort((a, b) => compareExact(a.key, b.key))
  return ids.filter((id, i) => i === 0 || !id.equals(ids[i - 1] as RecordId))
}

function rowsOf(records: readonly (StoredRecord | undefined)[]): Value[] {
  const rows: Value[] = []
  for (const record of records) if (record !== undefined) rows.push(record.value)
  return rows
}
