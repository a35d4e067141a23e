/**
 * A commit group: requests turned into the operations of one batch, one after another.
 * Why: one fsync serves many writers, and a group that fails is dropped whole, because nothing outside it has
 * changed.
 * Invariant: the state a group starts from is immutable; `state` is where the ledger stands once the batch is
 * in.
 */

import { asBuffer } from '../storage/as-buffer.ts'
import { keyText } from '../storage/key-text.ts'
import type { KvOperation } from '../storage/kv-store.ts'
import { branchOfKey } from './branch-keys.ts'
import { effectKeys } from './causes.ts'
import { encodeCommit, headOf } from './commit.ts'
import { encodeCountDifference } from './count-difference.ts'
import { encodeCurrentRecord } from './current-record.ts'
import { earlierVersions, noEarlierVersions } from './earlier-versions.ts'
import { encodeForgottenMark, forgottenKey, payloadKey } from './forgotten-mark.ts'
import { encodeGoneEntry, encodeGoneRecord } from './gone-mark.ts'
import type { LedgerHash } from './hash.ts'
import { encodeHistoryEntry } from './history-entry.ts'
import { historyFloorEntry } from './history-floor.ts'
import { encodeLiveEntry, encodePastEntry } from './index-entry.ts'
import {
  historyKey,
  indexKey,
  keyOf,
  mainBranch,
  manifestKey,
  merkleStoredLevelMin,
  pastIndexKey,
  recordKey,
} from './key-space.ts'
import { ledgerErrors } from './ledger-errors.ts'
import { timeMicrosEnd } from './limits.ts'
import { encodeManifest, type Manifest } from './manifest.ts'
import { appendLeaf, leafHash } from './merkle/compact-range.ts'
import { Overlay } from './overlay.ts'
import { sealVersion } from './record-version.ts'
import { encodeNonce, encodeReplay, type ReplayGuard, replayTail } from './replay.ts'
import type { SaltSource } from './salt-source.ts'
import { uvarintBytes, writeUvarint } from './uvarint.ts'
import { encodeMetaPayload } from './write-meta.ts'
import type { CommittedWrite, Forgetting, IndexChange, Mutation, WriteRequest } from './write-request.ts'

/** Second part of a `G` key. */
export const garbageKinds = { table: 1, index: 2, branch: 3 } as const

const noValue = new Uint8Array()

/** Where the ledger stands. */
export interface LedgerState {
  /** The database's own; never changes. */
  readonly hash: LedgerHash
  readonly manifest: Manifest
  /** Records of main per table id; absent: 0. */
  readonly counts: ReadonlyMap<number, number>
  /** Of the other branches, by the text of the `C` key: the difference to the number at the fork. */
  readonly differences: ReadonlyMap<string, number>
}

export class CommitGroup {
  /** Changes to the live state (records, index entries), for the reads of requests behind. */
  readonly overlay = new Overlay()
  readonly writes: CommittedWrite[] = []
  readonly #operations: KvOperation[] = []
  readonly #hash: LedgerHash
  readonly #salts: SaltSource
  readonly #startCounts: ReadonlyMap<number, number>
  readonly #changedCounts = new Map<number, number>()
  readonly #startDifferences: ReadonlyMap<string, number>
  readonly #changedDifferences = new Map<string, number>()
  readonly #discarded = new Set<number>()
  #manifest: Manifest
  #bytes = 0

  constructor(start: LedgerState, salts: SaltSource) {
    this.#hash = start.hash
    this.#manifest = start.manifest
    this.#startCounts = start.counts
    this.#startDifferences = start.differences
    this.#salts = salts
  }

  get bytes(): number {
    return this.#bytes
  }

  get isEmpty(): boolean {
    return this.#operations.length === 0
  }

  /** The newest commit, of this group or before it. */
  get seq(): number {
    return this.#manifest.seq
  }

  /**
   * Numbers and hashes the request. Gives the keys of the live state that it changed, as texts.
   * @throws LEDGER_CLOCK_RANGE; nothing is appended then
   */
  append(
    request: WriteRequest,
    nowMicros: number,
  ): { readonly write: CommittedWrite; readonly keys: string[] } {
    const { branch } = request
    const seq = this.#manifest.seq + 1
    const timeMicros = Math.max(nowMicros, this.#manifest.timeMicros + 1)
    if (!(timeMicros < timeMicrosEnd)) throw ledgerErrors.CLOCK_RANGE()
    const keys: string[] = []
    const metaPayload = encodeMetaPayload(request.meta, () => this.#salts.next())
    if (metaPayload !== undefined) this.#put(keyOf('meta', seq), metaPayload)
    for (const key of effectKeys(seq, request.meta)) this.#put(key, noValue)
    const versionCommitments = request.mutations.map((mutation, n) =>
      this.#mutate(branch, mutation, seq, n, keys),
    )
    for (const change of request.indexChanges) this.#changeIndex(branch, change, seq, keys)
    for (const { kind, number, historySince } of request.dropped) {
      if (historySince !== undefined) this.#put(...historyFloorEntry(number, historySince))
      this.#put(keyOf('garbage', garbageKinds[kind], number), uvarintOf(seq))
      if (kind === 'table') this.#changedCounts.set(number, 0)
      if (kind === 'branch') this.#discarded.add(number)
    }
    if (request.forgets !== undefined) this.#forget(request.forgets, seq, keys)
    if (request.guard !== undefined) this.#guard(request.guard, seq, timeMicros, keys)
    const stored = encodeCommit({
      seq,
      prevHead: this.#manifest.head,
      branch,
      timeMicros,
      metaCommitment: metaPayload === undefined ? undefined : this.#hash.of(metaPayload),
      versionCommitments,
    })
    this.#put(keyOf('commit', seq), stored)
    const head = headOf(this.#hash, stored)
    const leaf = leafHash(this.#hash, head)
    const merkle = appendLeaf(this.#hash, this.#manifest.merkle, leaf, ({ level, index, hash }) => {
      if (level >= merkleStoredLevelMin) this.#put(keyOf('merkle', level, index), hash)
    })
    this.#manifest = { ...this.#manifest, seq, head, timeMicros, merkle }
    const write = { seq, head, timeMicros, request }
    this.writes.push(write)
    return { write, keys }
  }

  /** Adds operations that are no commit: derived state that a background job maintains. */
  appendDerived(operations: readonly KvOperation[]): string[] {
    return operations.map((operation) => {
      const isPut = operation.type === 'put'
      return this.#changeLive(asBuffer(operation.key), isPut ? asBuffer(operation.value) : null)
    })
  }

  /** The whole batch, and the state it leads to. */
  finish(nextNumber: number): { readonly operations: readonly KvOperation[]; readonly state: LedgerState } {
    const counts = new Map([...this.#startCounts, ...this.#changedCounts])
    for (const [tableId, count] of this.#changedCounts) {
      this.#put(keyOf('count', mainBranch, tableId), uvarintOf(count))
    }
    for (const [key, difference] of this.#changedDifferences) {
      const stored = Buffer.from(key, 'latin1')
      if (difference === 0) this.#delete(stored)
      else this.#put(stored, encodeCountDifference(difference))
    }
    const differences = this.#differences()
    const manifest = { ...this.#manifest, nextNumber }
    this.#put(manifestKey, encodeManifest(this.#hash, manifest))
    return { operations: this.#operations, state: { hash: this.#hash, manifest, counts, differences } }
  }

  #differences(): ReadonlyMap<string, number> {
    if (this.#changedDifferences.size === 0 && this.#discarded.size === 0) return this.#startDifferences
    const differences = new Map([...this.#startDifferences, ...this.#changedDifferences])
    if (this.#discarded.size === 0) return differences
    const isKept = (key: string) => !this.#discarded.has(branchOfKey(Buffer.from(key, 'latin1')))
    return new Map([...differences].filter(([key]) => isKept(key)))
  }

  #mutate(branch: number, mutation: Mutation, seq: number, n: number, keys: string[]): Buffer {
    const { tableId, idKey, bytes, prevSeq, prevN, prevEarlier, periodBefore, validFrom, validTo } = mutation
    const { payload, commitment } = sealVersion(this.#hash, mutation, this.#salts.next())
    this.#put(keyOf('version', seq, n), payload)
    const history = encodeHistoryEntry({ isPut: bytes !== undefined, n, prevSeq, prevN, periodBefore })
    this.#put(historyKey(branch, tableId, idKey, seq), history)
    const deleted = branch === mainBranch ? null : encodeGoneRecord(seq, n)
    const current =
      bytes === undefined
        ? deleted
        : encodeCurrentRecord(
            { seq, n, periodBefore, validFrom, validTo, bytes },
            earlierVersions(seq, mutation, prevEarlier ?? noEarlierVersions),
          )
    keys.push(this.#changeLive(recordKey(branch, tableId, idKey), current))
    const difference = (bytes === undefined ? 0 : 1) - (prevSeq > 0 ? 1 : 0)
    if (difference !== 0) this.#addToCount(branch, tableId, difference)
    return commitment
  }

  #guard({ replay, nonce }: ReplayGuard, seq: number, timeMicros: number, keys: string[]): void {
    if (replay !== undefined) {
      const { key, requestHash, answer } = replay
      keys.push(this.#changeLive(key, encodeReplay({ seq, timeMicros, requestHash, answer })))
      this.#put(keyOf('replayLog', seq), replayTail(key))
    }
    if (nonce !== undefined) keys.push(this.#changeLive(nonce.key, encodeNonce(nonce.nonce, seq)))
  }

  #forget({ places, liveKeys, keys: others, counts }: Forgetting, seq: number, keys: string[]): void {
    for (const key of liveKeys) keys.push(this.#changeLive(key, null))
    for (const key of others) this.#delete(key)
    const mark = encodeForgottenMark({ reason: 'erased', by: seq })
    for (const place of places) {
      this.#delete(payloadKey(place))
      this.#put(forgottenKey(place), mark)
    }
    for (const { branch, tableId, difference } of counts) this.#addToCount(branch, tableId, difference)
    this.#put(keyOf('erasure', seq), noValue)
  }

  #changeIndex(branch: number, change: IndexChange, seq: number, keys: string[]): void {
    const { indexId, entry, idKey, isUnique, isCut, since, lastSeq, lastN } = change
    const live = indexKey(branch, indexId, entry, isUnique ? undefined : idKey)
    if (change.op === 'add') {
      keys.push(this.#changeLive(live, encodeLiveEntry(seq, isCut, isUnique, idKey)))
      return
    }
    if (change.op === 'remove') this.#removeLive(branch, change, live, seq, keys)
    // An entry of an index that this very commit defines has never been in force.
    if (since < 0 || since >= seq) return
    const past = pastIndexKey(branch, indexId, { entry, idKey, from: since, to: seq })
    this.#put(
      past,
      encodePastEntry({
        isCut,
        to: seq,
        idBytes: idKey.length,
        fromBytes: uvarintBytes(since),
        lastSeq,
        lastN,
      }),
    )
  }

  #removeLive(branch: number, change: IndexChange, live: Buffer, seq: number, keys: string[]): void {
    const { indexId, entry, idKey, isUnique, isCut } = change
    const isOnMain = branch === mainBranch
    if (isUnique || isOnMain) {
      // A unique key may pass from one record to another within one commit: the new owner's entry stays.
      const isPassedOn = isUnique && keys.includes(keyText(live))
      if (!isPassedOn) keys.push(this.#changeLive(live, null))
    }
    if (isOnMain) return
    const mark = encodeGoneEntry(seq, isCut, idKey)
    keys.push(this.#changeLive(indexKey(branch, indexId, entry, idKey), mark))
  }

  /** Records of main's table behind what has been appended so far. */
  count(tableId: number): number {
    return this.#changedCounts.get(tableId) ?? this.#startCounts.get(tableId) ?? 0
  }

  /** As `count`, of another branch: the difference to the number at its fork. */
  countDifference(branch: number, tableId: number): number {
    const key = keyText(keyOf('count', branch, tableId))
    return this.#changedDifferences.get(key) ?? this.#startDifferences.get(key) ?? 0
  }

  #addToCount(branch: number, tableId: number, difference: number): void {
    if (branch === mainBranch) {
      this.#changedCounts.set(tableId, this.count(tableId) + difference)
      return
    }
    const key = keyText(keyOf('count', branch, tableId))
    this.#changedDifferences.set(key, this.countDifference(branch, tableId) + difference)
  }

  #changeLive(key: Buffer, value: Buffer | null): string {
    const text = keyText(key)
    this.overlay.set(text, value)
    if (value === null) {
      this.#delete(key)
    } else {
      this.#put(key, value)
    }
    return text
  }

  #delete(key: Buffer): void {
    this.#operations.push({ type: 'delete', key })
    this.#bytes += key.length
  }

  #put(key: Buffer, value: Uint8Array): void {
    this.#operations.push({ type: 'put', key, value })
    this.#bytes += key.length + value.length
  }
}

function uvarintOf(number: number): Buffer {
  const bytes = Buffer.allocUnsafe(uvarintBytes(number))
  writeUvarint(bytes, 0, number)
  return bytes
}
