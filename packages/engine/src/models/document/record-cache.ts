/**
 * Decoded records, for reads by id.
 * Why: decoding costs more than a lookup, and a hot record is read far more often than written.
 * Invariant: an entry is the newest sequenced version of its record; a write removes it when it is sequenced,
 * before anyone could read around it.
 */

import type { RecordKey } from '@dendrodb/protocol'
import { keyText } from '../../storage/key-text.ts'
import type { StoredRecord } from '../model.ts'
import { type CacheKey, ClockCache } from './clock-cache.ts'

export class RecordCache {
  readonly #records: ClockCache<StoredRecord>

  constructor(bytesMax: number) {
    this.#records = new ClockCache(bytesMax)
  }

  get(tableId: number, key: RecordKey, idKey?: Uint8Array): StoredRecord | undefined {
    const cacheKey = cacheKeyOf(key, idKey)
    return cacheKey === undefined ? undefined : this.#records.get(tableId, cacheKey)
  }

  /** Whether a record that has just been read should be kept. */
  admits(): boolean {
    return this.#records.admits()
  }

  set(tableId: number, record: StoredRecord, bytes: number): void {
    const cacheKey = cacheKeyOf(record.id.key, record.idKey)
    if (cacheKey !== undefined) this.#records.set(tableId, cacheKey, record, bytes)
  }

  /** Whether it was there. */
  clear(): void {
    this.#records.clear()
  }

  delete(tableId: number, key: RecordKey, idKey: Uint8Array): boolean {
    const cacheKey = cacheKeyOf(key, idKey)
    return cacheKey !== undefined && this.#records.delete(tableId, cacheKey)
  }
}

/** Texts and numbers are told apart by a Map as they are; other keys go by their bytes, behind a NUL. */
function cacheKeyOf(key: RecordKey, idKey: Uint8Array | undefined): CacheKey | undefined {
  if (typeof key === 'number' || typeof key === 'bigint') return key
  if (typeof key === 'string') return key.startsWith('\0') ? undefined : key
  return idKey === undefined ? undefined : `\0${keyText(idKey)}`
}
