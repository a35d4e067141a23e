/**
 * The newest commit, or the one that was newest when the view was taken.
 */

import { encodeExact, type RecordId } from '@dendrodb/protocol'
import type { Catalog, IndexDefinition, TableDefinition } from '../../catalog/definitions.ts'
import { mainBranch, recordKey } from '../../ledger/key-space.ts'
import type { KvReader } from '../../ledger/overlay.ts'
import { chain } from '../../storage/chain.ts'
import type { KeyRange, MaybePromise } from '../../storage/kv-store.ts'
import { isRelation, readEdges } from '../graph/adjacency.ts'
import { periodBefore } from '../history/load-version.ts'
import type { VersionCache } from '../history/version-cache.ts'
import type {
  CommitReader,
  Direction,
  EdgeRef,
  IndexEntry,
  IndexRange,
  ReadView,
  ScanIndexOptions,
  ScanTableOptions,
  StoredRecord,
} from '../model.ts'
import { LedgerCommits } from '../provenance/commit-reader.ts'
import { scanWithCache } from './cached-scan.ts'
import { adjacencyReader, readCount, scanEntries, scanRecords } from './live-records.ts'
import { decodeStoredRecord } from './record-codec.ts'
import type { ScanCache } from './scan-cache.ts'

export interface HeadViewOptions {
  readonly reader: KvReader
  readonly reads: 'sync' | 'async'
  readonly seq: number
  readonly catalog: Catalog
  readonly versions: VersionCache
  /** A record that is known to be as of `seq`. */
  readonly cached: (table: TableDefinition, id: RecordId, idKey?: Uint8Array) => StoredRecord | undefined
  /** Where scans of whole tables leave what they decode. */
  readonly scanCache: ScanCache
  /** Whether anything in the range of keys has been written since `seq`. */
  readonly hasChanged: (range: KeyRange) => boolean
  /** Hears of a record that had to be read and decoded. */
  readonly onRead: (table: TableDefinition, record: StoredRecord, recordBytes: number) => void
  readonly onClose: () => void
}

export class HeadView implements ReadView {
  readonly seq: number
  readonly catalog: Catalog
  readonly reads: 'sync' | 'async'
  readonly #options: HeadViewOptions
  #isOpen = true

  constructor(options: HeadViewOptions) {
    this.#options = options
    this.seq = options.seq
    this.catalog = options.catalog
    this.reads = options.reads
  }

  getRecord(id: RecordId): MaybePromise<StoredRecord | undefined> {
    const table = this.catalog.table(id.table)
    if (table === undefined) return undefined
    const { reader, cached, onRead } = this.#options
    const known = cached(table, id)
    if (known !== undefined) return known
    const idKey = encodeExact(id.key)
    return chain(reader.get(recordKey(mainBranch, table.id, idKey)), (stored) => {
      if (stored === undefined) return undefined
      const record = decodeStoredRecord(id, idKey, stored)
      onRead(table, record, stored.length)
      return record
    })
  }

  getRecords(ids: readonly RecordId[]): MaybePromise<(StoredRecord | undefined)[]> {
    if (this.reads === 'sync') return ids.map((id) => this.getRecord(id) as StoredRecord | undefined)
    return Promise.all(ids.map((id) => this.getRecord(id)))
  }

  scanTable(table: TableDefinition, options?: ScanTableOptions): AsyncIterable<readonly StoredRecord[]> {
    const { reader, seq, scanCache, hasChanged } = this.#options
    const isWhole =
      options === undefined || Object.values(options).every((value) => value === undefined || value === false)
    if (isWhole) return scanWithCache({ reader, seq, cache: scanCache, hasChanged }, table)
    return scanRecords(reader, table, options)
  }

  scanIndex(
    index: IndexDefinition,
    range: IndexRange,
    options?: ScanIndexOptions,
  ): AsyncIterable<readonly IndexEntry[]> {
    return scanEntries(this.#options.reader, index, range, options)
  }

  countTable(table: TableDefinition): MaybePromise<number> {
    return readCount(this.#options.reader, table.id)
  }

  edges(
    node: RecordId,
    direction: Direction,
    tables: readonly TableDefinition[] = [...this.catalog.tables()].filter(isRelation),
  ): Promise<readonly EdgeRef[]> {
    return readEdges(adjacencyReader(this.#options.reader, this), node, direction, tables)
  }

  get commits(): CommitReader {
    const { reader, versions } = this.#options
    return new LedgerCommits({ reader, versions, seq: this.seq, catalog: this.catalog })
  }

  earlierPeriod(record: StoredRecord): MaybePromise<StoredRecord | undefined> {
    return periodBefore(this.#options, this.catalog, record)
  }

  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#options.onClose()
  }
}
