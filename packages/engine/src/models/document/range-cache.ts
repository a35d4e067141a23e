/**
 * What an index gives for a value, decoded: all records that have it, all edges of a node.
 * Why: a short range costs two hops through the thread pool of the store, a hundred times what a lookup does.
 * Invariant: a range holds all entries as of every commit since `seq`; a write to one of its keys removes it
 * when it is sequenced, before anyone could read around it.
 * Kept are ranges that fix the leading fields of an index, found by the bytes of those fields.
 */

import { skipCollation } from '@dendrodb/protocol'
import type { IndexChange } from '../../ledger/write-request.ts'
import { keyText } from '../../storage/key-text.ts'
import { ClockCache } from './clock-cache.ts'
import { cachedRangeEntriesMax } from './limits.ts'

interface CachedRange<T> {
  readonly seq: number
  readonly entries: readonly T[]
}

/** By estimate: of an entry, and of a range around them. */
const entryBytes = 240
const rangeBytes = 320

export class RangeCache<T> {
  readonly #ranges: ClockCache<CachedRange<T>>

  constructor(bytesMax: number) {
    this.#ranges = new ClockCache(bytesMax)
  }

  /** @param tuple collation encoding of the leading fields */
  get(indexId: number, tuple: Uint8Array, seq: number): readonly T[] | undefined {
    const range = this.#ranges.get(indexId, keyText(tuple))
    return range !== undefined && range.seq <= seq ? range.entries : undefined
  }

  /** Whether a range of so many entries should be kept. */
  admits(entries: number): boolean {
    return entries <= cachedRangeEntriesMax && this.#ranges.admits()
  }

  set(indexId: number, tuple: Uint8Array, seq: number, entries: readonly T[]): void {
    const bytes = rangeBytes + entries.length * entryBytes
    this.#ranges.set(indexId, keyText(tuple), { seq, entries }, bytes)
  }

  invalidate({ indexId, entry, isCut }: IndexChange): void {
    if (!this.#ranges.has(indexId)) return
    // Where a cut entry's fields end is not known.
    if (isCut) return this.#ranges.deleteGroup(indexId)
    const text = keyText(entry)
    for (let end = 0; end < entry.length; ) {
      end = skipCollation(entry, end)
      this.#ranges.delete(indexId, text.slice(0, end))
    }
  }

  clear(): void {
    this.#ranges.clear()
  }
}
