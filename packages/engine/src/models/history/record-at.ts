/**
 * One record as it was at a commit.
 * Why three ways: the newest version lists those before it; those before these are reached by point reads
 * along `prevSeq`; anything else by one short scan over the record's history.
 * Where to begin: at the version that an index entry led to, which is the one asked for or a later one; at
 * the newest version, if that is cached; else at the newest version as it is stored.
 */

import { decodeCanonical, type RecordId, type ValueObject } from '@dendrodb/protocol'
import type { TableDefinition } from '../../catalog/definitions.ts'
import { decodeCurrentRecord, earlierVersionsIn } from '../../ledger/current-record.ts'
import { listedVersion } from '../../ledger/earlier-versions.ts'
import { decodeHistoryEntry } from '../../ledger/history-entry.ts'
import { historyKey, historyPrefix, mainBranch, recordKey } from '../../ledger/key-space.ts'
import type { KvReader } from '../../ledger/overlay.ts'
import type { VersionPlace } from '../../ledger/record-version.ts'
import { readUvarint, uvarintBytes, writeUvarint } from '../../ledger/uvarint.ts'
import { chain } from '../../storage/chain.ts'
import type { MaybePromise } from '../../storage/kv-store.ts'
import { makeRecord } from '../document/record-codec.ts'
import type { StoredRecord } from '../model.ts'
import { stepsBackMax } from './limits.ts'
import { loadVersion, type VersionReader, type VersionRef } from './load-version.ts'

export interface PastReader extends VersionReader {
  readonly seq: number
  /** The newest version of a record, where it is known. */
  readonly cached: (table: TableDefinition, id: RecordId) => StoredRecord | undefined
}

interface Sought {
  readonly past: PastReader
  readonly table: TableDefinition
  readonly id: RecordId
  readonly idKey: Uint8Array
}

/** `found`: a version of the record that is not followed by another one up to the commit asked for. */
export function recordAt(
  past: PastReader,
  table: TableDefinition,
  id: RecordId,
  idKey: Uint8Array,
  found: VersionPlace | undefined,
): MaybePromise<StoredRecord | undefined> {
  const sought = { past, table, id, idKey }
  if (found !== undefined) return reach(sought, found)
  const cached = past.cached(table, id)
  if (cached !== undefined && cached.seq <= past.seq) return cached
  if (cached?.earlier !== undefined) return reachFrom(sought, cached.seq, cached.earlier)
  return chain(past.reader.get(recordKey(mainBranch, table.id, idKey)), (stored) => {
    if (stored === undefined) return seek(sought)
    const current = decodeCurrentRecord(stored)
    if (current.seq > past.seq) return reachFrom(sought, current.seq, earlierVersionsIn(stored))
    return makeRecord(id, idKey, current, decodeCanonical(current.bytes) as ValueObject)
  })
}

/** From the newest version, which comes later than the commit asked for. */
function reachFrom(sought: Sought, seq: number, earlier: string) {
  return reach(sought, listedVersion(earlier, seq, sought.past.seq))
}

/** The version at the place, unless it is a later one: then one that came before it. */
function reach(sought: Sought, place: VersionPlace): MaybePromise<StoredRecord | undefined> {
  return place.seq > sought.past.seq ? stepBack(sought, place.seq, 0) : loadFound(sought, place)
}

/** From a commit later than the one asked for, which changed the record. */
function stepBack(sought: Sought, laterSeq: number, steps: number): MaybePromise<StoredRecord | undefined> {
  if (steps === stepsBackMax) return seek(sought)
  const { past, table, idKey } = sought
  return chain(past.reader.get(historyKey(mainBranch, table.id, idKey, laterSeq)), (stored) => {
    const later = stored && decodeHistoryEntry(stored)
    // Absent before the later version: it may have been deleted since the commit asked for.
    if (later === undefined || later.prevSeq === 0) return seek(sought)
    if (later.prevSeq > past.seq) return stepBack(sought, later.prevSeq, steps + 1)
    return loadFound(sought, { seq: later.prevSeq, n: later.prevN })
  })
}

function loadFound(sought: Sought, place: VersionPlace): MaybePromise<StoredRecord> {
  const { past, id, idKey } = sought
  return chain(periodOf(sought, place.seq), (periodBefore) =>
    loadVersion(past, id, idKey, { ...place, periodBefore }),
  )
}

/** Only where records have several periods must more be known of a version than its payload says. */
function periodOf({ past, table, idKey }: Sought, seq: number): MaybePromise<number> {
  if (table.validTime !== 'periods') return 0
  return chain(past.reader.get(historyKey(mainBranch, table.id, idKey, seq)), (stored) =>
    stored === undefined ? 0 : decodeHistoryEntry(stored).periodBefore,
  )
}

async function seek({ past, table, id, idKey }: Sought): Promise<StoredRecord | undefined> {
  const ref = await newestVersion(past.reader, past.seq, historyPrefix(mainBranch, table.id, idKey))
  return ref === undefined ? undefined : loadVersion(past, id, idKey, ref)
}

/**
 * The record's newest version that is not newer than `seq`; none where that one is a delete.
 * @param prefix of the record's history keys
 */
export async function newestVersion(
  reader: KvReader,
  seq: number,
  prefix: Uint8Array,
): Promise<VersionRef | undefined> {
  const range = { gte: prefix, lt: versionKey(prefix, seq + 1) }
  for await (const [entry] of reader.scan(range, { reverse: true, limit: 1 })) {
    if (entry === undefined) break
    const { isPut, n, periodBefore } = decodeHistoryEntry(entry.value)
    return isPut ? { seq: readUvarint(entry.key, prefix.length).value, n, periodBefore } : undefined
  }
  return undefined
}

function versionKey(prefix: Uint8Array, seq: number): Buffer {
  const key = Buffer.allocUnsafe(prefix.length + uvarintBytes(seq))
  key.set(prefix)
  writeUvarint(key, prefix.length, seq)
  return key
}
