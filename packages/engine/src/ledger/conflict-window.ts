/**
 * What has been written lately, by key and by seq.
 * Why: a transaction read a snapshot of commit S; it may become commit N only if nothing it relied on has
 * been written by S+1 … N-1. Comparing write sets in memory decides that without touching the store.
 * Invariant: every key written by a commit after `floorSeq` is known; a transaction older than that
 * conflicts.
 */

import { keyText } from '../storage/key-text.ts'
import type { KeyRange } from '../storage/kv-store.ts'
import { conflictWindowKeysMax } from './limits.ts'

export interface ReadSet {
  readonly readSeq: number
  readonly readKeys: readonly Uint8Array[]
  readonly readRanges: readonly KeyRange[]
}

export class ConflictWindow {
  readonly #keysMax: number
  readonly #lastSeq = new Map<string, number>()
  /** Oldest first. */
  #commits: { readonly seq: number; readonly keys: readonly string[] }[] = []
  #oldest = 0
  #keys = 0
  #floorSeq: number
  #newestSeq: number

  constructor(floorSeq: number, keysMax = conflictWindowKeysMax) {
    this.#floorSeq = floorSeq
    this.#newestSeq = floorSeq
    this.#keysMax = keysMax
  }

  add(seq: number, keys: readonly string[]): void {
    for (const key of keys) this.#lastSeq.set(key, seq)
    this.#newestSeq = seq
    this.#commits.push({ seq, keys })
    this.#keys += keys.length
    while (this.#keys > this.#keysMax && this.#commits.length - this.#oldest > 1) this.#forgetOldest()
  }

  isStale(read: ReadSet): boolean {
    if (read.readSeq >= this.#newestSeq) return false
    if (read.readSeq < this.#floorSeq) return true
    for (const key of read.readKeys) {
      const seq = this.#lastSeq.get(keyText(key))
      if (seq !== undefined && seq > read.readSeq) return true
    }
    return read.readRanges.length > 0 && this.#hasWriteWithin(read)
  }

  #hasWriteWithin(read: ReadSet): boolean {
    const ranges = read.readRanges.map(({ gte, lt }) => ({ gte: keyText(gte), lt: keyText(lt) }))
    for (let at = this.#commits.length - 1; at >= this.#oldest; at -= 1) {
      const commit = this.#commits[at]
      if (commit === undefined || commit.seq <= read.readSeq) return false
      if (commit.keys.some((key) => ranges.some(({ gte, lt }) => key >= gte && key < lt))) return true
    }
    return false
  }

  #forgetOldest(): void {
    const commit = this.#commits[this.#oldest]
    if (commit === undefined) return
    this.#oldest += 1
    this.#floorSeq = commit.seq
    this.#keys -= commit.keys.length
    for (const key of commit.keys) if (this.#lastSeq.get(key) === commit.seq) this.#lastSeq.delete(key)
    if (this.#oldest > 1_024 && this.#oldest * 2 > this.#commits.length) {
      this.#commits = this.#commits.slice(this.#oldest)
      this.#oldest = 0
    }
  }
}
