/**
 * What the query layer asks of the engine that holds it.
 * Why: statements run the same inside a server, a test or another node; only the host knows sequencer and
 * files.
 */

import type { Datetime, HashName, RecordId, Value } from '@dendrodb/protocol'
import type { IndexDefinition } from '../catalog/definitions.ts'
import type { RecordDiff } from '../models/branch/diff-states.ts'
import type { MergeConflict } from '../models/branch/merge-conflict.ts'
import type { Pause } from '../models/branch/pausing-reader.ts'
import type { ErasureHolders } from '../models/forgetting/find-holders.ts'
import type { ReadView, WriteMeta, WriteTx } from '../models/model.ts'
import type { MaybePromise } from '../storage/kv-store.ts'

export type AsOf = { readonly seq: number } | { readonly instant: Value }

export interface Receipt {
  /** Commit of the write; the current one when nothing was written. */
  readonly seq: number
  readonly head: string
}

export interface WriteAnswer<T> {
  readonly result: T
  readonly receipt: Receipt
  /** The idempotency key had been used: this is what the first request was given. */
  readonly isReplay?: boolean
}

export interface WriteOptions {
  /** With an idempotency key the result must be a value: it is what the key's next user is given. */
  readonly meta?: WriteMeta
  /** What is asked, as a value: an idempotency key that comes with another request is refused. */
  readonly request?: Value
  /**
   * The work touches records by id alone, is short and never waits: it may run inside the commit group, where
   * it cannot lose a race. It must return without a promise when the view's reads are sync.
   */
  readonly isPoint?: boolean
  readonly signal?: AbortSignal
}

export interface IndexProgress {
  readonly state: IndexDefinition['state']
  readonly rowsDone: number
  readonly rowsTotal: number
  readonly failure: string | undefined
}

/** What main is called where a branch is named. */
export const mainBranchName = 'main'

export interface BranchInfo {
  readonly name: string
  /** Stands in the branch's keys, and in its commits. */
  readonly number: number
  /** Name of the branch that it was forked from. */
  readonly parent: string
  /** Commit whose state it began with. */
  readonly forkedAt: number
  readonly created: Datetime
  readonly comment?: string
}

export interface NewBranch {
  /** Default: main. */
  readonly from?: string
  /** Default: now. */
  readonly at?: AsOf
  readonly comment?: string
  readonly meta?: WriteMeta
}

/** A branch, main included, and a time of it. */
export interface DiffPoint {
  readonly branch: string
  /** Default: now. */
  readonly at?: AsOf
}

export interface DiffOptions {
  readonly to: DiffPoint
  /** Default: the state that the branch began with. */
  readonly from?: DiffPoint
  /** Default: all. */
  readonly tables?: readonly string[]
  /** Only records that come behind it. */
  readonly after?: RecordId
  /** Asked again and again while it works. */
  readonly pause?: Pause
}

export interface MergeOptions {
  /** Default: main. */
  readonly into?: string
  /** Whether records that both sides have changed are in conflict even where the fields differ. */
  readonly strict?: boolean
  /**
   * `'ours'` (the target's) or `'theirs'` (the source's) for all conflicts, or an object by the ids of
   * records that the source has changed: `'ours'`, `'theirs'`, the record's new fields, or null to delete it;
   * `'*'` for all other conflicts.
   */
  readonly resolve?: Value
  readonly meta?: WriteMeta
  readonly signal?: AbortSignal
}

export interface MergeAnswer extends Receipt {
  readonly source: string
  readonly target: string
  /** `conflicts`: nothing was written. `up_to_date`: there was nothing to write. */
  readonly status: 'merged' | 'up_to_date' | 'conflicts'
  /** Records that the target has taken over, or would. */
  readonly changed: number
  /** Records about which `resolve` has decided. */
  readonly resolved: number
  readonly conflictCount: number
  /** Unresolved; the first 1,000. */
  readonly conflicts: readonly MergeConflict[]
}

export interface BranchHost {
  /** By name. */
  list(): readonly BranchInfo[]
  /** @throws BRANCH_UNKNOWN */
  info(name: string): BranchInfo
  /** What reads and writes the branch; the database itself for `main`. @throws BRANCH_UNKNOWN */
  open(name: string): DatabaseHost
  /**
   * @throws BRANCH_NAME, BRANCH_EXISTS, BRANCH_UNKNOWN, LEDGER_AS_OF_*, BRANCH_TOO_MANY, BRANCH_TOO_DEEP
   */
  create(name: string, options?: NewBranch): Promise<BranchInfo & Receipt>
  /** Records that differ, in chunks. @throws BRANCH_UNKNOWN, LEDGER_AS_OF_* */
  diff(options: DiffOptions): AsyncIterable<readonly RecordDiff[]>
  /** Brings what the branch has changed into another one. @throws BRANCH_* */
  merge(name: string, options?: MergeOptions): Promise<MergeAnswer>
  /** @throws BRANCH_UNKNOWN, BRANCH_IS_MAIN, BRANCH_HAS_CHILDREN */
  remove(name: string, options?: { readonly meta?: WriteMeta }): Promise<Receipt>
}

/** A name for a moment of the database. */
export interface SnapshotInfo {
  readonly name: string
  /** The newest commit that it shows. */
  readonly at: number
  readonly created: Datetime
  /** Those it is about; default: all. */
  readonly tables?: readonly string[]
  readonly comment?: string
}

export interface NewSnapshot {
  /** Default: now. */
  readonly at?: AsOf
  readonly tables?: readonly string[]
  readonly comment?: string
  readonly meta?: WriteMeta
}

export interface SnapshotRestore {
  /** Default: main. */
  readonly branch?: string
  /** Default: those of the snapshot. */
  readonly tables?: readonly string[]
  readonly meta?: WriteMeta
  readonly signal?: AbortSignal
}

export interface RestoreAnswer extends Receipt {
  /** Records that were put back, or away. */
  readonly restored: number
}

export interface SnapshotHost {
  /** By name. */
  list(): Promise<readonly SnapshotInfo[]>
  /** @throws SNAPSHOT_UNKNOWN */
  info(name: string): Promise<SnapshotInfo>
  /** @throws SNAPSHOT_NAME, SNAPSHOT_EXISTS, SNAPSHOT_TOO_MANY, LEDGER_AS_OF_* */
  create(name: string, options?: NewSnapshot): Promise<SnapshotInfo & Receipt>
  /** Makes the records what they were, in one commit. @throws SNAPSHOT_* */
  restore(name: string, options?: SnapshotRestore): Promise<RestoreAnswer>
  /** @throws SNAPSHOT_UNKNOWN */
  remove(name: string, options?: { readonly meta?: WriteMeta }): Promise<Receipt>
  /** What has to be kept of the past, so that the snapshots can still be read. */
  pins(): Promise<readonly SnapshotPin[]>
}

/** A commit whose state has to stay readable. */
export interface SnapshotPin {
  readonly seq: number
  /** Default: all. */
  readonly tables?: readonly string[]
}

/** Two moments of one branch. */
export interface ChangesBetween {
  readonly from: AsOf
  /** Default: now. */
  readonly to?: AsOf
  /** Default: all. */
  readonly tables?: readonly string[]
  /** The last record of the page before. */
  readonly after?: RecordId
  /** Asked again and again while it works. */
  readonly pause?: Pause
}

export interface ErasureOptions {
  /** Stands in the ledger; must not name what is erased. */
  readonly reason?: string
  readonly meta?: WriteMeta
  /**
   * For who keeps something of a person in reserved tables, such as an account: their records may be erased,
   * ids of which there is nothing are passed over, and with the others go the records of `table` that ever
   * had one of them in `field`.
   */
  readonly reserved?: ErasureHolders
}

export interface ErasureAnswer extends Receipt {
  /** The record in the ledger that says so. */
  readonly id: RecordId
  /** The ids that were asked for and those of their edges. */
  readonly records: number
  readonly versions: number
  /** Commits whose metadata went with them. */
  readonly metadata: number
  /** H(salt ‖ ids), as the ledger has it, hexadecimal. */
  readonly commitment: string
  /**
   * Kept nowhere: with it and the ids anybody can see what the commitment is of. Hexadecimal. Not there when
   * the request had been carried out before.
   */
  readonly salt?: string
}

/** How far the files are with what was erased. */
export interface ForgettingStatus {
  /** `complete`: nothing that was erased is in any file. `failed`: it will be tried again. */
  readonly state: 'complete' | 'running' | 'failed'
  /** Erasures whose bytes are still in the files. */
  readonly pending: number
  /** Cleaning kept answers, waiting for old snapshots, rewriting files, opening them anew. */
  readonly step?: 'answers' | 'snapshots' | 'files' | 'reopen'
  /** Why it failed last. */
  readonly failure?: string
}

/** Bytes of the database on disk. */
export interface CompactReport {
  readonly bytesBefore: number
  readonly bytesAfter: number
}

export interface ForgettingHost {
  /**
   * Takes records, their edges and all of their versions out of the database, in one commit; then their bytes
   * out of the files. @throws FORGET_*
   */
  erase(ids: readonly RecordId[], options?: ErasureOptions): Promise<ErasureAnswer>
  /** Gives the disk what nobody needs any more, while everybody goes on. @throws STORAGE_FULL */
  compact(): Promise<CompactReport>
  status(): Promise<ForgettingStatus>
}

export interface DatabaseHost {
  readonly name: string
  readonly branches?: BranchHost
  readonly snapshots?: SnapshotHost
  /** Records that differ between two moments, in chunks. @throws LEDGER_AS_OF_* */
  changes?(between: ChangesBetween): AsyncIterable<readonly RecordDiff[]>
  readonly forgetting?: ForgettingHost
  /**
   * A view of the newest commit, or of the past. The caller closes it. @throws LEDGER_AS_OF_UNKNOWN for the
   * future
   */
  view(asOf?: AsOf): MaybePromise<ReadView>
  /**
   * Runs `work` as one transaction and commits it. On a conflict `work` is run again on a fresh view, so it
   * must have no effects outside `tx`. When `work` throws nothing is written.
   */
  write<T>(work: (tx: WriteTx) => MaybePromise<T>, options?: WriteOptions): Promise<WriteAnswer<T>>
  /** The newest acknowledged commit. */
  head(): Receipt
  /** Resolves when the index is ready. @throws INDEX_BUILD_FAILED after removing the definition's effect */
  waitForIndex(table: string, index: string, signal?: AbortSignal): Promise<void>
  indexProgress(table: string, index: string): MaybePromise<IndexProgress | undefined>
  rebuildIndex(table: string, index: string): Promise<void>
}

export interface NewDatabase {
  /** Hash function of its chain. Default: the engine's. */
  readonly hash?: HashName
}

export interface QueryHost {
  /** Opens the database, making it when it does not exist and the caller may. @throws ACCESS_DENIED */
  database(name: string, ifNew?: NewDatabase): MaybePromise<DatabaseHost>
  /** Names on disk and open, sorted. */
  databaseNames(): Promise<readonly string[]>
  /** @throws ENGINE_DATABASE_MISSING */
  dropDatabase(name: string): Promise<void>
}
