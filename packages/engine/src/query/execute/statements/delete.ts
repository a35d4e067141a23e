/**
 * DELETE: removes records that meet the condition and may be seen and deleted by the session, with the edges
 * that touch them. Gives back nothing unless asked.
 */

import type { CompiledStatement } from '../../compile/compiled.ts'
import type { Compiler } from '../../compile/compiler.ts'
import type { DeleteStatement } from '../../dql/ast.ts'
import { planTargets } from '../../plan/plan-source.ts'
import { queryErrors } from '../../query-errors.ts'
import { explainPrepared } from '../explain.ts'
import { PreparedPlan } from '../prepared-plan.ts'
import { deleteRecord } from '../write/record-writer.ts'
import { currentRecord, matchedIds } from './update.ts'
import { compileClauses, WriteResult } from './write-clauses.ts'

export function compileDelete(statement: DeleteStatement, compiler: Compiler): CompiledStatement {
  const prepared = new PreparedPlan(planTargets(statement.targets, statement.where, 'DELETE'), {
    compiler,
    hint: statement.index,
    actions: ['select', 'delete'],
  })
  const clauses = compileClauses(statement, 'none', compiler)
  if (statement.meta?.validFrom !== undefined || statement.meta?.validTo !== undefined) {
    throw queryErrors.NOT_SUPPORTED({
      construct: 'VALID in DELETE (UPDATE … VALID TO ends what a record says)',
    })
  }
  const compiled: CompiledStatement = {
    isWrite: true,
    ...(clauses.meta && { meta: clauses.meta }),
    *run(row, ctx) {
      yield* clauses.begin(row, ctx)
      const result = new WriteResult(clauses, ctx)
      for (const id of yield* matchedIds(prepared, 'DELETE', row, ctx)) {
        yield* ctx.run.pause()
        const before = yield* currentRecord(id, ctx)
        if (before === undefined) continue
        const written = yield* deleteRecord(id, before, ctx)
        if (written !== undefined) yield* result.add(written)
      }
      return result.value()
    },
    *explain(row, ctx, analyze) {
      if (analyze) yield* compiled.run(row, ctx)
      const input = yield* explainPrepared(prepared.for(ctx), ctx)
      return { operator: 'delete', inputs: [input] }
    },
  }
  return compiled
}
