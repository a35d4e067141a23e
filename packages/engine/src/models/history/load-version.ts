/**
 * A version of a record from the log: its payload, and what its history entry says of its place.
 */

import { decodeCanonical, type RecordId, type ValueObject } from '@dendrodb/protocol'
import type { Catalog } from '../../catalog/definitions.ts'
import { decodeHistoryEntry } from '../../ledger/history-entry.ts'
import { historyKey, keyOf, mainBranch } from '../../ledger/key-space.ts'
import { ledgerErrors } from '../../ledger/ledger-errors.ts'
import type { KvReader } from '../../ledger/overlay.ts'
import { openVersion } from '../../ledger/record-version.ts'
import { chain } from '../../storage/chain.ts'
import type { MaybePromise } from '../../storage/kv-store.ts'
import { decodedBytes } from '../document/decoded-bytes.ts'
import { makeRecord } from '../document/record-codec.ts'
import type { StoredRecord } from '../model.ts'
import type { VersionCache } from './version-cache.ts'

/** Where a version lies, and the period before its own. */
export interface VersionRef {
  readonly seq: number
  readonly n: number
  readonly periodBefore: number
}

export interface VersionReader {
  readonly reader: KvReader
  readonly versions: VersionCache
}

export function loadVersion(
  { reader, versions }: VersionReader,
  id: RecordId,
  idKey: Uint8Array,
  ref: VersionRef,
): MaybePromise<StoredRecord> {
  const known = versions.get(ref.seq, ref.n)
  if (known !== undefined) {
    // What came before it may have been forgotten since, or be there still in an older snapshot.
    const { periodBefore } = ref
    return known.periodBefore === periodBefore ? known : { ...known, periodBefore }
  }
  return chain(reader.get(keyOf('version', ref.seq, ref.n)), (payload) => {
    const record = makeVersion(id, idKey, ref, payload)
    versions.offer(record, decodedBytes(record.value, payload?.length ?? 0))
    return record
  })
}

/** @throws LEDGER_CORRUPT */
export function makeVersion(
  id: RecordId,
  idKey: Uint8Array,
  ref: VersionRef,
  payload: Uint8Array | undefined,
): StoredRecord {
  const version = payload && openVersion(payload)
  if (version?.bytes === undefined) {
    throw ledgerErrors.CORRUPT({
      what: `version ${ref.seq}/${ref.n} of ${id}`,
      reason: 'its payload is missing',
    })
  }
  const { validFrom, validTo, bytes } = version
  const origin = { ...ref, validFrom: validFrom ?? undefined, validTo: validTo ?? undefined }
  return makeRecord(id, idKey, origin, decodeCanonical(bytes) as ValueObject)
}

/** The newest version of the period before the record's. */
export function periodBefore(
  from: VersionReader,
  catalog: Catalog,
  { id, idKey, periodBefore: seq }: StoredRecord,
): MaybePromise<StoredRecord | undefined> {
  const table = seq === 0 ? undefined : catalog.table(id.table)
  if (table === undefined) return undefined
  return chain(from.reader.get(historyKey(mainBranch, table.id, idKey, seq)), (stored) => {
    if (stored === undefined) {
      throw ledgerErrors.CORRUPT({ what: `the history of ${id}`, reason: `commit ${seq} is missing from it` })
    }
    return loadVersion(from, id, idKey, { ...decodeHistoryEntry(stored), seq })
  })
}
