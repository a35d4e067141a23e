/**
 * The version of a record that RESTORE, UNDO and UNDELETE write again.
 * Why one place: statements and library must agree on what the newest change is. Rules: ADR 26.
 */

import { must, type RecordId, type ValueObject } from '@dendrodb/protocol'
import { checkHistoryKept } from '../forgetting/history-kept.ts'
import { edgeRefusal } from '../graph/edge-refusal.ts'
import type { ReadView, RecordVersion, StoredRecord, WriteTx } from '../model.ts'
import { historyErrors } from './history-errors.ts'

/** A change of a record: what it was before and after; `undefined`: not there. */
export interface RecordStep {
  /** Of its commit; that of a transaction comes after all others. */
  readonly seq: number
  readonly before: StoredRecord | undefined
  readonly after: StoredRecord | undefined
}

/**
 * The newest change of a record, that of the transaction itself included: all it does to the record is one
 * change. `undefined`: there never was such a record.
 */
export async function newestStep(tx: WriteTx, id: RecordId): Promise<RecordStep | undefined> {
  const [newest] = await tx.commits.versions(id, { limit: 1 })
  const now = await tx.getRecord(id)
  const own = { seq: tx.seq + 1, before: newest?.record, after: now }
  if (newest === undefined) return now && own
  const isOfTransaction = now?.seq !== newest.record?.seq
  return isOfTransaction ? own : { seq: newest.seq, before: newest.replaced, after: newest.record }
}

/** The version in force at the view's commit: a deletion is one, too. `undefined`: there was none yet. */
export async function versionIn(view: ReadView, id: RecordId): Promise<RecordVersion | undefined> {
  // A view says where it no longer knows; the list of versions is only shorter then.
  await view.getRecord(id)
  const [version] = await view.commits.versions(id, { limit: 1 })
  return version
}

export interface BringingBack {
  readonly kind: 'restore' | 'undo' | 'undelete'
  /** Of `restore`: the state to go back to. */
  readonly then?: ReadView | undefined
}

/**
 * What the record is to become; `undefined`: absent.
 * @throws HISTORY_VERSION_UNKNOWN, HISTORY_NOT_DELETED
 */
export async function versionToWrite(
  tx: WriteTx,
  id: RecordId,
  step: RecordStep,
  { kind, then }: BringingBack,
): Promise<StoredRecord | undefined> {
  if (kind === 'undo') return versionBefore(tx, id, step)
  if (kind === 'undelete') {
    if (step.after !== undefined) throw historyErrors.NOT_DELETED({ id: id.toString() })
    if (step.before !== undefined) return step.before
    throw versionUnknown(id, 'before it was deleted')
  }
  const view = must(then, 'the state to restore')
  // A table that was made anew since is another one.
  const isSameTable = view.catalog.table(id.table)?.id === tx.catalog.table(id.table)?.id
  const record = isSameTable ? await view.getRecord(id) : undefined
  if (record === undefined) throw versionUnknown(id, `as of commit ${view.seq}`)
  return record
}

/** @throws FORGET_HISTORY_GONE where there may have been one that has been forgotten */
function versionBefore(tx: WriteTx, id: RecordId, { seq, before }: RecordStep): StoredRecord | undefined {
  const table = tx.catalog.table(id.table)
  if (before === undefined && table !== undefined) checkHistoryKept(table, seq - 1)
  return before
}

/** @param hasTable whether there is such a table, as far as the caller may know */
export function recordUnknown(id: RecordId, hasTable: boolean): Error {
  const reason = hasTable
    ? 'it never was, or its newest version is none that you may see'
    : `there is no table ${id.table}; what a removed table held is read AS OF, and back with RESTORE SNAPSHOT`
  return historyErrors.RECORD_UNKNOWN({ id: id.toString(), reason })
}

export function hasTable(tx: WriteTx, { table }: RecordId): boolean {
  return tx.catalog.table(table) !== undefined
}

export function versionUnknown(id: RecordId, when: string): Error {
  return historyErrors.VERSION_UNKNOWN({ id: id.toString(), when })
}

/**
 * Writes the version again, with the rights of whoever owns the engine. Gives the record as it is then.
 * @throws HISTORY_*, INDEX_UNIQUE_VIOLATION
 */
export async function bringBack(
  tx: WriteTx,
  id: RecordId,
  asked: BringingBack,
): Promise<ValueObject | undefined> {
  const step = await newestStep(tx, id)
  if (step === undefined) throw recordUnknown(id, hasTable(tx, id))
  const version = await versionToWrite(tx, id, step, asked)
  if (version === undefined) {
    await tx.delete(id)
    return undefined
  }
  const { value, validFrom, validTo } = version
  const reason = await edgeRefusal(tx, id, value, tx.catalog.table(id.table))
  if (reason !== undefined) throw historyErrors.REFUSED({ id: id.toString(), reason })
  await tx.put(id, value, { validFrom, validTo })
  return value
}
