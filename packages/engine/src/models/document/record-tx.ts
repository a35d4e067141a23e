/**
 * A transaction: reads a fixed base through its own changes and ends as a write request.
 * Why: statements run beside the sequencer; only the net result, with all that it relied on, is handed in.
 * Invariants:
 * - What is read is remembered, so that the sequencer can tell whether it still holds.
 * - The index changes are always those between the base and the records as they now stand.
 */

import { encodeExact, must, RecordId, type RecordKey, type Value, type ValueObject } from '@dendrodb/protocol'
import { DefinitionTx } from '../../catalog/definition-tx.ts'
import type { Catalog, IndexDefinition, TableDefinition, TableKind } from '../../catalog/definitions.ts'
import type { CatalogChange, StoredCatalog } from '../../catalog/stored-catalog.ts'
import { isSystemTable } from '../../catalog/system-tables.ts'
import { keyOnBranch, rangeOnBranch } from '../../ledger/branch-keys.ts'
import { encodeCurrentRecord } from '../../ledger/current-record.ts'
import { noEarlierVersions } from '../../ledger/earlier-versions.ts'
import type { LedgerHash } from '../../ledger/hash.ts'
import { mainBranch, recordKey } from '../../ledger/key-space.ts'
import { ledgerErrors } from '../../ledger/ledger-errors.ts'
import { mutationsPerCommitMax, recordBytesMax, transactionBytesMax } from '../../ledger/limits.ts'
import { type KvReader, Overlay, OverlayReader } from '../../ledger/overlay.ts'
import type { ReplayGuard } from '../../ledger/replay.ts'
import { hasBounds, periodBeforeOf, toInterval, type ValidInterval } from '../../ledger/valid-time.ts'
import type { WriteMeta } from '../../ledger/write-meta.ts'
import type { Dropped, Forgetting, Mutation, WriteRequest } from '../../ledger/write-request.ts'
import { chain } from '../../storage/chain.ts'
import { keyText } from '../../storage/key-text.ts'
import type { KeyRange, MaybePromise } from '../../storage/kv-store.ts'
import { branchErrors } from '../branch/branch-errors.ts'
import { isRelation, readEdges } from '../graph/adjacency.ts'
import { periodBefore } from '../history/load-version.ts'
import type { VersionCache } from '../history/version-cache.ts'
import type {
  CommitReader,
  Direction,
  EdgeRef,
  IndexEntry,
  IndexRange,
  NewIndex,
  PutOptions,
  ScanIndexOptions,
  ScanTableOptions,
  StoredRecord,
  TableChange,
  WriteTx,
} from '../model.ts'
import { absentSeq, pendingSeq } from '../model.ts'
import { LedgerCommits } from '../provenance/commit-reader.ts'
import { IndexDiff } from './index-diff.ts'
import { adjacencyReader, entryRange, scanEntries, scanRecords, tableRange } from './live-records.ts'
import {
  decodeStoredRecord,
  encodeFields,
  makeRecord,
  storedFields,
  undecodedRecord,
  type VersionOrigin,
} from './record-codec.ts'

/** What a transaction starts from. */
export interface TxBase {
  /** Shows the branch by the keys of main. */
  readonly reader: KvReader
  /** Shows all branches; default: `reader`. */
  readonly log?: KvReader
  /** Default: main. */
  readonly branch?: number
  readonly hash: LedgerHash
  readonly versions: VersionCache
  readonly reads: 'sync' | 'async'
  readonly seq: number
  readonly catalog: StoredCatalog
  /** Records of the table in the base. */
  readonly count: (tableId: number) => MaybePromise<number>
  readonly nextNumber: () => number
  /** A record of the base that is known already. */
  readonly cached: (table: TableDefinition, id: RecordId) => StoredRecord | undefined
}

/** A record by all its names: as a table and an id, and as the `R` key of main and its text. */
interface RecordPlace {
  readonly table: TableDefinition
  readonly id: RecordId
  readonly idKey: Uint8Array
  readonly key: Buffer
  readonly text: string
}

interface ChangedRecord extends RecordPlace {
  /** In the base. */
  readonly before: StoredRecord | undefined
  /** Now; `undefined`: deleted. */
  readonly after: StoredRecord | undefined
  readonly bytes: Uint8Array | undefined
}

export class RecordTx implements WriteTx {
  readonly reads: 'sync' | 'async'
  readonly seq: number
  readonly #base: TxBase
  readonly #overlay = new Overlay()
  readonly #reader: KvReader
  /** Changed since the last scan, and not yet in the overlay: most transactions never scan. */
  readonly #unlaid = new Set<string>()
  readonly #records = new Map<string, ChangedRecord>()
  readonly #indexes: IndexDiff
  readonly #definitions: DefinitionTx
  readonly #readKeys = new Map<string, Uint8Array>()
  readonly #readRanges: KeyRange[] = []
  readonly #branch: number
  readonly #discarded: Dropped[] = []
  #meta: WriteMeta | undefined
  #guard: ReplayGuard | undefined
  #forgets: Forgetting | undefined
  #changedBytes = 0

  constructor(base: TxBase) {
    this.#base = base
    this.reads = base.reads
    this.seq = base.seq
    this.#branch = base.branch ?? mainBranch
    this.#reader = new OverlayReader(base.reader, [this.#overlay])
    this.#indexes = new IndexDiff(base.hash, this.#reader, this.#overlay)
    this.#definitions = new DefinitionTx(base.catalog, {
      nextNumber: base.nextNumber,
      write: (change) => this.#writeDefinition(change),
      isEmpty: (table) => chain(this.countTable(table), (count) => count === 0),
    })
  }

  get catalog(): Catalog {
    return this.#definitions.catalog
  }

  get changedBytes(): number {
    return this.#changedBytes
  }

  /** The log of all branches up to the commit that it starts from. */
  get log(): KvReader {
    return this.#base.log ?? this.#base.reader
  }

  getRecord(id: RecordId): MaybePromise<StoredRecord | undefined> {
    const table = this.catalog.table(id.table)
    return table === undefined ? undefined : this.#read(placeOf(table, id), decodeStoredRecord)
  }

  getRecords(ids: readonly RecordId[]): MaybePromise<(StoredRecord | undefined)[]> {
    const found = ids.map((id) => this.getRecord(id))
    return found.some((record) => record instanceof Promise)
      ? Promise.all(found)
      : (found as (StoredRecord | undefined)[])
  }

  async *scanTable(
    table: TableDefinition,
    options: ScanTableOptions = {},
  ): AsyncIterable<readonly StoredRecord[]> {
    this.#readRanges.push(tableRange(table, options))
    yield* scanRecords(this.#scanned(), table, options)
  }

  async *scanIndex(
    index: IndexDefinition,
    range: IndexRange,
    options: ScanIndexOptions = {},
  ): AsyncIterable<readonly IndexEntry[]> {
    this.#readRanges.push(entryRange(index, range))
    yield* scanEntries(this.#scanned(), index, range, options)
  }

  /** Counts as having read the whole table. */
  countTable(table: TableDefinition): MaybePromise<number> {
    this.#readRanges.push(tableRange(table))
    return chain(this.#base.count(table.id), (inBase) => {
      let count = inBase
      for (const { table: changed, before, after } of this.#records.values()) {
        if (changed.id === table.id) count += (after ? 1 : 0) - (before ? 1 : 0)
      }
      return count
    })
  }

  async edges(
    node: RecordId,
    direction: Direction,
    tables: readonly TableDefinition[] = [...this.catalog.tables()].filter(isRelation),
  ): Promise<readonly EdgeRef[]> {
    const onRange = (range: KeyRange) => this.#readRanges.push(range)
    return readEdges(adjacencyReader(this.#scanned(), this, onRange), node, direction, tables)
  }

  put(id: RecordId, value: ValueObject, options: PutOptions = {}): MaybePromise<void> {
    return chain(this.ensureTable(id.table), (table) => {
      if (!table.drop) return this.#putFields(table, id, storedFields(value), options)
    })
  }

  delete(id: RecordId): MaybePromise<boolean> {
    const table = this.catalog.table(id.table)
    if (table === undefined) return false
    const place = placeOf(table, id)
    return chain(this.#read(place, undecodedRecord), (before) => {
      if (before === undefined) return false
      const change = { ...place, before, after: undefined, bytes: undefined }
      return chain(this.#change(change), () => chain(this.#deleteEdges(id), () => true))
    })
  }

  get commits(): CommitReader {
    const { reader, log, versions, seq } = this.#base
    return new LedgerCommits({ reader, log, versions, seq, catalog: this.catalog })
  }

  earlierPeriod(record: StoredRecord): MaybePromise<StoredRecord | undefined> {
    return periodBefore(this.#base, this.catalog, record)
  }

  ensureTable(name: string, kind?: TableKind): MaybePromise<TableDefinition> {
    return this.#definitions.ensureTable(name, kind)
  }

  defineTable(name: string, change: TableChange): MaybePromise<TableDefinition> {
    this.#refuseOnBranch('DEFINE TABLE')
    return this.#definitions.defineTable(name, change)
  }

  removeTable(name: string): MaybePromise<boolean> {
    this.#refuseOnBranch('REMOVE TABLE')
    return this.#definitions.removeTable(name)
  }

  defineIndex(index: NewIndex): MaybePromise<IndexDefinition> {
    this.#refuseOnBranch('DEFINE INDEX')
    return this.#definitions.defineIndex(index)
  }

  async *buildIndex(index: IndexDefinition): AsyncIterable<void> {
    const table = must(this.catalog.tableById(index.tableId), 'the table of the index')
    for await (const rows of this.scanTable(table)) {
      for (const row of rows) {
        const added = this.#indexes.build(table, index, row)
        if (added instanceof Promise) await added
      }
      yield
    }
    await this.#definitions.setIndexState(index, 'ready')
  }

  removeIndex(table: string, name: string): MaybePromise<boolean> {
    this.#refuseOnBranch('REMOVE INDEX')
    return this.#definitions.removeIndex(table, name)
  }

  forgetBefore(table: string, seq: number): MaybePromise<void> {
    return this.#definitions.forgetBefore(table, seq)
  }

  setIndexState(
    index: IndexDefinition,
    state: IndexDefinition['state'],
    failure?: string,
  ): MaybePromise<void> {
    return this.#definitions.setIndexState(index, state, failure)
  }

  setParam(name: string, value: Value | undefined): MaybePromise<void> {
    this.#refuseOnBranch('DEFINE PARAM')
    return this.#definitions.setParam(name, value)
  }

  expectSeq(id: RecordId, expected: number): MaybePromise<void> {
    return chain(this.getRecord(id), (record) => {
      const actual = record?.seq ?? absentSeq
      if (actual === expected && actual !== pendingSeq) return
      const found = actual === pendingSeq ? 'of this transaction itself' : seqText(actual)
      throw ledgerErrors.PRECONDITION({ id: id.toString(), expected: seqText(expected), actual: found })
    })
  }

  /** The stored value of a key of replay protection, as part of what the transaction relies on. */
  readGuard(key: Buffer): MaybePromise<Buffer | undefined> {
    this.#readKeys.set(keyText(key), key)
    return this.#base.reader.get(key)
  }

  /** What the work itself has to say about the write. */
  describe(meta: WriteMeta): void {
    this.#meta = meta
  }

  /** Has the keys of the branch removed. */
  discardBranch(number: number): void {
    this.#discarded.push({ kind: 'branch', number })
  }

  /**
   * What the transaction starts from, for whoever reads keys; what that relied on is for `forget` to say.
   */
  get base(): TxBase {
    return this.#base
  }

  /** Takes records and all that is known of them out of the database; `live` must be what it is now. */
  forget(forgets: Forgetting, live: readonly Uint8Array[], ranges: readonly KeyRange[]): void {
    this.#forgets = forgets
    for (const key of live) this.#readKeys.set(keyText(key), key)
    this.#readRanges.push(...ranges)
  }

  /** Protects the request; it becomes a commit even if it changes nothing. */
  guard(guard: ReplayGuard): void {
    this.#guard = guard
  }

  close(): void {
    // The base belongs to whoever began the transaction.
  }

  toRequest(meta: WriteMeta | undefined): WriteRequest {
    const mutations: Mutation[] = []
    for (const { table, id, idKey, before, after, bytes } of this.#records.values()) {
      if (before === undefined && after === undefined) continue
      mutations.push({
        table: table.name,
        tableId: table.id,
        key: id.key,
        idKey,
        bytes,
        validFrom: after?.validFrom,
        validTo: after?.validTo,
        prevSeq: before?.seq ?? 0,
        prevN: before?.n ?? 0,
        prevEarlier: before === undefined ? noEarlierVersions : before.earlier,
        periodBefore: after?.periodBefore ?? 0,
        value: after?.value,
      })
    }
    const branch = this.#branch
    const isOnMain = branch === mainBranch
    const readKeys = [...this.#readKeys.values()]
    return {
      branch,
      readSeq: this.seq,
      catalogSeq: this.#base.catalog.seq,
      readKeys: isOnMain ? readKeys : readKeys.map((key) => keyOnBranch(branch, key)),
      readRanges: isOnMain ? this.#readRanges : this.#readRanges.map((range) => rangeOnBranch(branch, range)),
      mutations,
      indexChanges: this.#indexes.changes(),
      dropped: [...this.#definitions.dropped, ...this.#discarded],
      meta: this.#meta === undefined ? meta : { ...meta, ...this.#meta },
      forgets: this.#forgets,
      guard: this.#guard,
    }
  }

  /** @throws BRANCH_DEFINITION */
  #refuseOnBranch(statement: string): void {
    if (this.#branch !== mainBranch) throw branchErrors.DEFINITION({ statement })
  }

  #putFields(
    table: TableDefinition,
    id: RecordId,
    fields: ValueObject,
    options: PutOptions = {},
  ): MaybePromise<void> {
    const place = placeOf(table, id)
    return chain(this.#read(place, undecodedRecord), (before) => {
      const after = makeRecord(id, place.idKey, this.#originOf(place, before, options), fields)
      const change = { ...place, before, after, bytes: checkedBytes(id, fields) }
      return chain(this.#noteValidTime(table, after), () => this.#change(change))
    })
  }

  #read(
    { table, id, idKey, key, text }: RecordPlace,
    decode: typeof decodeStoredRecord,
  ): MaybePromise<StoredRecord | undefined> {
    const changed = this.#records.get(text)
    if (changed !== undefined) return changed.after
    this.#readKeys.set(text, key)
    const cached = this.#base.cached(table, id)
    if (cached !== undefined) return cached
    return chain(this.#base.reader.get(key), (stored) =>
      stored === undefined ? undefined : decode(id, idKey, stored),
    )
  }

  /** As the version will stand behind that of the base; its commit has no number yet. */
  #originOf({ text }: RecordPlace, before: StoredRecord | undefined, options: PutOptions): VersionOrigin {
    const kept = options.keepsValidTime === true ? { ...validTimeOf(before), ...options } : options
    const interval = toInterval(kept)
    const changed = this.#records.get(text)
    const inBase = changed === undefined ? before : changed.before
    return { ...interval, seq: pendingSeq, n: 0, periodBefore: periodBeforeOf(interval, inBase) }
  }

  /** The table's definition says that valid time is in use, so that reads know where to ask for it. */
  #noteValidTime({ name, validTime }: TableDefinition, after: StoredRecord): MaybePromise<void> {
    if (after.periodBefore > 0 && validTime !== 'periods') {
      return this.#definitions.noteValidTime(name, 'periods')
    }
    if (validTime === 'none' && hasBounds(after)) return this.#definitions.noteValidTime(name, 'bounds')
  }

  #change(change: ChangedRecord): MaybePromise<void> {
    const { table, idKey, text, before, after, bytes } = change
    const first = this.#records.get(text)
    const base = first === undefined ? before : first.before
    const isFirst = first === undefined
    return chain(this.#indexes.change(table, idKey, base, before, after, { isFirst }), () => {
      this.#records.set(text, isFirst ? change : { ...change, before: first.before })
      this.#unlaid.add(text)
      this.#changedBytes += (bytes?.length ?? 0) + idKey.length
      if (this.#changedBytes > transactionBytesMax) {
        throw ledgerErrors.TRANSACTION_TOO_LARGE({ limit: transactionBytesMax, unit: 'bytes' })
      }
      if (this.#records.size > mutationsPerCommitMax) {
        throw ledgerErrors.TRANSACTION_TOO_LARGE({ limit: mutationsPerCommitMax, unit: 'records' })
      }
    })
  }

  /** What scans read: the base with all changes so far. */
  #scanned(): KvReader {
    for (const text of this.#unlaid) {
      const { after, bytes } = must(this.#records.get(text), 'a record that was changed')
      this.#overlay.set(text, bytes === undefined ? null : pendingRecord(after, bytes))
    }
    this.#unlaid.clear()
    this.#indexes.layOut()
    return this.#reader
  }

  /** An edge without its node would dangle, so it goes with it. */
  #deleteEdges(node: RecordId): MaybePromise<void> {
    const tables = [...this.catalog.tables()].filter(isRelation)
    if (tables.length === 0 || isSystemTable(node.table)) return
    return this.edges(node, 'both', tables).then(async (edges) => {
      for (const { edge } of edges) await this.delete(edge)
    })
  }

  #writeDefinition({ tableId, key, value }: CatalogChange): MaybePromise<void> {
    const table = must(this.#base.catalog.tableById(tableId), 'a system table')
    const id = new RecordId(table.name, key as RecordKey)
    // A parameter is a value of its own, not a field: the NONE in it stays.
    if (value !== undefined) return this.#putFields(table, id, value)
    return chain(this.delete(id), () => undefined)
  }
}

function placeOf(table: TableDefinition, id: RecordId): RecordPlace {
  const idKey = encodeExact(id.key)
  const key = recordKey(mainBranch, table.id, idKey)
  return { table, id, idKey, key, text: keyText(key) }
}

/** As a scan of the transaction reads it; its commit has no number yet. */
function pendingRecord(after: StoredRecord | undefined, bytes: Uint8Array): Buffer {
  const { validFrom, validTo, periodBefore = 0 } = after ?? {}
  return encodeCurrentRecord({ seq: pendingSeq, n: 0, periodBefore, validFrom, validTo, bytes })
}

function seqText(seq: number): string {
  return seq === absentSeq ? 'absent' : `of commit ${seq}`
}

function validTimeOf(record: StoredRecord | undefined): ValidInterval {
  return { validFrom: record?.validFrom, validTo: record?.validTo }
}

function checkedBytes(id: RecordId, fields: ValueObject): Uint8Array {
  const bytes = encodeFields(fields)
  if (bytes.length > recordBytesMax) {
    throw ledgerErrors.RECORD_TOO_LARGE({ id: id.toString(), bytes: bytes.length, limit: recordBytesMax })
  }
  return bytes
}
