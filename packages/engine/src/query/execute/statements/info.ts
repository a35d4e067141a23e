/**
 * INFO: definitions as the statements that make them, or as objects with STRUCTURE. For administrators.
 */

import type { Value } from '@dendrodb/protocol'
import type { IndexDefinition, TableDefinition } from '../../../catalog/definitions.ts'
import { reservedPrefix } from '../../../catalog/system-tables.ts'
import type { CompiledStatement } from '../../compile/compiled.ts'
import type { EvalContext } from '../../compile/eval-context.ts'
import type { InfoStatement, InfoSubject } from '../../dql/ast.ts'
import type { ForgettingStatus, SnapshotInfo } from '../../host.ts'
import { queryLimits } from '../../limits.ts'
import { commitValue } from '../../provenance/commit-value.ts'
import { visibleChanges } from '../../provenance/visible-changes.ts'
import { queryErrors } from '../../query-errors.ts'
import { requireAdmin, requireRoot } from '../admin.ts'
import { branchesOf, branchValue, snapshotValue } from '../branch-values.ts'
import { type DefinitionView, viewsOf } from '../definition-text.ts'
import { snapshotsOf } from '../moment.ts'
import { type Task, wait } from '../task.ts'

export function compileInfo({ subject, structure }: InfoStatement): CompiledStatement {
  return {
    isWrite: false,
    *run(_row, ctx) {
      const views = viewsOf(structure)
      return yield* infoOf(subject, views, ctx)
    },
  }
}

function* infoOf(subject: InfoSubject, views: DefinitionView, ctx: EvalContext): Task<Value> {
  switch (subject.type) {
    case 'root': {
      requireRoot(ctx, 'INFO FOR ROOT')
      return { databases: yield* databaseNames(ctx) }
    }
    case 'namespace': {
      requireRoot(ctx, 'INFO FOR NAMESPACE')
      const slash = ctx.database.name.indexOf('/')
      const prefix = slash < 0 ? '' : ctx.database.name.slice(0, slash + 1)
      const names = yield* databaseNames(ctx)
      return { databases: names.filter((name) => name.startsWith(prefix)) }
    }
    case 'database':
      requireAdmin(ctx, 'INFO FOR DB')
      return yield* databaseInfo(views, ctx)
    case 'branch':
      requireAdmin(ctx, 'INFO FOR BRANCH')
      return branchValue(branchesOf(ctx.database).info(subject.branch))
    case 'snapshot': {
      requireAdmin(ctx, 'INFO FOR SNAPSHOT')
      return snapshotValue(yield* wait(snapshotsOf(ctx.database).info(subject.snapshot)))
    }
    case 'table':
      requireAdmin(ctx, 'INFO FOR TABLE')
      return tableInfo(views, requireTable(subject.table, ctx))
    case 'index': {
      requireAdmin(ctx, 'INFO FOR INDEX')
      const table = requireTable(subject.table, ctx)
      const index = definedIndexes(table).find((each) => each.name === subject.index)
      if (index === undefined) {
        throw queryErrors.NOT_DEFINED({ type: 'index', name: `${subject.index} on ${subject.table}` })
      }
      return yield* indexInfo(views, index, ctx)
    }
    case 'commit':
      requireAdmin(ctx, 'INFO FOR COMMIT')
      return yield* commitDetails(subject.seq, ctx)
    default:
      return subject satisfies never
  }
}

function* databaseNames(ctx: EvalContext): Task<readonly string[]> {
  return (yield ctx.request.host.databaseNames()) as readonly string[]
}

function* databaseInfo(views: DefinitionView, { view, database }: EvalContext): Task<Value> {
  const { catalog } = view
  const branches = database.branches?.list() ?? []
  const forgetting = database.forgetting && ((yield database.forgetting.status()) as ForgettingStatus)
  const snapshots = database.snapshots ? ((yield database.snapshots.list()) as readonly SnapshotInfo[]) : []
  const tables: [string, Value][] = []
  for (const table of catalog.tables()) {
    if (!table.name.startsWith(reservedPrefix)) tables.push([table.name, views.table(table)])
  }
  const params = [...catalog.params()].map((param): [string, Value] => [param.name, views.param(param)])
  return {
    tables: Object.fromEntries(tables),
    params: Object.fromEntries(params),
    // Most databases have none.
    ...(branches.length > 0 && {
      branches: Object.fromEntries(branches.map((each) => [each.name, views.branch(each)])),
    }),
    ...(snapshots.length > 0 && {
      snapshots: Object.fromEntries(snapshots.map((each) => [each.name, views.snapshot(each)])),
    }),
    // Erasures whose bytes are still in the files.
    ...(forgetting !== undefined && forgetting.pending > 0 && { forgetting: { ...forgetting } }),
  }
}

function tableInfo(views: DefinitionView, table: TableDefinition): Value {
  const indexes = definedIndexes(table).map((index): [string, Value] => [index.name, views.index(index)])
  return { definition: views.table(table), indexes: Object.fromEntries(indexes) }
}

function* indexInfo(views: DefinitionView, index: IndexDefinition, ctx: EvalContext): Task<Value> {
  const progress = yield* wait(ctx.database.indexProgress(index.table, index.name))
  return {
    definition: views.index(index),
    state: progress?.state ?? index.state,
    ...(progress && { rows_done: progress.rowsDone, rows_total: progress.rowsTotal }),
    ...(index.failure !== undefined && { failure: index.failure }),
  }
}

function* commitDetails(seq: number, ctx: EvalContext): Task<Value> {
  const [info] = yield* wait(ctx.view.commits.commits([seq]))
  if (info === undefined) throw queryErrors.NOT_DEFINED({ type: 'commit', name: String(seq) })
  const effects = (yield ctx.view.commits.effects(seq, queryLimits.traceCommitsMax)) as readonly number[]
  const { visible } = yield* visibleChanges(seq, queryLimits.commitRecordsMax, ctx)
  return {
    ...commitValue(info),
    ...(effects.length > 0 && { effects }),
    records: visible.map(({ id, record }) => ({ id, operation: record === undefined ? 'delete' : 'put' })),
  }
}

function definedIndexes(table: TableDefinition): readonly IndexDefinition[] {
  return table.indexes.filter((index) => !index.isAdjacency)
}

function requireTable(name: string, ctx: EvalContext): TableDefinition {
  const table = name.startsWith(reservedPrefix) ? undefined : ctx.view.catalog.table(name)
  if (table === undefined) throw queryErrors.NOT_DEFINED({ type: 'table', name })
  return table
}
