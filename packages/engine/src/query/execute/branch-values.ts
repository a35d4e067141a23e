/**
 * Branches, snapshots, differences and merges as values of a query.
 */

import type { ValueObject } from '@dendrodb/protocol'
import type { RecordDiff } from '../../models/branch/diff-states.ts'
import type { FieldChange } from '../../models/branch/field-changes.ts'
import type { MergeConflict } from '../../models/branch/merge-conflict.ts'
import type { BranchHost, BranchInfo, DatabaseHost, MergeAnswer, SnapshotInfo } from '../host.ts'
import { queryErrors } from '../query-errors.ts'

/** @throws QUERY_NOT_SUPPORTED where the host has no branches */
export function branchesOf({ branches }: DatabaseHost): BranchHost {
  if (branches === undefined) throw queryErrors.NOT_SUPPORTED({ construct: 'BRANCH' })
  return branches
}

export function branchValue({ name, number, parent, forkedAt, created, comment }: BranchInfo): ValueObject {
  return { name, number, parent, forked_at: forkedAt, created, ...(comment !== undefined && { comment }) }
}

export function snapshotValue({ name, at, created, tables, comment }: SnapshotInfo): ValueObject {
  return {
    name,
    at,
    created,
    ...(tables && { tables: [...tables] }),
    ...(comment !== undefined && { comment }),
  }
}

export function diffValue({ id, change, before, after, fields }: RecordDiff): ValueObject {
  const base = { id, change }
  if (change === 'added') return { ...base, after }
  if (change === 'removed') return { ...base, before }
  return { ...base, fields: (fields ?? []).map(fieldValue) }
}

export function mergeValue(answer: MergeAnswer): ValueObject {
  const { status, source, target, changed, resolved, conflictCount, conflicts } = answer
  return {
    status,
    source,
    target,
    changed,
    resolved,
    conflict_count: conflictCount,
    conflicts: conflicts.map(conflictValue),
  }
}

function conflictValue({ id, kind, base, ours, theirs, fields, records }: MergeConflict): ValueObject {
  return {
    id,
    kind,
    ...(base && { base }),
    ...(ours && { ours }),
    ...(theirs && { theirs }),
    ...(fields && { fields }),
    ...(records && { records }),
  }
}

function fieldValue({ field, old, new: now }: FieldChange): ValueObject {
  return { field, ...(old !== undefined && { old }), ...(now !== undefined && { new: now }) }
}
