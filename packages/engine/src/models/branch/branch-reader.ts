/**
 * The state of a branch: its own keys over those of its parent as of the fork.
 * Why a reader of keys: records, views, transactions and history read a branch with the code that reads main.
 * Keys are written as those of main; the branch's number is put in here. Rule of reading: ADR 22.
 */

import { assert } from '@dendrodb/protocol'
import { branchKindOf, keyOnBranch, keyOnMain, rangeOnBranch } from '../../ledger/branch-keys.ts'
import { decodeCountDifference } from '../../ledger/count-difference.ts'
import { isGoneEntry, isGoneRecord } from '../../ledger/gone-mark.ts'
import { decodeLiveEntry } from '../../ledger/index-entry.ts'
import type { KvReader } from '../../ledger/overlay.ts'
import { readUvarint, uvarintBytes, writeUvarint } from '../../ledger/uvarint.ts'
import { chain } from '../../storage/chain.ts'
import type { KeyRange, KvEntry, MaybePromise, ScanOptions } from '../../storage/kv-store.ts'
import { type Layer, mergeLayers } from './merge-layers.ts'
import type { PastState } from './past-state.ts'

export interface BranchReaderOptions {
  readonly branch: number
  /** Where the branch's own keys are, and those of the log. */
  readonly own: KvReader
  /** The parent as of the fork. */
  readonly base: PastState
  /** Records of the table at the fork. */
  readonly countAtFork: (tableId: number, base: PastState) => MaybePromise<number>
}

export class BranchReader implements KvReader {
  readonly #branch: number
  readonly #own: KvReader
  readonly #base: PastState
  readonly #options: BranchReaderOptions

  constructor(options: BranchReaderOptions) {
    this.#branch = options.branch
    this.#own = options.own
    this.#base = options.base
    this.#options = options
  }

  get(key: Uint8Array): MaybePromise<Buffer | undefined> {
    const kind = branchKindOf(key)
    if (kind === undefined) return this.#own.get(key)
    return chain(this.#own.get(keyOnBranch(this.#branch, key)), (stored) => {
      switch (kind) {
        case 'record':
          if (stored === undefined) return this.#base.record(key)
          return isGoneRecord(stored) ? undefined : stored
        case 'history':
          return stored ?? this.#base.version(key)
        case 'index':
          if (stored === undefined) return this.#inheritedEntry(key)
          return isGoneEntry(stored) ? undefined : stored
        case 'pastIndex':
          return stored
        case 'count':
          return this.#count(key, stored)
        default:
          return kind satisfies never
      }
    })
  }

  getMany(keys: readonly Uint8Array[]): MaybePromise<(Buffer | undefined)[]> {
    if (keys.every((key) => branchKindOf(key) === undefined)) return this.#own.getMany(keys)
    const values = keys.map((key) => this.get(key))
    return values.some((value) => value instanceof Promise)
      ? Promise.all(values)
      : (values as (Buffer | undefined)[])
  }

  scan(range: KeyRange, options: ScanOptions = {}): AsyncIterable<readonly KvEntry[]> {
    const kind = branchKindOf(range.gte)
    if (kind === undefined) return this.#own.scan(range, options)
    assert(kind !== 'count', 'counts of a branch are read one by one')
    // A limit holds for what is left after merging.
    const { limit: _, ...rest } = options
    if (kind === 'pastIndex') return this.#ownEntries(range, options)
    // Whether an entry is a mark, and whose it is, is in its value.
    const own = this.#ownEntries(range, { ...rest, values: true })
    return mergeLayers(own, this.#inherited(kind, range, rest), options)
  }

  #inherited(kind: 'record' | 'history' | 'index', range: KeyRange, options: ScanOptions): Layer {
    switch (kind) {
      case 'record':
        return { entries: this.#base.records(range, options), isGone: isGoneRecord }
      case 'history':
        return { entries: this.#base.versions(range, options), isGone: () => false }
      case 'index':
        return {
          entries: this.#base.entries(range, options),
          isGone: isGoneEntry,
          isHidden: (entry) => this.#isClaimGone(entry.key, entry.value),
        }
      default:
        return kind satisfies never
    }
  }

  async *#ownEntries(range: KeyRange, options: ScanOptions): AsyncGenerator<readonly KvEntry[]> {
    for await (const chunk of this.#own.scan(rangeOnBranch(this.#branch, range), options)) {
      yield chunk.map(({ key, value }) => ({ key: keyOnMain(this.#branch, key), value }))
    }
  }

  #inheritedEntry(key: Uint8Array): MaybePromise<Buffer | undefined> {
    return chain(this.#base.entry(key), (stored) => {
      if (stored === undefined) return undefined
      return chain(this.#isClaimGone(key, stored), (isGone) => (isGone ? undefined : stored))
    })
  }

  /** Whether the branch has ended a claim that it inherited: the mark stands under the key with the id. */
  #isClaimGone(key: Uint8Array, stored: Uint8Array): MaybePromise<boolean> {
    const { idKey } = decodeLiveEntry(stored)
    if (idKey === undefined) return false
    const mark = keyOnBranch(this.#branch, Buffer.concat([key, idKey]))
    return chain(this.#own.get(mark), (found) => found !== undefined)
  }

  #count(key: Uint8Array, stored: Buffer | undefined): MaybePromise<Buffer> {
    const difference = stored === undefined ? 0 : decodeCountDifference(stored)
    const atFork = this.#options.countAtFork(readUvarint(key, 2).value, this.#base)
    return chain(atFork, (count) => {
      const bytes = Buffer.allocUnsafe(uvarintBytes(count + difference))
      writeUvarint(bytes, 0, count + difference)
      return bytes
    })
  }
}
