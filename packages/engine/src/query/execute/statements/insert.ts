/**
 * INSERT: records from objects or rows of values, in bulk; with INSERT RELATION, edges.
 * A record that is there already, by its id or by the values of a unique index, is an error, is passed over
 * with IGNORE, or is changed as ON DUPLICATE KEY UPDATE says.
 */

import { RecordId, typeOf, type Value, type ValueObject } from '@dendrodb/protocol'
import { holderIn } from '../../../models/document/unique-holder.ts'
import type { PutOptions } from '../../../models/model.ts'
import { accessErrors } from '../../access-errors.ts'
import type { CompiledExpression, CompiledStatement } from '../../compile/compiled.ts'
import type { Compiler } from '../../compile/compiler.ts'
import type { EvalContext } from '../../compile/eval-context.ts'
import { placeOf, writeAt } from '../../compile/nested-fields.ts'
import type { Scope } from '../../compile/scope.ts'
import type { Expression, InsertSource, InsertStatement } from '../../dql/ast.ts'
import { queryLimits } from '../../limits.ts'
import { queryErrors } from '../../query-errors.ts'
import { done, type Task, wait } from '../task.ts'
import { type CompiledData, compileSet, expectObject, noData } from '../write/document.ts'
import { edgeEnds } from '../write/edge.ts'
import type { WrittenRecord } from '../write/output.ts'
import { createAbsent, createNew, idIn, type RecordChange, updateRecord } from '../write/record-writer.ts'
import { createOrFindHolder } from '../write/unique-holder.ts'
import { currentRecord } from './update.ts'
import { compileClauses, WriteResult } from './write-clauses.ts'

export function compileInsert(insert: InsertStatement, compiler: Compiler): CompiledStatement {
  const into = insert.into && compileInto(insert.into, compiler)
  const source = compileSource(insert.source, compiler)
  const update = insert.onDuplicateKeyUpdate && compileSet(insert.onDuplicateKeyUpdate, compiler)
  const clauses = compileClauses(insert, 'after', compiler)
  return {
    isWrite: true,
    // Looking for the holder of a unique value searches an index.
    isPoint: (scope) => !insert.ignore && update === undefined && clauses.isPoint && source.isPoint(scope),
    ...(clauses.meta && { meta: clauses.meta }),
    *run(row, ctx) {
      const put = yield* clauses.begin(row, ctx)
      const table = into && (yield* into(row, ctx))
      const result = new WriteResult(clauses, ctx)
      const inserting = { insert, update, table, put, ctx }
      for (const object of yield* source.rows(row, ctx)) {
        yield* ctx.run.pause()
        const written = yield* insertOne(object, inserting)
        if (written !== undefined) yield* result.add(written)
      }
      return result.value()
    },
  }
}

interface Inserting {
  readonly insert: InsertStatement
  readonly update: CompiledData | undefined
  readonly table: string | undefined
  readonly put: PutOptions | undefined
  readonly ctx: EvalContext
}

/** `undefined`: passed over. */
function* insertOne(object: ValueObject, inserting: Inserting): Task<WrittenRecord | undefined> {
  const { insert, update, ctx, put } = inserting
  const id = idOf(object, inserting.table)
  const ends = insert.relation ? edgeEnds(id.table, object.in, object.out) : undefined
  const change: RecordChange = {
    data: contentOf(object),
    ctx,
    input: object,
    ...(ends && { ends }),
    ...(put && { put }),
  }
  if ((yield* currentRecord(id, ctx)) !== undefined) {
    if (insert.ignore) return undefined
    if (update === undefined) throw queryErrors.RECORD_EXISTS({ id: id.toString() })
    return yield* changeHolder(id, { ...change, data: update })
  }
  if (update !== undefined) {
    const outcome = yield* createOrFindHolder(id, change)
    return 'written' in outcome
      ? outcome.written
      : yield* changeHolder(outcome.holder, { ...change, data: update })
  }
  if (!insert.ignore) return yield* createNew(id, change)
  try {
    return yield* createAbsent(id, change)
  } catch (error) {
    if (holderIn(error) !== undefined) return undefined
    throw error
  }
}

function* changeHolder(id: RecordId, change: RecordChange): Task<WrittenRecord> {
  const { ctx } = change
  const before = yield* wait(ctx.readRecord(id))
  const written = before && (yield* updateRecord(id, before, change))
  if (written === undefined) throw accessErrors.DENIED({ action: 'update', table: id.table })
  return written
}

/** @throws QUERY_TARGET_INVALID when neither INTO nor the object says where it goes */
function idOf(object: ValueObject, table: string | undefined): RecordId {
  const { id } = object
  if (table === undefined) {
    if (id instanceof RecordId) return id
    throw queryErrors.TARGET_INVALID({
      statement: 'INSERT without INTO',
      found: `an id of type ${typeOf(id)}`,
    })
  }
  // Records copied from another table keep their key.
  if (id instanceof RecordId && id.table !== table) return new RecordId(table, id.key)
  return id === undefined ? RecordId.generate(table) : idIn(table, id)
}

/** The object's fields; its id has been taken care of. */
function contentOf(object: ValueObject): CompiledData {
  return {
    isPoint: true,
    apply: (base) => done({ ...object, ...base }),
    newId: noData.newId,
  }
}

function compileInto(into: Expression, compiler: Compiler): (row: Value, ctx: EvalContext) => Task<string> {
  if (into.kind === 'table') {
    const { name } = into
    return () => done(name)
  }
  const value = compiler.expression(into)
  return function* (row, ctx) {
    const name = yield* wait(value.evaluate(row, ctx))
    if (typeof name === 'string') return name
    throw queryErrors.TARGET_INVALID({ statement: 'INSERT INTO', found: typeOf(name) })
  }
}

interface CompiledSource {
  isPoint(scope: Scope): boolean
  rows(row: Value, ctx: EvalContext): Task<readonly ValueObject[]>
}

function compileSource(source: InsertSource, compiler: Compiler): CompiledSource {
  return source.type === 'value'
    ? compileObjects(source.value, compiler)
    : compileRows(source.fields, source.rows, compiler)
}

function compileObjects(expression: Expression, compiler: Compiler): CompiledSource {
  const value = compiler.expression(expression)
  return {
    isPoint: (scope) => value.isPoint && isFew(expression, scope),
    *rows(row, ctx) {
      const found = yield* wait(value.evaluate(row, ctx))
      const objects = Array.isArray(found) ? (found as readonly Value[]) : [found]
      return objects.map((object) => expectObject(object, 'INSERT'))
    },
  }
}

function isFew(expression: Expression, scope: Scope): boolean {
  if (expression.kind === 'object') return true
  if (expression.kind === 'array') return expression.items.length <= queryLimits.pointTargetsMax
  if (expression.kind !== 'param') return false
  const value = scope.get(expression.name)
  return !Array.isArray(value) || value.length <= queryLimits.pointTargetsMax
}

function compileRows(
  fields: Extract<InsertSource, { type: 'rows' }>['fields'],
  rows: readonly (readonly Expression[])[],
  compiler: Compiler,
): CompiledSource {
  const places = fields.map((field) => placeOf(field, 'INSERT'))
  const compiled = rows.map((row) => row.map((value) => compiler.expression(value)))
  const isPoint =
    rows.length <= queryLimits.pointTargetsMax && compiled.every((row) => row.every((value) => value.isPoint))
  return {
    isPoint: () => isPoint,
    *rows(row, ctx) {
      const objects: ValueObject[] = []
      for (const values of compiled) {
        let object: Value = {}
        for (const [i, value] of (values as readonly CompiledExpression[]).entries()) {
          const found = yield* wait(value.evaluate(row, ctx))
          for (const place of places[i] ?? []) object = writeAt(object, place, found)
        }
        objects.push(object as ValueObject)
      }
      return objects
    },
  }
}
