/**
 * RESTORE, UNDO and UNDELETE: a new version of a record with the content and the valid time of an earlier
 * one.
 * Why errors where UPDATE finds nothing: who names a record to bring it back has to learn that it was not.
 */

import type { Value, ValueObject } from '@dendrodb/protocol'
import type { ReadView } from '../../../models/model.ts'
import type { CompiledStatement } from '../../compile/compiled.ts'
import type { Compiler } from '../../compile/compiler.ts'
import type { EvalContext } from '../../compile/eval-context.ts'
import type { BringBackOf, Expression, WriteClauses } from '../../dql/ast.ts'
import { isTruthy } from '../../operators/truthiness.ts'
import { queryErrors } from '../../query-errors.ts'
import { compileTime } from '../moment.ts'
import { type Task, wait } from '../task.ts'
import { bringBackRecord } from '../write/bring-back-record.ts'
import { compileTarget } from '../write/targets.ts'
import { compileClauses, WriteResult } from './write-clauses.ts'

export function compileBringBack(
  statement: BringBackOf<Expression, WriteClauses>,
  compiler: Compiler,
): CompiledStatement {
  const { kind, meta } = statement
  const name = kind.toUpperCase()
  if (meta?.validFrom !== undefined || meta?.validTo !== undefined) {
    throw queryErrors.NOT_SUPPORTED({ construct: `VALID in ${name} (the version brings its own)` })
  }
  const targets = statement.targets.map((target) => compileTarget(target, name, compiler))
  const moment = statement.to && compileTime(compiler.expression(statement.to), `${name} TO`)
  const where = statement.where && compiler.expression(statement.where)
  const clauses = compileClauses(statement, 'after', compiler)
  return {
    isWrite: true,
    ...(clauses.meta && { meta: clauses.meta }),
    *run(row, ctx) {
      yield* clauses.begin(row, ctx)
      const then = moment && (yield* wait(ctx.database.view(yield* moment(row, ctx))))
      try {
        return yield* bringBackAll(row, ctx, then)
      } finally {
        then?.close()
      }
    },
  }

  function* bringBackAll(row: Value, ctx: EvalContext, then: ReadView | undefined): Task<Value> {
    const result = new WriteResult(clauses, ctx)
    for (const target of targets) {
      for (const each of yield* target.resolve(row, ctx)) {
        yield* ctx.run.pause()
        if (!('id' in each)) throw queryErrors.TABLE_TARGET({ statement: name, table: each.table })
        const written = yield* bringBackRecord(each.id, { kind, then, isWanted }, ctx)
        // An undone creation leaves no record to show, unless it is asked for.
        const isShown = statement.output !== undefined || written?.after !== undefined
        if (written !== undefined && isShown) yield* result.add(written)
      }
    }
    return result.value()
  }

  function* isWanted(record: ValueObject, ctx: EvalContext): Task<boolean> {
    return where === undefined || isTruthy(yield* wait(where.evaluate(record, ctx)))
  }
}
