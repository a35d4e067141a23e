/**
 * DEFINE and REMOVE of tables, indexes, parameters, databases; REBUILD INDEX. For administrators.
 */

import type { Value } from '@dendrodb/protocol'
import type {
  FieldPath,
  IndexDefinition,
  PermissionRule,
  TableChange,
  TablePermissions,
} from '../../../catalog/definitions.ts'
import type { WriteTx } from '../../../models/model.ts'
import type { CompiledStatement } from '../../compile/compiled.ts'
import type { Compiler } from '../../compile/compiler.ts'
import type { EvalContext } from '../../compile/eval-context.ts'
import { isProtectedName } from '../../compile/scope.ts'
import type {
  DefineDatabaseStatement,
  DefineIndexStatement,
  DefineNamespaceStatement,
  DefineParamStatement,
  DefineStatement,
  DefineTableStatement,
  IfExists,
  PermissionNode,
  RebuildIndexStatement,
  RemoveStatement,
} from '../../dql/ast.ts'
import { formatExpression } from '../../dql/format-ast.ts'
import { queryErrors } from '../../query-errors.ts'
import { requireAdmin, requireRoot } from '../admin.ts'
import { databaseIn } from '../database-name.ts'
import { shown } from '../shown.ts'
import type { StatementRun } from '../statement-run.ts'
import { type Task, wait } from '../task.ts'
import { refuseReserved, writableTx } from '../write/record-writer.ts'

export function compileDefine(define: DefineStatement, compiler: Compiler): CompiledStatement {
  switch (define.kind) {
    case 'define_table':
      return compileDefineTable(define, compiler)
    case 'define_index':
      return compileDefineIndex(define)
    case 'define_param':
      return compileDefineParam(define, compiler)
    case 'define_namespace':
    case 'define_database':
      return compileDefineDatabase(define)
    case 'define_field':
    case 'define_function':
    case 'define_event':
    case 'define_analyzer':
      throw notSupported(define.kind)
    default:
      return define satisfies never
  }
}

function notSupported(kind: string) {
  return queryErrors.NOT_SUPPORTED({ construct: kind.replace('_', ' ').toUpperCase() })
}

/** Whether to go on. @throws QUERY_ALREADY_DEFINED */
function mayDefine(exists: boolean, ifExists: IfExists, type: string, name: string): boolean {
  if (!exists || ifExists === 'overwrite') return true
  if (ifExists === 'skip') return false
  throw queryErrors.ALREADY_DEFINED({ type, name })
}

function compileDefineTable(define: DefineTableStatement, compiler: Compiler): CompiledStatement {
  const { name, ifExists } = define
  if (define.changefeed !== undefined) throw queryErrors.NOT_SUPPORTED({ construct: 'CHANGEFEED' })
  if (define.as !== undefined) throw queryErrors.NOT_SUPPORTED({ construct: 'DEFINE TABLE … AS SELECT' })
  if (define.schema === 'schemafull') throw queryErrors.NOT_SUPPORTED({ construct: 'SCHEMAFULL' })
  // A rule that cannot be compiled is refused here instead of denying everything later.
  for (const rule of Object.values(define.permissions ?? {}) as readonly PermissionNode[]) {
    if (rule.type === 'where') compiler.expression(rule.where)
  }
  const change = tableChange(define)
  return {
    isWrite: true,
    *run(_row, ctx) {
      requireAdmin(ctx, 'DEFINE TABLE')
      const tx = writableTx(ctx, 'DEFINE TABLE')
      refuseReserved(name, ctx)
      const known = tx.catalog.table(name)
      const isDeclared = known !== undefined && !known.implicit
      if (mayDefine(isDeclared, ifExists, 'table', name)) yield* wait(tx.defineTable(name, change))
      return undefined
    },
  }
}

function tableChange(define: DefineTableStatement): TableChange {
  const { type, schema, drop, permissions, history, comment } = define
  const kind: TableChange['kind'] =
    type?.type === 'relation'
      ? { type: 'relation', from: type.from ?? [], to: type.to ?? [], enforced: type.enforced }
      : type && { type: type.type }
  return {
    drop,
    ...(kind && { kind }),
    ...(schema && { schema }),
    ...(history !== undefined && { historyMicros: historyMicros(history) }),
    ...(comment !== undefined && { comment }),
    ...(permissions && { permissions: tablePermissions(permissions) }),
  }
}

/** @throws QUERY_TYPE_EXPECTED */
function historyMicros(history: NonNullable<DefineTableStatement['history']>): number | null {
  if (history === 'forever') return null
  if (history === 'none') return 0
  const micros = Number(history.totalNanos() / 1_000n)
  if (micros > 0 && Number.isSafeInteger(micros)) return micros
  const expected = 'NONE, FOREVER, or a duration from a microsecond to 285 years'
  throw queryErrors.TYPE_EXPECTED({ clause: 'HISTORY', expected, found: history.toString() })
}

/** What is not mentioned is nobody's. */
function tablePermissions(clause: NonNullable<DefineTableStatement['permissions']>): TablePermissions {
  const { select, create, update, delete: remove } = clause
  return { select: ruleOf(select), create: ruleOf(create), update: ruleOf(update), delete: ruleOf(remove) }
}

function ruleOf(node: PermissionNode | undefined): PermissionRule {
  if (node === undefined) return 'none'
  return node.type === 'where' ? { where: formatExpression(node.where) } : node.type
}

function compileDefineIndex(define: DefineIndexStatement): CompiledStatement {
  const { name, table, ifExists, index, comment, concurrently } = define
  if (index.type !== 'normal' && index.type !== 'unique') {
    throw queryErrors.NOT_SUPPORTED({ construct: `an index of type ${index.type.toUpperCase()}` })
  }
  const fields: readonly FieldPath[] = define.fields.map((field) => field.steps)
  const unique = index.type === 'unique'
  const compiled: CompiledStatement = {
    isWrite: true,
    *run(_row, ctx) {
      requireAdmin(ctx, 'DEFINE INDEX')
      const tx = writableTx(ctx, 'DEFINE INDEX')
      refuseReserved(table, ctx)
      const known = tx.catalog.table(table)?.indexes.some((each) => each.name === name) === true
      if (!mayDefine(known, ifExists, 'index', `${name} on ${table}`)) return undefined
      const ofIndex = { name, table, fields, unique, ...(comment !== undefined && { comment }) }
      const index = yield* wait(tx.defineIndex(ofIndex))
      if (concurrently || index.state !== 'building') return undefined
      const { database, run } = ctx
      if (run.sole !== compiled) yield* buildWithin(tx, index, run)
      else run.afterCommit.push(() => database.waitForIndex(table, name, run.bounds.signal))
      return undefined
    },
  }
  return compiled
}

/** Builds the index as part of the transaction, which must not be committed where that fails. */
function* buildWithin(tx: WriteTx, index: IndexDefinition, run: StatementRun): Task<void> {
  const steps = tx.buildIndex(index)[Symbol.asyncIterator]()
  try {
    for (;;) {
      const step = (yield steps.next()) as IteratorResult<void>
      if (step.done === true) return
      yield* run.pause()
    }
  } finally {
    if (steps.return !== undefined) yield steps.return()
  }
}

function compileDefineParam(define: DefineParamStatement, compiler: Compiler): CompiledStatement {
  const { name, ifExists, permission } = define
  if (isProtectedName(name)) throw queryErrors.PARAM_PROTECTED({ name: `$${name}` })
  if (permission !== undefined && permission.type !== 'full') {
    throw queryErrors.NOT_SUPPORTED({ construct: 'a permission on DEFINE PARAM' })
  }
  const value = compiler.expression(define.value)
  return {
    isWrite: true,
    *run(row, ctx) {
      requireAdmin(ctx, 'DEFINE PARAM')
      const tx = writableTx(ctx, 'DEFINE PARAM')
      if (!mayDefine(tx.catalog.param(name) !== undefined, ifExists, 'param', `$${name}`)) return undefined
      const found = shown(yield* wait(value.evaluate(row, ctx)), ctx.request, 'DEFINE PARAM')
      yield* wait(tx.setParam(name, found))
      return undefined
    },
  }
}

/** A namespace is the first part of the names of its databases and needs no making. */
function compileDefineDatabase(
  define: DefineNamespaceStatement | DefineDatabaseStatement,
): CompiledStatement {
  const statement = define.kind === 'define_namespace' ? 'DEFINE NAMESPACE' : 'DEFINE DATABASE'
  return {
    isWrite: false,
    *run(_row, ctx) {
      requireRoot(ctx, statement)
      if (define.kind === 'define_namespace') return undefined
      const name = databaseIn(ctx.database.name, define.name)
      const names = (yield ctx.request.host.databaseNames()) as readonly string[]
      if (mayDefine(names.includes(name), define.ifExists, 'database', name)) {
        const ifNew = define.hash === undefined ? {} : { hash: define.hash }
        yield* wait(ctx.request.host.database(name, ifNew))
      }
      return undefined
    },
  }
}

function compileRemoveDatabase(named: string, ifExists: boolean): CompiledStatement {
  return {
    isWrite: false,
    *run(_row, ctx) {
      requireRoot(ctx, 'REMOVE DATABASE')
      if (ctx.tx !== undefined) {
        throw queryErrors.NESTED_WRITE({ statement: 'REMOVE DATABASE', place: 'a transaction' })
      }
      const { host } = ctx.request
      const name = databaseIn(ctx.database.name, named)
      if (name === ctx.database.name) throw queryErrors.DATABASE_IN_USE({ name })
      const names = (yield host.databaseNames()) as readonly string[]
      if (names.includes(name)) yield host.dropDatabase(name)
      else if (!ifExists) throw queryErrors.NOT_DEFINED({ type: 'database', name })
      return undefined
    },
  }
}

export function compileRemove({ subject, ifExists }: RemoveStatement): CompiledStatement {
  const { type } = subject
  if (type === 'database') return compileRemoveDatabase(subject.name, ifExists)
  if (type !== 'table' && type !== 'index' && type !== 'param') {
    throw queryErrors.NOT_SUPPORTED({ construct: `REMOVE ${type.toUpperCase()}` })
  }
  return {
    isWrite: true,
    *run(_row, ctx) {
      requireAdmin(ctx, `REMOVE ${type.toUpperCase()}`)
      const name = type === 'index' ? `${subject.name} on ${subject.table}` : subject.name
      if (!(yield* remove(subject, ctx)) && !ifExists) throw queryErrors.NOT_DEFINED({ type, name })
      return undefined
    },
  }
}

function* remove(subject: RemoveStatement['subject'], ctx: EvalContext): Task<Value> {
  const tx = writableTx(ctx, 'REMOVE')
  switch (subject.type) {
    case 'table':
      refuseReserved(subject.name, ctx)
      return yield* wait(tx.removeTable(subject.name))
    case 'index':
      refuseReserved(subject.table, ctx)
      return yield* wait(tx.removeIndex(subject.table, subject.name))
    case 'param': {
      const isDefined = tx.catalog.param(subject.name) !== undefined
      if (isDefined) yield* wait(tx.setParam(subject.name, undefined))
      return isDefined
    }
    default:
      return false
  }
}

export function compileRebuild(rebuild: RebuildIndexStatement): CompiledStatement {
  const { name, table, ifExists, concurrently } = rebuild
  return {
    isWrite: false,
    *run(_row, ctx) {
      requireAdmin(ctx, 'REBUILD INDEX')
      if (ctx.tx !== undefined) {
        throw queryErrors.NESTED_WRITE({ statement: 'REBUILD INDEX', place: 'a transaction' })
      }
      refuseReserved(table, ctx)
      const known = ctx.view.catalog
        .table(table)
        ?.indexes.some((index) => index.name === name && !index.isAdjacency)
      if (known !== true) {
        if (ifExists) return undefined
        throw queryErrors.NOT_DEFINED({ type: 'index', name: `${name} on ${table}` })
      }
      const building = ctx.database.rebuildIndex(table, name)
      // Without waiting, how it went is told by the state of the index (INFO FOR INDEX).
      if (concurrently) building.catch(() => undefined)
      else yield building
      return undefined
    },
  }
}
