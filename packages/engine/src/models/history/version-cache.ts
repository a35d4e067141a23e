/**
 * Decoded versions that are no longer the newest, bounded by what they take, by estimate.
 * Why no invalidation: a version never changes; it may only be erased, and then the cache is cleared.
 */

import { type CacheKey, ClockCache } from '../document/clock-cache.ts'
import type { StoredRecord } from '../model.ts'

/** All are in one group of the cache. */
const onlyGroup = 0
/** Places in a commit that fit into one number with its seq. */
const placesMax = 2 ** 16

export class VersionCache {
  readonly #records: ClockCache<StoredRecord>

  constructor(bytesMax: number) {
    this.#records = new ClockCache(bytesMax)
  }

  get(seq: number, n: number): StoredRecord | undefined {
    return this.#records.get(onlyGroup, keyOf(seq, n))
  }

  /** Keeps the record, unless the cache is full and takes only some. */
  offer(record: StoredRecord, bytes: number): void {
    if (this.#records.admits()) this.#records.set(onlyGroup, keyOf(record.seq, record.n), record, bytes)
  }

  clear(): void {
    this.#records.clear()
  }
}

function keyOf(seq: number, n: number): CacheKey {
  const number = seq * placesMax + n
  return n < placesMax && Number.isSafeInteger(number) ? number : `${seq}/${n}`
}
