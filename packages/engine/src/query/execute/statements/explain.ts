/**
 * EXPLAIN: the plan of a statement instead of its result; EXPLAIN ANALYZE runs it first, writes included, and
 * adds rows and time per operator.
 */

import type { CompiledStatement } from '../../compile/compiled.ts'
import { OperatorProfile } from '../profile.ts'

export function explained(statement: CompiledStatement, kind: string, analyze: boolean): CompiledStatement {
  return {
    isWrite: analyze && statement.isWrite,
    ...(analyze && statement.meta && { meta: statement.meta }),
    *run(row, ctx) {
      if (analyze) ctx.run.profile = new OperatorProfile()
      if (statement.explain !== undefined) return yield* statement.explain(row, ctx, analyze)
      if (analyze) yield* statement.run(row, ctx)
      return { operator: kind }
    },
  }
}
