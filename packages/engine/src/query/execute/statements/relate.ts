/**
 * RELATE: an edge for every pair of a record on the left and one on the right.
 * An edge that is there already under the id that is given takes the data, if it joins the same records; with
 * UNIQUE also the one that joins a pair under whatever id.
 */

import { type RecordId, typeOf, type Value, type ValueObject } from '@dendrodb/protocol'
import { accessErrors } from '../../access-errors.ts'
import { nodesOf } from '../../compile/compile-traversal.ts'
import type { CompiledStatement } from '../../compile/compiled.ts'
import type { Compiler } from '../../compile/compiler.ts'
import type { EvalContext } from '../../compile/eval-context.ts'
import type { RelateStatement } from '../../dql/ast.ts'
import { exactEqual } from '../../operators/comparison.ts'
import { queryErrors } from '../../query-errors.ts'
import { type Task, wait } from '../task.ts'
import { compileData } from '../write/document.ts'
import type { EdgeEnds } from '../write/edge.ts'
import type { WrittenRecord } from '../write/output.ts'
import { createNew, newIdOf, type RecordChange, updateRecord, writableTx } from '../write/record-writer.ts'
import { compileTarget, type Target } from '../write/targets.ts'
import { currentRecord } from './update.ts'
import { compileClauses, WriteResult } from './write-clauses.ts'

export function compileRelate(relate: RelateStatement, compiler: Compiler): CompiledStatement {
  const from = compiler.expression(relate.from)
  const to = compiler.expression(relate.to)
  const edge = compileTarget(relate.edge, 'RELATE', compiler)
  const data = compileData(relate.data, compiler)
  const clauses = compileClauses(relate, 'after', compiler)
  const isSingle = [relate.from, relate.to].every((end) => end.kind === 'record_id')
  const mayBePoint = isSingle && !relate.unique && [from, to, data, clauses].every((part) => part.isPoint)
  return {
    isWrite: true,
    isPoint: (scope) => mayBePoint && edge.isPoint(scope),
    ...(clauses.meta && { meta: clauses.meta }),
    *run(row, ctx) {
      const put = yield* clauses.begin(row, ctx)
      const sources = recordsOf(yield* wait(from.evaluate(row, ctx)))
      const destinations = recordsOf(yield* wait(to.evaluate(row, ctx)))
      const target = single(yield* edge.resolve(row, ctx))
      const result = new WriteResult(clauses, ctx)
      for (const source of sources) {
        for (const destination of destinations) {
          yield* ctx.run.pause()
          const ends = { in: source, out: destination }
          const change = { data, ctx, ends, ...(put && { put }) }
          const written = yield* relateOne(target, relate.unique, change)
          if (written !== undefined) yield* result.add(written)
        }
      }
      return result.value()
    },
  }
}

function* relateOne(
  target: Target,
  isUnique: boolean,
  change: RecordChange & { readonly ends: NonNullable<RecordChange['ends']> },
): Task<WrittenRecord | undefined> {
  const { data, ctx, ends } = change
  const table = 'id' in target ? target.id.table : target.table
  const known = isUnique ? yield* edgeBetween(table, ends.in, ends.out, ctx) : undefined
  const id = known ?? ('id' in target ? target.id : yield* newIdOf(table, data, ctx))
  const before = yield* currentRecord(id, ctx)
  if (before === undefined) return yield* createNew(id, change)
  // One out of sight can neither be changed nor made again.
  if ((yield* wait(ctx.readRecord(id))) === undefined) throw accessErrors.DENIED({ action: 'update', table })
  checkSameEnds(id, before, ends, ctx)
  return yield* updateRecord(id, before, change)
}

/** @throws QUERY_EDGE_TABLE, QUERY_EDGE_FIXED */
function checkSameEnds(id: RecordId, edge: ValueObject, ends: EdgeEnds, ctx: EvalContext): void {
  if (ctx.view.catalog.table(id.table)?.kind.type !== 'relation') {
    throw queryErrors.EDGE_TABLE({ table: id.table })
  }
  const isSame = (['in', 'out'] as const).every((end) => exactEqual(edge[end], ends[end]))
  if (!isSame) throw queryErrors.EDGE_FIXED({ id: id.toString() })
}

function* edgeBetween(
  tableName: string,
  from: RecordId,
  to: RecordId,
  ctx: EvalContext,
): Task<RecordId | undefined> {
  const tx = writableTx(ctx, 'RELATE')
  const table = tx.catalog.table(tableName)
  if (table?.kind.type !== 'relation') return undefined
  const edges = yield* wait(tx.edges(from, 'out', [table]))
  ctx.run.walk(edges.length)
  return edges.find(({ node }) => node.equals(to))?.edge
}

/** @throws QUERY_TARGET_INVALID */
function recordsOf(value: Value): readonly RecordId[] {
  const ids = nodesOf(value)
  const isEmpty = Array.isArray(value) && value.length === 0
  if (ids.length === 0 && !isEmpty) {
    throw queryErrors.TARGET_INVALID({ statement: 'RELATE', found: typeOf(value) })
  }
  return ids
}

function single(targets: readonly Target[]): Target {
  const [only] = targets
  if (only !== undefined && targets.length === 1) return only
  throw queryErrors.TARGET_INVALID({ statement: 'RELATE', found: `${targets.length} tables for the edge` })
}
