/**
 * What follows from the history of each record of main: its current version, the versions that each one
 * replaced, the entries of the indexes that are kept, and how many records a table has.
 * Invariant: reads a snapshot of the history as the log writer left it, in which no entry knows the version
 * before it.
 */

import { decodeCanonical, must, RecordId, type ValueObject } from '@dendrodb/protocol'
import type { IndexDefinition, TableDefinition } from '../catalog/definitions.ts'
import type { StoredCatalog } from '../catalog/stored-catalog.ts'
import { encodeCurrentRecord } from '../ledger/current-record.ts'
import type { LedgerHash } from '../ledger/hash.ts'
import { decodeHistory, encodeHistoryEntry, type HistoryItem } from '../ledger/history-entry.ts'
import { keyOf, kindRange, mainBranch, recordKey } from '../ledger/key-space.ts'
import { openVersion, type RecordVersion, storedInterval } from '../ledger/record-version.ts'
import { uvarintBytes, writeUvarint } from '../ledger/uvarint.ts'
import { periodBeforeOf } from '../ledger/valid-time.ts'
import { EntryRuns } from '../models/document/entry-runs.ts'
import { bulkSnapshotOf } from '../storage/bulk-snapshot.ts'
import type { KvStore } from '../storage/kv-store.ts'
import type { BulkWriter } from './bulk-writer.ts'
import { itemsPerChunk, versionsPerRead } from './limits.ts'

export interface DerivationTarget {
  readonly writer: Pick<BulkWriter, 'put'>
  readonly hash: LedgerHash
  readonly catalog: StoredCatalog
}

export interface Derivation extends DerivationTarget {
  readonly store: KvStore
  readonly writer: BulkWriter
  readonly onProgress: (versionsDone: number) => void
}

/** Gives the number of versions. */
export async function deriveRecords(derivation: Derivation): Promise<number> {
  const { store, writer, onProgress } = derivation
  const snapshot = await bulkSnapshotOf(store)
  // Payloads may be large. Where a read costs no round trip, nothing is gained by holding many of them.
  const perRead = store.reads === 'sync' ? 1 : versionsPerRead
  try {
    const walk = new RecordDerivation(derivation)
    let done = 0
    for await (const chunk of snapshot.scan(kindRange('history', mainBranch), {
      chunkEntries: itemsPerChunk,
    })) {
      const items = chunk.map(decodeHistory)
      for (let from = 0; from < items.length; from += perRead) {
        const group = items.slice(from, from + perRead)
        const read = snapshot.getMany(group.map(({ seq, n }) => keyOf('version', seq, n)))
        const payloads = read instanceof Promise ? await read : read
        for (const [at, item] of group.entries()) walk.step(item, payloads[at] as Buffer)
        if (writer.isFull) await writer.flush()
      }
      done += items.length
      onProgress(done)
    }
    walk.finish()
    return done
  } finally {
    snapshot.close()
  }
}

interface Kept {
  readonly table: TableDefinition
  /** Indexes that writes keep up to date. */
  readonly indexes: readonly IndexDefinition[]
}

/** What follows from the versions of records, which come in order; each is met once. */
export class RecordDerivation {
  readonly #writer: Pick<BulkWriter, 'put'>
  readonly #catalog: StoredCatalog
  readonly #runs: EntryRuns
  readonly #counts = new Map<number, number>()
  /** The last version met. */
  #item: HistoryItem | undefined
  #version: RecordVersion | undefined
  /** Its table, unless that was dropped. */
  #kept: Kept | undefined

  constructor({ writer, hash, catalog }: DerivationTarget) {
    this.#writer = writer
    this.#catalog = catalog
    const put = (key: Buffer, value: Buffer) => writer.put(key, value)
    this.#runs = new EntryRuns(hash, { live: put, past: put })
  }

  step(found: HistoryItem, payload: Buffer): void {
    const before = this.#item
    const version = openVersion(payload)
    let item = found
    if (before?.tableId === item.tableId && before.idKey.equals(item.idKey)) {
      if (before.isPut) {
        const periodBefore = this.#periodBefore(found, version)
        item = { ...found, prevSeq: before.seq, prevN: before.n, periodBefore }
        this.#writer.put(item.key, encodeHistoryEntry(item))
      }
    } else {
      this.#endRecord()
      if (before?.tableId !== item.tableId) this.#kept = this.#keptOf(item.tableId)
    }
    this.#item = item
    this.#version = version
    if (this.#kept !== undefined && this.#kept.indexes.length > 0) {
      const { table, indexes } = this.#kept
      this.#runs.step(indexes, item, recordOf(table, version))
    }
  }

  /** Of a version that replaces the last one met. */
  #periodBefore({ isPut }: HistoryItem, version: RecordVersion): number {
    const [item, last] = [this.#item, this.#version]
    if (!isPut || item === undefined || last === undefined) return 0
    const { seq, periodBefore } = item
    return periodBeforeOf(storedInterval(version), { ...storedInterval(last), seq, periodBefore })
  }

  finish(): void {
    this.#endRecord()
    for (const [tableId, count] of this.#counts) {
      const value = Buffer.allocUnsafe(uvarintBytes(count))
      writeUvarint(value, 0, count)
      this.#writer.put(keyOf('count', mainBranch, tableId), value)
    }
  }

  #keptOf(tableId: number): Kept | undefined {
    const table = this.#catalog.tableById(tableId)
    if (table === undefined) return undefined
    return { table, indexes: table.indexes.filter(({ state }) => state !== 'failed') }
  }

  #endRecord(): void {
    const [item, version] = [this.#item, this.#version]
    if (item === undefined || version === undefined || this.#kept === undefined) return
    const { tableId, idKey, seq, n, isPut, periodBefore } = item
    this.#runs.finish(idKey)
    this.#counts.set(tableId, (this.#counts.get(tableId) ?? 0) + (isPut ? 1 : 0))
    if (!isPut) return
    const bytes = must(version.bytes, 'the record of a version that is no deletion')
    const current = encodeCurrentRecord({ seq, n, periodBefore, ...storedInterval(version), bytes })
    this.#writer.put(recordKey(mainBranch, tableId, idKey), current)
  }
}

function recordOf(table: TableDefinition, { key, bytes }: RecordVersion): ValueObject | undefined {
  if (bytes === undefined) return undefined
  const fields = decodeCanonical(bytes) as ValueObject
  return { id: new RecordId(table.name, key), ...fields }
}
