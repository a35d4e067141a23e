/**
 * The newest commit, or the one that was newest when the view was taken.
 */

import { encodeExact, type RecordId } from '@dendrodb/protocol'
import type { Catalog, IndexDefinition, TableDefinition } from '../../catalog/definitions.ts'
import { indexKey, mainBranch, prefixEnd } from '../../ledger/key-space.ts'
import { indexEntryPrefixBytes } from '../../ledger/limits.ts'
import type { KvReader } from '../../ledger/overlay.ts'
import type { KeyRange, MaybePromise } from '../../storage/kv-store.ts'
import { type AdjacencyReader, isRelation, readEdges } from '../graph/adjacency.ts'
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
import { encodeTuple } from './index-entries.ts'
import { cachedRangeEntriesMax } from './limits.ts'
import { adjacencyReader, readCount, readRecord, scanEntries, scanRecords } from './live-records.ts'
import type { RangeCache } from './range-cache.ts'
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
  /** Where index ranges leave the entries and the edges that they decode. */
  readonly entryCache: RangeCache<IndexEntry>
  readonly edgeCache: RangeCache<EdgeRef>
  /** Whether anything in the range of keys has been written since `seq`. */
  readonly hasChanged: (range: KeyRange) => boolean
  /** Hears of a record that had to be read and decoded. */
  readonly onRead: (table: TableDefinition, record: StoredRecord, storedBytes: number) => void
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
    return readRecord(reader, table, id, encodeExact(id.key), (record, bytes) => onRead(table, record, bytes))
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
    const isPlain = options?.reverse !== true && options?.limit === undefined
    const isLookup = range.equals.length > 0 && range.lower === undefined && range.upper === undefined
    if (isPlain && isLookup) return this.#lookUp(index, range)
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
    const reader = adjacencyReader(this.#options.reader, this)
    const remembered: AdjacencyReader['remembered'] = (index, far, read) => this.#edgesAt(index, far, read)
    return readEdges({ ...reader, remembered }, node, direction, tables)
  }

  async *#lookUp(index: IndexDefinition, range: IndexRange): AsyncGenerator<readonly IndexEntry[]> {
    const { entryCache, reader } = this.#options
    const tuple = encodeTuple(range.equals)
    const known = entryCache.get(index.id, tuple, this.seq)
    if (known !== undefined) {
      if (known.length > 0) yield known
      return
    }
    const entries: IndexEntry[] = []
    for await (const chunk of scanEntries(reader, index, range)) {
      yield chunk
      if (entries.length <= cachedRangeEntriesMax) entries.push(...chunk)
    }
    this.#remember(entryCache, index, tuple, entries)
  }

  #edgesAt(
    index: IndexDefinition,
    node: RecordId,
    read: () => Promise<readonly EdgeRef[]>,
  ): MaybePromise<readonly EdgeRef[]> {
    const { edgeCache } = this.#options
    const tuple = encodeTuple([node])
    const known = edgeCache.get(index.id, tuple, this.seq)
    if (known !== undefined) return known
    return read().then((edges) => {
      this.#remember(edgeCache, index, tuple, edges)
      return edges
    })
  }

  #remember<T>(cache: RangeCache<T>, index: IndexDefinition, tuple: Uint8Array, entries: readonly T[]): void {
    // A longer value is cut in the keys, so that the range is that of several values.
    if (tuple.length >= indexEntryPrefixBytes || !cache.admits(entries.length)) return
    const gte = indexKey(mainBranch, index.id, tuple)
    if (!this.#options.hasChanged({ gte, lt: prefixEnd(gte) })) {
      cache.set(index.id, tuple, this.seq, entries)
    }
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
