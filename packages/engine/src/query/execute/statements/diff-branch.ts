/**
 * DIFF BRANCH: what differs between two states, as rows. For administrators.
 */

import type { Value, ValueObject } from '@dendrodb/protocol'
import type { RecordDiff } from '../../../models/branch/diff-states.ts'
import type { CompiledExpression, CompiledStatement } from '../../compile/compiled.ts'
import type { Compiler } from '../../compile/compiler.ts'
import type { EvalContext } from '../../compile/eval-context.ts'
import type { DiffBranchOf, Expression } from '../../dql/ast.ts'
import type { DiffOptions, DiffPoint } from '../../host.ts'
import { requireAdmin } from '../admin.ts'
import { branchesOf, diffValue } from '../branch-values.ts'
import { checkRows } from '../collect-rows.ts'
import { retainRows } from '../estimate-bytes.ts'
import { countOf } from '../limit-count.ts'
import { momentOf } from '../moment.ts'
import { type Task, wait } from '../task.ts'

export function compileDiffBranch(diff: DiffBranchOf<Expression>, compiler: Compiler): CompiledStatement {
  const { name, from, tables } = diff
  const at = diff.at && compiler.expression(diff.at)
  const fromAt = from?.at && compiler.expression(from.at)
  const limit = diff.limit && compiler.expression(diff.limit)
  const start = diff.start && compiler.expression(diff.start)
  return {
    isWrite: false,
    *run(row, ctx) {
      requireAdmin(ctx, 'DIFF BRANCH')
      const options: DiffOptions = {
        to: yield* pointOf(name, at, row, ctx),
        ...(from && { from: yield* pointOf(from.name, fromAt, row, ctx) }),
        ...(tables && { tables }),
        pause: () => ctx.run.turn(),
      }
      return yield* collect(branchesOf(ctx.database).diff(options), ctx, {
        limit: limit ? yield* countOf(limit, 'LIMIT', ctx, row) : Number.POSITIVE_INFINITY,
        start: start ? yield* countOf(start, 'START', ctx, row) : 0,
      })
    },
  }
}

function* pointOf(
  branch: string,
  at: CompiledExpression | undefined,
  row: Value,
  ctx: EvalContext,
): Task<DiffPoint> {
  return at === undefined ? { branch } : { branch, at: momentOf(yield* wait(at.evaluate(row, ctx)), 'AT') }
}

function* collect(
  chunks: AsyncIterable<readonly RecordDiff[]>,
  ctx: EvalContext,
  { limit, start }: { readonly limit: number; readonly start: number },
): Task<Value> {
  const iterator = chunks[Symbol.asyncIterator]()
  const rows: ValueObject[] = []
  let skipped = 0
  try {
    while (rows.length < limit) {
      yield* ctx.run.pause()
      const step = (yield iterator.next()) as IteratorResult<readonly RecordDiff[]>
      if (step.done === true) break
      const wanted = step.value.slice(Math.max(0, start - skipped)).slice(0, limit - rows.length)
      skipped += step.value.length
      const found = wanted.map(diffValue)
      retainRows(ctx.run, found)
      rows.push(...found)
      checkRows(rows.length, ctx)
    }
  } finally {
    if (iterator.return !== undefined) yield iterator.return()
  }
  return rows
}
