/**
 * A write request: what a transaction hands to the sequencer, as plain data.
 * Why: it can then come from another thread or another node, and the sequencer can validate, number and hash
 * it without running any of the caller's code.
 * Invariant: each record appears at most once in `mutations`; index changes are the net of the whole
 * transaction.
 */

import type { RecordKey, Value, ValueObject } from '@dendrodb/protocol'
import type { KeyRange } from '../storage/kv-store.ts'
import type { ForgottenPlace } from './forgotten-mark.ts'
import type { ReplayGuard } from './replay.ts'
import type { WriteMeta } from './write-meta.ts'

export interface Mutation {
  readonly table: string
  readonly tableId: number
  readonly key: RecordKey
  /** Exact key encoding of `key`. */
  readonly idKey: Uint8Array
  /** Canonical bytes of the record without its id; `undefined` deletes it. */
  readonly bytes: Uint8Array | undefined
  readonly validFrom: Value
  readonly validTo: Value
  /** Commit of the version that this one replaces; 0: the record was absent. */
  readonly prevSeq: number
  /** Its place in that commit. */
  readonly prevN: number
  /** The versions before that one, as its record lists them (earlier-versions.ts); `undefined`: not known. */
  readonly prevEarlier: string | undefined
  /** Commit of the newest version of the period of valid time before; 0: none (valid-time.ts). */
  readonly periodBefore: number
  /** The decoded record with its id, for caches and feeds of this process; never sent to another node. */
  readonly value: ValueObject | undefined
}

export interface IndexChange {
  readonly indexId: number
  /** `expire`: goes into the past without being in force under a key of its own (see IndexDiff). */
  readonly op: 'add' | 'remove' | 'expire'
  /** Collation encoding of the indexed values, cut where too long. */
  readonly entry: Uint8Array
  readonly idKey: Uint8Array
  readonly isUnique: boolean
  readonly isCut: boolean
  /** For `remove` and `expire`: the seq since which the entry has been in force. */
  readonly since: number
  /** Likewise: seq and n of the last version of the record that had the entry. */
  readonly lastSeq: number
  readonly lastN: number
}

export interface WriteRequest {
  /** The branch that it changes. */
  readonly branch: number
  /** Commit whose state the transaction has seen. */
  readonly readSeq: number
  /** Definitions the index changes were made with. */
  readonly catalogSeq: number
  /** Keys of the live state (records, unique entries) whose presence or content the transaction relied on. */
  readonly readKeys: readonly Uint8Array[]
  /** Ranges of the live state that it relied on, so that nothing may have appeared in them either. */
  readonly readRanges: readonly KeyRange[]
  readonly mutations: readonly Mutation[]
  readonly indexChanges: readonly IndexChange[]
  /** Tables, indexes and branches that go away; their keys are removed in the background. */
  readonly dropped: readonly Dropped[]
  readonly meta: WriteMeta | undefined
  /** What goes for good, from all branches, and leaves only marks. */
  readonly forgets?: Forgetting | undefined
  /** What protects the request against being carried out twice. */
  readonly guard: ReplayGuard | undefined
}

/** What an erasure takes out of a database. */
export interface Forgetting {
  /** Payloads of the log. */
  readonly places: readonly ForgottenPlace[]
  /** Keys of the live state, of all branches, there or not. */
  readonly liveKeys: readonly Buffer[]
  /** Other keys. */
  readonly keys: readonly Buffer[]
  /** By how much the numbers of records change; on a branch the differences to the numbers at its fork. */
  readonly counts: readonly CountChange[]
}

export interface CountChange {
  readonly branch: number
  readonly tableId: number
  readonly difference: number
}

export interface Dropped {
  readonly kind: 'table' | 'index' | 'branch'
  readonly number: number
  /** Of a table whose history is not whole: the commit since which it is. */
  readonly historySince?: number
}

/** What the sequencer made of a request. */
export interface CommittedWrite {
  readonly seq: number
  readonly head: Buffer
  /** Microseconds since 1970, strictly increasing from commit to commit. */
  readonly timeMicros: number
  readonly request: WriteRequest
}

/** Whether it would be a commit that says nothing. */
export function isEmptyRequest({ mutations, guard }: WriteRequest): boolean {
  return mutations.length === 0 && guard === undefined
}
