/**
 * DIFF FROM … TO …: records that differ between two moments, as rows.
 * Invariant: what a session sees is what it would find by comparing two reads AS OF these moments itself; a
 * record that it may see in one of them alone was added or removed for it.
 */

import { RecordId, typeOf, type Value, type ValueObject } from '@dendrodb/protocol'
import type { RecordDiff } from '../../../models/branch/diff-states.ts'
import type { CompiledStatement } from '../../compile/compiled.ts'
import type { Compiler } from '../../compile/compiler.ts'
import type { EvalContext } from '../../compile/eval-context.ts'
import type { DiffOf, Expression } from '../../dql/ast.ts'
import type { AsOf, ChangesBetween } from '../../host.ts'
import { maySeeRow } from '../../provenance/visible-changes.ts'
import { queryErrors } from '../../query-errors.ts'
import { diffValue } from '../branch-values.ts'
import { checkRows } from '../collect-rows.ts'
import { retainRows } from '../estimate-bytes.ts'
import { countOf } from '../limit-count.ts'
import { compileMoment } from '../moment.ts'
import { type Task, wait } from '../task.ts'

export function compileDiff(diff: DiffOf<Expression>, compiler: Compiler): CompiledStatement {
  const { tables } = diff
  const from = compileMoment(diff.from, 'DIFF FROM', compiler)
  const to = diff.to && compileMoment(diff.to, 'DIFF … TO', compiler)
  const after = diff.after && compiler.expression(diff.after)
  const limit = diff.limit && compiler.expression(diff.limit)
  return {
    isWrite: false,
    *run(row, ctx) {
      const [older, newer] = [yield* from(row, ctx), to && (yield* to(row, ctx))]
      const last = after && recordOf(yield* wait(after.evaluate(row, ctx)))
      const rowsMax = limit ? yield* countOf(limit, 'LIMIT', ctx, row) : Number.POSITIVE_INFINITY
      const between = {
        from: older,
        to: newer ?? { seq: ctx.view.seq },
        ...(tables && { tables }),
        ...(last && { after: last }),
        pause: () => ctx.run.turn(),
      }
      return yield* withContexts(between, ctx, (contexts) => changedRows(between, contexts, rowsMax))
    },
  }
}

function* changedRows(between: ChangesBetween, contexts: Contexts, rowsMax: number): Task<Value> {
  const { database, access } = contexts.now
  if (database.changes === undefined) throw queryErrors.NOT_SUPPORTED({ construct: 'DIFF FROM' })
  const seen = access.isUnrestricted ? undefined : tablesSeen(contexts, between.tables)
  const changes = database.changes({ ...between, ...(seen && { tables: seen }) })
  return yield* collect(changes, contexts, rowsMax)
}

/** Where the rules are asked about a record: in the state that it is read in. */
interface Contexts {
  readonly now: EvalContext
  readonly from: EvalContext
  readonly to: EvalContext
}

function* withContexts(
  { from, to }: { readonly from: AsOf; readonly to: AsOf },
  ctx: EvalContext,
  work: (contexts: Contexts) => Task<Value>,
): Task<Value> {
  if (ctx.access.isUnrestricted) return yield* work({ now: ctx, from: ctx, to: ctx })
  const older = yield* wait(ctx.database.view(from))
  try {
    const newer = yield* wait(ctx.database.view(to))
    try {
      const at = (view: typeof older) => ctx.with({ view, tx: undefined })
      return yield* work({ now: ctx, from: at(older), to: at(newer) })
    } finally {
      newer.close()
    }
  } finally {
    older.close()
  }
}

function* collect(
  chunks: AsyncIterable<readonly RecordDiff[]>,
  contexts: Contexts,
  rowsMax: number,
): Task<Value> {
  const { now } = contexts
  const iterator = chunks[Symbol.asyncIterator]()
  const rows: ValueObject[] = []
  try {
    while (rows.length < rowsMax) {
      yield* now.run.pause()
      const step = (yield iterator.next()) as IteratorResult<readonly RecordDiff[]>
      if (step.done === true) break
      const found: ValueObject[] = []
      for (const each of step.value) {
        if (rows.length + found.length >= rowsMax) break
        const shown = yield* visible(each, contexts)
        if (shown !== undefined) found.push(diffValue(shown))
      }
      retainRows(now.run, found)
      rows.push(...found)
      checkRows(rows.length, now)
    }
  } finally {
    if (iterator.return !== undefined) yield iterator.return()
  }
  return rows
}

/**
 * Tables of which the session may see some records: of others it learns nothing, not even that they are
 * there.
 */
function tablesSeen({ from, to }: Contexts, wanted: readonly string[] | undefined): readonly string[] {
  const names = new Set<string>()
  for (const ctx of [from, to]) {
    for (const { name } of ctx.view.catalog.tables()) {
      if (ctx.access.guard(ctx.view.catalog, name, 'select').type !== 'deny') names.add(name)
    }
  }
  return wanted === undefined ? [...names] : wanted.filter((name) => names.has(name))
}

/** The difference as the session may see it. */
function* visible(diff: RecordDiff, contexts: Contexts): Task<RecordDiff | undefined> {
  if (contexts.now.access.isUnrestricted) return diff
  const { id } = diff
  const before = (yield* maySeeRow(id.table, diff.before, contexts.from)) ? diff.before : undefined
  const after = (yield* maySeeRow(id.table, diff.after, contexts.to)) ? diff.after : undefined
  if (before !== undefined && after !== undefined) return diff
  if (after !== undefined) return { id, change: 'added', after }
  return before && { id, change: 'removed', before }
}

function recordOf(value: Value): RecordId {
  if (value instanceof RecordId) return value
  throw queryErrors.TYPE_EXPECTED({
    clause: 'AFTER',
    expected: 'the id of a record',
    found: typeOf(value),
  })
}
