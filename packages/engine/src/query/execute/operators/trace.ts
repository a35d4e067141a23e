/**
 * TRACE: in place of the rows, the commits that led to them, or that they led to; or the records that those
 * commits wrote. A commit of which the session may see no record is not there, nor what it says.
 */

import { RecordId, typeOf, type Value } from '@dendrodb/protocol'
import type { Compiler } from '../../compile/compiler.ts'
import type { EvalContext } from '../../compile/eval-context.ts'
import { isPlainObject, ownField } from '../../compile/read-field.ts'
import { queryLimits } from '../../limits.ts'
import type { TraceNode } from '../../plan/plan-node.ts'
import { commitValue } from '../../provenance/commit-value.ts'
import { withMetadata } from '../../provenance/record-metadata.ts'
import { type TracedCommit, traceCommits } from '../../provenance/trace-commits.ts'
import { visibleChanges } from '../../provenance/visible-changes.ts'
import { queryErrors } from '../../query-errors.ts'
import { estimateBytes, estimateRows } from '../estimate-bytes.ts'
import { countOf } from '../limit-count.ts'
import { type Batch, type Cursor, LoadedCursor, type Operator, openOperator } from '../operator.ts'
import { type Task, wait } from '../task.ts'

export function createTrace(node: TraceNode, input: Operator, compiler: Compiler): Operator {
  const depth = node.depth && compiler.expression(node.depth)
  return {
    node,
    inputs: [input],
    open: (ctx, outer) => new LoadedCursor(() => tracedRows(ctx, outer)),
  }
  function* tracedRows(ctx: EvalContext, outer: Value): Task<Batch> {
    const steps = depth && (yield* countOf(depth, 'DEPTH', ctx, outer))
    const start = yield* seqsOf(openOperator(input, ctx, outer), ctx)
    const traced = yield* traceCommits(start, node.direction, steps, ctx)
    return yield* node.rows === 'commits' ? commitRows(traced, ctx) : recordRows(traced, ctx)
  }
}

/** Commits of the versions that the rows are, where the session may see them. @throws QUERY_TYPE_EXPECTED */
function* seqsOf(cursor: Cursor, ctx: EvalContext): Task<readonly number[]> {
  const seqs = new Set<number>()
  try {
    for (let batch = yield* cursor.next(); batch !== undefined; batch = yield* cursor.next()) {
      yield* ctx.run.pause()
      // An id may stand in any object that a query makes.
      const ids = idsOf(batch)
      const visible = yield* wait(ctx.readRecords(ids))
      for (const [at, record] of (yield* wait(ctx.view.getRecords(ids))).entries()) {
        if (record !== undefined && visible[at] !== undefined && record.seq > 0) seqs.add(record.seq)
      }
    }
  } finally {
    yield* cursor.close()
  }
  return [...seqs]
}

function idsOf(batch: Batch): RecordId[] {
  return batch.map((row) => {
    const id = isPlainObject(row) ? ownField(row, 'id') : undefined
    if (id instanceof RecordId) return id
    throw queryErrors.TYPE_EXPECTED({ clause: 'TRACE', expected: 'records', found: typeOf(row) })
  })
}

function* commitRows(traced: readonly TracedCommit[], ctx: EvalContext): Task<Batch> {
  const rows: Value[] = []
  for (const { info, depth } of traced) {
    const { visible } = yield* visibleChanges(info.seq, queryLimits.commitRecordsMax, ctx)
    if (visible.length === 0 && !ctx.access.isUnrestricted) continue
    const row = { ...commitValue(info), depth, records: visible.map(({ id }) => id) }
    ctx.run.retain(estimateBytes(row))
    rows.push(row)
  }
  return rows
}

/** @throws QUERY_TRACE_TOO_LARGE */
function* recordRows(traced: readonly TracedCommit[], ctx: EvalContext): Task<Batch> {
  const rows: Value[] = []
  let left: number = queryLimits.traceRecordsMax
  for (const { info } of traced) {
    const { visible, read } = yield* visibleChanges(info.seq, left + 1, ctx)
    left -= read
    if (left < 0) throw queryErrors.TRACE_TOO_LARGE({ limit: queryLimits.traceRecordsMax, unit: 'records' })
    const batch = visible.flatMap(({ record }) => (record === undefined ? [] : [withMetadata(record, info)]))
    ctx.run.retain(estimateRows(batch))
    rows.push(...batch)
  }
  return rows
}
