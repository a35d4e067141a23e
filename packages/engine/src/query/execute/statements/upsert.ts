/**
 * UPSERT: changes a record, or creates it where there is none.
 * By id: a record that is there is changed if it meets the condition, one that is not is created. In a table:
 * with a condition the records that meet it are changed, and only if there are none one is created; without a
 * condition a record is created, unless a unique index leads to one with the same values, which is then
 * changed.
 */

import type { RecordId, Value, ValueObject } from '@dendrodb/protocol'
import type { PutOptions } from '../../../models/model.ts'
import { accessErrors } from '../../access-errors.ts'
import type { CompiledExpression, CompiledStatement } from '../../compile/compiled.ts'
import type { Compiler } from '../../compile/compiler.ts'
import type { EvalContext } from '../../compile/eval-context.ts'
import type { Expression, IndexHint, UpdateStatement } from '../../dql/ast.ts'
import { isTruthy } from '../../operators/truthiness.ts'
import { planTargets } from '../../plan/plan-source.ts'
import { explainPrepared } from '../explain.ts'
import { PreparedPlan } from '../prepared-plan.ts'
import { type Task, wait } from '../task.ts'
import { type CompiledData, compileData } from '../write/document.ts'
import type { WrittenRecord } from '../write/output.ts'
import { createNew, newIdOf, updateRecord } from '../write/record-writer.ts'
import { type CompiledTarget, compileTarget } from '../write/targets.ts'
import { createOrFindHolder } from '../write/unique-holder.ts'
import { currentRecord, matchedIds, pointTargets } from './update.ts'
import { type CompiledClauses, compileClauses, WriteResult } from './write-clauses.ts'

interface UpsertTarget {
  readonly target: CompiledTarget
  /** Set for tables and ranges of ids: the records the condition holds for. */
  readonly search: PreparedPlan | undefined
  readonly isRange: boolean
}

export function compileUpsert(upsert: UpdateStatement, compiler: Compiler): CompiledStatement {
  const targets = upsert.targets.map((target) => compileUpsertTarget(target, upsert, compiler))
  const where = upsert.where && compiler.expression(upsert.where)
  const data = compileData(upsert.data, compiler)
  const clauses = compileClauses(upsert, 'after', compiler)
  const isPoint = pointTargets(upsert.targets, upsert.where, compiler)
  const statement: CompiledStatement = {
    isWrite: true,
    isPoint: (scope) =>
      data.isPoint &&
      clauses.isPoint &&
      isPoint(scope) &&
      targets.every(({ search }) => search === undefined),
    ...(clauses.meta && { meta: clauses.meta }),
    *run(row, ctx) {
      const put = yield* clauses.begin(row, ctx)
      const upserting = new Upserting({ data, where, clauses, put, row, ctx })
      for (const target of targets) yield* upserting.one(target)
      return upserting.result.value()
    },
    *explain(row, ctx, analyze) {
      if (analyze) yield* statement.run(row, ctx)
      const inputs: Value[] = []
      for (const { search } of targets) {
        if (search !== undefined) inputs.push(yield* explainPrepared(search.for(ctx), ctx))
      }
      return { operator: 'upsert', inputs }
    },
  }
  return statement
}

function compileUpsertTarget(
  expression: Expression,
  { where, index }: UpdateStatement,
  compiler: Compiler,
): UpsertTarget {
  const target = compileTarget(expression, 'UPSERT', compiler)
  const isRange = expression.kind === 'record_id' && expression.key.kind === 'key_range'
  const isSearched = isRange || (expression.kind === 'table' && where !== undefined)
  return { target, isRange, search: isSearched ? searchFor(expression, where, index, compiler) : undefined }
}

function searchFor(
  target: Expression,
  where: Expression | undefined,
  hint: IndexHint | undefined,
  compiler: Compiler,
): PreparedPlan {
  return new PreparedPlan(planTargets([target], where), { compiler, hint, actions: ['select', 'update'] })
}

interface UpsertingOptions {
  readonly data: CompiledData
  readonly where: CompiledExpression | undefined
  readonly clauses: CompiledClauses
  readonly put: PutOptions | undefined
  readonly row: Value
  readonly ctx: EvalContext
}

/** One run of the statement. */
class Upserting {
  readonly result: WriteResult
  readonly #options: UpsertingOptions

  constructor(options: UpsertingOptions) {
    this.#options = options
    this.result = new WriteResult(options.clauses, options.ctx)
  }

  *one({ target, search, isRange }: UpsertTarget): Task<void> {
    const { row, ctx, data } = this.#options
    if (search !== undefined) {
      const ids = yield* matchedIds(search, 'UPSERT', row, ctx)
      for (const id of ids) yield* this.#change(id, yield* currentRecord(id, ctx))
      if (ids.length > 0 || isRange) return
    }
    for (const each of yield* target.resolve(row, ctx)) {
      yield* ctx.run.pause()
      if ('id' in each) yield* this.#byId(each.id)
      else yield* this.#inTable(yield* newIdOf(each.table, data, ctx))
    }
  }

  *#byId(id: RecordId): Task<void> {
    const { where, ctx } = this.#options
    const before = yield* currentRecord(id, ctx)
    if (before === undefined) return yield* this.#show(yield* createNew(id, this.#recordChange()))
    // A record out of sight can neither be changed nor created again.
    if ((yield* wait(ctx.readRecord(id))) === undefined) {
      throw accessErrors.DENIED({ action: 'update', table: id.table })
    }
    if (where !== undefined && !isTruthy(yield* wait(where.evaluate(before, ctx)))) return
    yield* this.#change(id, before)
  }

  *#inTable(id: RecordId): Task<void> {
    const { ctx } = this.#options
    if ((yield* currentRecord(id, ctx)) !== undefined) return yield* this.#byId(id)
    const outcome = yield* createOrFindHolder(id, this.#recordChange())
    if ('written' in outcome) return yield* this.#show(outcome.written)
    yield* this.#byId(outcome.holder)
  }

  *#change(id: RecordId, before: ValueObject | undefined): Task<void> {
    if (before === undefined) return
    const written = yield* updateRecord(id, before, this.#recordChange())
    if (written !== undefined) yield* this.#show(written)
  }

  *#show(written: WrittenRecord): Task<void> {
    yield* this.result.add(written)
  }

  #recordChange() {
    const { data, put, ctx } = this.#options
    return { data, ctx, ...(put && { put }) }
  }
}
