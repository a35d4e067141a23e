/**
 * DEFINE, REMOVE and RESTORE SNAPSHOT. For administrators.
 * Why statements of the text alone and not of a transaction: a snapshot names a commit that is done, and a
 * restore is a transaction of its own.
 */

import type { Value } from '@dendrodb/protocol'
import { accessErrors } from '../access-errors.ts'
import type {
  DefineSnapshotOf,
  Expression,
  RemoveSnapshotStatement,
  RestoreSnapshotStatement,
} from '../dql/ast.ts'
import type { SnapshotHost } from '../host.ts'
import { queryErrors } from '../query-errors.ts'
import { evaluateFor, isCode, metaOf } from './branch-statements.ts'
import { momentOf, snapshotsOf } from './moment.ts'
import type { RequestRun } from './request-run.ts'

export type SnapshotChange = DefineSnapshotOf<Expression> | RemoveSnapshotStatement | RestoreSnapshotStatement

export async function runSnapshotStatement(request: RequestRun, statement: SnapshotChange): Promise<void> {
  const startedAt = performance.now()
  try {
    if (!request.access.isUnrestricted) {
      throw accessErrors.ADMIN_REQUIRED({ statement: statement.kind.replace('_', ' ').toUpperCase() })
    }
    request.checkWritable()
    const snapshots = snapshotsOf(await request.openDatabase())
    request.succeed(await carryOut(request, snapshots, statement), startedAt)
  } catch (error) {
    request.fail(error, startedAt)
  }
}

async function carryOut(
  request: RequestRun,
  snapshots: SnapshotHost,
  statement: SnapshotChange,
): Promise<Value> {
  switch (statement.kind) {
    case 'define_snapshot':
      return define(request, snapshots, statement)
    case 'restore_snapshot':
      return restore(request, snapshots, statement)
    case 'remove_snapshot':
      return remove(request, snapshots, statement)
    default:
      return statement satisfies never
  }
}

async function define(
  request: RequestRun,
  snapshots: SnapshotHost,
  { name, ifExists, at, tables, comment }: DefineSnapshotOf<Expression>,
): Promise<Value> {
  if (ifExists === 'overwrite') throw queryErrors.NOT_SUPPORTED({ construct: 'DEFINE SNAPSHOT OVERWRITE' })
  const time = at && momentOf(await evaluateFor(request, at), 'DEFINE SNAPSHOT … AT')
  try {
    const { seq, head } = await snapshots.create(name, {
      ...(time && { at: time }),
      ...(tables && { tables }),
      ...(comment !== undefined && { comment }),
      ...metaOf(request),
    })
    request.receipt = { seq, head }
  } catch (error) {
    if (ifExists !== 'skip' || !isCode(error, 'SNAPSHOT_EXISTS')) throw error
  }
  return undefined
}

/** On the branch that the text is on. */
async function restore(
  request: RequestRun,
  snapshots: SnapshotHost,
  { name, tables }: RestoreSnapshotStatement,
): Promise<Value> {
  const { branch, session } = request
  const { seq, head, restored } = await snapshots.restore(name, {
    branch,
    ...(tables && { tables }),
    ...(session.signal && { signal: session.signal }),
    ...metaOf(request),
  })
  request.receipt = { seq, head }
  return { restored }
}

async function remove(
  request: RequestRun,
  snapshots: SnapshotHost,
  { name, ifExists }: RemoveSnapshotStatement,
): Promise<Value> {
  try {
    request.receipt = await snapshots.remove(name, metaOf(request))
  } catch (error) {
    if (!ifExists || !isCode(error, 'SNAPSHOT_UNKNOWN')) throw error
  }
  return undefined
}
