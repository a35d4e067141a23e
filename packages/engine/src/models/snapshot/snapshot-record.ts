/**
 * Snapshots as records of `$snapshot`: a name for a commit, so that making one copies nothing.
 */

import { Datetime, RecordId, type Value, type ValueObject } from '@dendrodb/protocol'
import { snapshotTable } from '../../catalog/system-tables.ts'
import { ledgerErrors } from '../../ledger/ledger-errors.ts'
import type { ReadView, StoredRecord } from '../model.ts'
import { snapshotNameCharsMax, snapshotTablesMax } from './limits.ts'
import { snapshotErrors } from './snapshot-errors.ts'

export interface Snapshot {
  readonly name: string
  /** Seq of the newest commit that it shows. */
  readonly at: number
  readonly created: Datetime
  /** `undefined`: all. */
  readonly tables: readonly string[] | undefined
  readonly comment: string | undefined
}

export function snapshotId(name: string): RecordId {
  return new RecordId(snapshotTable.name, name)
}

export function encodeSnapshot({ at, created, tables, comment }: Snapshot): ValueObject {
  return { at, created, ...(tables && { tables: [...tables] }), ...(comment !== undefined && { comment }) }
}

/** @throws LEDGER_CORRUPT */
export function decodeSnapshot({ id, value }: StoredRecord): Snapshot {
  const { at, created, tables, comment } = value
  if (typeof at !== 'number' || !(created instanceof Datetime)) {
    throw ledgerErrors.CORRUPT({ what: `the record ${id}`, reason: 'it is no snapshot' })
  }
  return {
    name: id.key as string,
    at,
    created,
    tables: tables as readonly string[] | undefined,
    comment: comment as string | undefined,
  }
}

/** All of them by name; on a view of main. */
export async function readSnapshots(view: ReadView): Promise<readonly Snapshot[]> {
  const snapshots: Snapshot[] = []
  for await (const rows of view.scanTable(snapshotTable)) snapshots.push(...rows.map(decodeSnapshot))
  return snapshots
}

/** @throws SNAPSHOT_NAME */
export function checkSnapshotName(name: Value): asserts name is string {
  const isGood =
    typeof name === 'string' &&
    name.length > 0 &&
    name.length <= snapshotNameCharsMax &&
    name.isWellFormed() &&
    !/\p{Cc}/u.test(name)
  if (!isGood) throw snapshotErrors.NAME({ charsMax: snapshotNameCharsMax })
}

/** Names of users' tables, once each. @throws SNAPSHOT_TABLES */
export function checkSnapshotTables(tables: readonly string[]): readonly string[] {
  const bad = tables.find((name) => typeof name !== 'string' || name === '' || name.startsWith('$'))
  if (bad !== undefined || tables.length === 0 || tables.length > snapshotTablesMax) {
    throw snapshotErrors.TABLES({ limit: snapshotTablesMax, found: bad ?? `${tables.length} of them` })
  }
  return [...new Set(tables)].sort()
}
