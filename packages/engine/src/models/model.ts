/**
 * What the query layer sees of a database: views to read from and a transaction to write with.
 * Why: head reads, AS OF reads, a transaction's reads of its own writes, and later branches, all look the
 * same to the executor, so that no operator asks which it has.
 * Invariants:
 * - A view shows one commit, whole; nothing it returns may be changed by the caller.
 * - Rows of a table come in the order of their ids (`compareExact` on the key); index entries in the order of
 *   the indexed values (`compareValues`), then of the ids.
 * - A record's `value` always holds its `id` field.
 */

import type { Datetime, RecordId, RecordKey, Value, ValueObject } from '@dendrodb/protocol'
import type {
  Catalog,
  IndexDefinition,
  NewIndex,
  TableChange,
  TableDefinition,
  TableKind,
} from '../catalog/definitions.ts'
import type { WriteMeta } from '../ledger/write-meta.ts'
import type { MaybePromise } from '../storage/kv-store.ts'

export type { NewIndex, TableChange, WriteMeta }

export interface StoredRecord {
  readonly id: RecordId
  /** Order-preserving bytes of `id.key`. */
  readonly idKey: Uint8Array
  /** Commit that wrote this version; 0: the transaction that reads it, whose commit has no number yet. */
  readonly seq: number
  /** Its place in that commit. */
  readonly n: number
  readonly value: ValueObject
  /** Valid time, where the write declared it; both ends belong to it (ledger/valid-time.ts). */
  readonly validFrom?: Value
  readonly validTo?: Value
  /** Commit of the newest version of the period of valid time before; 0: none. */
  readonly periodBefore: number
  /** Of a current record: the versions before it (ledger/earlier-versions.ts), where they are known. */
  readonly earlier?: string | undefined
}

export interface KeyBound {
  readonly key: RecordKey
  readonly inclusive: boolean
}

export interface ScanTableOptions {
  readonly lower?: KeyBound
  readonly upper?: KeyBound
  readonly reverse?: boolean
  /** At most this many rows. */
  readonly limit?: number
}

export interface ValueBound {
  readonly value: Value
  readonly inclusive: boolean
}

/** Entries whose first fields equal `equals` and whose next field lies within the bounds. */
export interface IndexRange {
  readonly equals: readonly Value[]
  readonly lower?: ValueBound
  readonly upper?: ValueBound
}

export interface ScanIndexOptions {
  readonly reverse?: boolean
  readonly limit?: number
}

export interface IndexEntry {
  readonly id: RecordId
  readonly idKey: Uint8Array
  /**
   * The entry is so long that ranges do not tell it from others, whether it was itself cut or not: the
   * record's true value must be checked against the condition, and neighbours that are long as well may stand
   * in another order than their true values.
   */
  readonly isLong: boolean
}

/** `out`: edges whose `in` is the node. `in`: edges whose `out` is the node. */
export type Direction = 'out' | 'in' | 'both'

export interface EdgeRef {
  readonly edge: RecordId
  /** The node at the far end. */
  readonly node: RecordId
}

export interface CommitInfo {
  readonly seq: number
  readonly time: Datetime
  /** What the commit says of itself, as far as it has not been erased. */
  readonly meta: WriteMeta
  /** Commitments to the versions it wrote, by their place. */
  readonly versionHashes: readonly Uint8Array[]
}

/** What a commit did to one record. */
export interface CommitChange {
  readonly id: RecordId
  readonly n: number
  /** The version it wrote; `undefined`: it deleted the record. */
  readonly record: StoredRecord | undefined
  /** The version it replaced; without its period of valid time. */
  readonly replaced: StoredRecord | undefined
}

/** One of the versions of a record. */
export interface RecordVersion extends Omit<CommitChange, 'id' | 'n'> {
  readonly seq: number
}

export interface VersionsOptions {
  readonly limit: number
  /** Only versions of earlier commits than this. */
  readonly before?: number | undefined
}

export interface CommitReader {
  /** In the order of the seqs; `undefined`: there is no such commit. */
  commits(seqs: readonly number[]): MaybePromise<(CommitInfo | undefined)[]>
  /** Records that the commit wrote, the first ones. */
  changes(seq: number, limit: number): Promise<readonly CommitChange[]>
  /** Commits that name this one as a cause, ascending. */
  effects(seq: number, limit: number): Promise<readonly number[]>
  /** Newest first, deletions among them. */
  versions(id: RecordId, options: VersionsOptions): Promise<readonly RecordVersion[]>
}

export interface ReadView {
  /** Commit shown. */
  readonly seq: number
  /**
   * Definitions as the view needs them: tables as they were at `seq`, with today's permissions and with those
   * of today's indexes that are able to answer at `seq`.
   */
  readonly catalog: Catalog
  /** Whether `getRecord` and `getRecords` answer without a promise. */
  readonly reads: 'sync' | 'async'
  getRecord(id: RecordId): MaybePromise<StoredRecord | undefined>
  /** In the order of the ids. */
  getRecords(ids: readonly RecordId[]): MaybePromise<(StoredRecord | undefined)[]>
  /** Chunks of at most 1,024 rows, never empty. */
  scanTable(table: TableDefinition, options?: ScanTableOptions): AsyncIterable<readonly StoredRecord[]>
  /** A record comes once per indexed array element; callers that follow a path with `each` remove repeats. */
  scanIndex(
    index: IndexDefinition,
    range: IndexRange,
    options?: ScanIndexOptions,
  ): AsyncIterable<readonly IndexEntry[]>
  /** Rows of the table; O(1) at head. */
  countTable(table: TableDefinition): MaybePromise<number>
  /**
   * Edges of `node` in the given relation tables (default: all), table by table in the order of the far end's
   * id.
   */
  edges(
    node: RecordId,
    direction: Direction,
    tables?: readonly TableDefinition[],
  ): Promise<readonly EdgeRef[]>
  /** Commits up to the one shown. */
  readonly commits: CommitReader
  /** The newest version of the period of valid time before the record's, if it has one. */
  earlierPeriod(record: StoredRecord): MaybePromise<StoredRecord | undefined>
  /** Gives the underlying snapshot back. Idempotent. */
  close(): void
}

/** In place of the seq of a record that is not there. */
export const absentSeq = -1
/** In place of the seq of a record that the transaction has written itself: its commit has no number yet. */
export const pendingSeq = 0

/** Valid time of the version: a bound is a datetime, or the text of a date or a datetime; none: open. */
export interface PutOptions {
  readonly validFrom?: Value
  readonly validTo?: Value
  /** What is not given stays as the version before has it. */
  readonly keepsValidTime?: boolean
}

/**
 * A transaction: reads see its own writes; nothing is visible outside until the commit.
 * All reads are remembered and checked at the commit (serialisable; no phantoms).
 */
export interface WriteTx extends ReadView {
  /**
   * Creates or replaces the record; `value.id` is ignored. A missing table is made (kind `any`, schemaless).
   * @throws LEDGER_VALID_TIME_INVALID
   */
  put(id: RecordId, value: ValueObject, options?: PutOptions): MaybePromise<void>
  /** Deletes the record and the edges that touch it. `false`: there was none. */
  delete(id: RecordId): MaybePromise<boolean>
  /**
   * Asks about the record as the transaction now sees it: one that it has written is there, and of no commit.
   * @throws LEDGER_PRECONDITION unless the newest version of the record is of commit `seq`, or `seq` is
   * `absentSeq` and there is none
   */
  expectSeq(id: RecordId, seq: number): MaybePromise<void>
  /** The table's definition, made on the spot where there is none. */
  ensureTable(name: string, kind?: TableKind): MaybePromise<TableDefinition>
  /** Creates the table or changes what `change` names. */
  defineTable(name: string, change: TableChange): MaybePromise<TableDefinition>
  removeTable(name: string): MaybePromise<boolean>
  /** Adds the definition in state `building` (or `ready` where the table is empty). */
  defineIndex(index: NewIndex): MaybePromise<IndexDefinition>
  /**
   * Adds the entries of the records that are there and makes the index, which is of this transaction,
   * `ready`; between the steps the caller may pause.
   * @throws INDEX_BUILD_FAILED, INDEX_BUILD_TOO_LARGE
   */
  buildIndex(index: IndexDefinition): AsyncIterable<void>
  removeIndex(table: string, name: string): MaybePromise<boolean>
  setParam(name: string, value: Value | undefined): MaybePromise<void>
  /** Total bytes of the changes so far, against the transaction's limit. */
  readonly changedBytes: number
}
