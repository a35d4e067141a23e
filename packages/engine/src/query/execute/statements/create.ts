/**
 * CREATE: new records in tables, or under given ids.
 */

import type { CompiledStatement } from '../../compile/compiled.ts'
import type { Compiler } from '../../compile/compiler.ts'
import type { CreateStatement } from '../../dql/ast.ts'
import { queryLimits } from '../../limits.ts'
import { compileData } from '../write/document.ts'
import { createRecord, newIdOf } from '../write/record-writer.ts'
import { compileTarget } from '../write/targets.ts'
import { compileClauses, WriteResult } from './write-clauses.ts'

export function compileCreate(create: CreateStatement, compiler: Compiler): CompiledStatement {
  const targets = create.targets.map((target) => compileTarget(target, 'CREATE', compiler))
  const data = compileData(create.data, compiler)
  const clauses = compileClauses(create, 'after', compiler)
  const mayBePoint = data.isPoint && clauses.isPoint && targets.length <= queryLimits.pointTargetsMax
  return {
    isWrite: true,
    isPoint: (scope) => mayBePoint && targets.every((target) => target.isPoint(scope)),
    ...(clauses.meta && { meta: clauses.meta }),
    *run(row, ctx) {
      const put = yield* clauses.begin(row, ctx)
      const result = new WriteResult(clauses, ctx)
      for (const target of targets) {
        for (const each of yield* target.resolve(row, ctx)) {
          yield* ctx.run.pause()
          const id = 'id' in each ? each.id : yield* newIdOf(each.table, data, ctx)
          yield* result.add(yield* createRecord(id, { data, ctx, ...(put && { put }) }))
        }
      }
      return result.value()
    },
  }
}
