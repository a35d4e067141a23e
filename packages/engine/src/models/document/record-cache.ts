/**
 * Decoded records, bounded by what they take, by estimate.
 * Why: decoding costs more than a lookup, and a hot record is read far more often than written.
 * Invariant: an entry is the newest sequenced version of its record; a write removes it when it is sequenced,
 * before anyone could read around it.
 * Two generations: a full young one becomes the old one, and what is read again moves up; what is not is
 * dropped.
 */

import type { RecordKey } from '@dendrodb/protocol'
import { keyText } from '../../ledger/overlay.ts'
import type { StoredRecord } from '../model.ts'

type CacheKey = string | number | bigint
interface Entry {
  readonly record: StoredRecord
  readonly bytes: number
}
type Generation = Map<number, Map<CacheKey, Entry>>

export class RecordCache {
  readonly #bytesMax: number
  #young: Generation = new Map()
  #old: Generation = new Map()
  #youngBytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  get(tableId: number, key: RecordKey, idKey?: Uint8Array): StoredRecord | undefined {
    const cacheKey = cacheKeyOf(key, idKey)
    if (cacheKey === undefined) return undefined
    const entry = this.#young.get(tableId)?.get(cacheKey)
    if (entry !== undefined) return entry.record
    const older = this.#old.get(tableId)?.get(cacheKey)
    if (older === undefined) return undefined
    this.#old.get(tableId)?.delete(cacheKey)
    this.#add(tableId, cacheKey, older)
    return older.record
  }

  set(tableId: number, record: StoredRecord, bytes: number): void {
    const cacheKey = cacheKeyOf(record.id.key, record.idKey)
    if (cacheKey === undefined) return
    this.#old.get(tableId)?.delete(cacheKey)
    this.#add(tableId, cacheKey, { record, bytes })
  }

  /** Whether it was there. */
  delete(tableId: number, key: RecordKey, idKey: Uint8Array): boolean {
    const cacheKey = cacheKeyOf(key, idKey)
    if (cacheKey === undefined) return false
    const wasOld = this.#old.get(tableId)?.delete(cacheKey) ?? false
    return (this.#young.get(tableId)?.delete(cacheKey) ?? false) || wasOld
  }

  clear(): void {
    this.#young = new Map()
    this.#old = new Map()
    this.#youngBytes = 0
  }

  #add(tableId: number, key: CacheKey, entry: Entry): void {
    if (this.#youngBytes + entry.bytes > this.#bytesMax / 2) {
      this.#old = this.#young
      this.#young = new Map()
      this.#youngBytes = 0
    }
    let ofTable = this.#young.get(tableId)
    if (ofTable === undefined) {
      ofTable = new Map()
      this.#young.set(tableId, ofTable)
    }
    ofTable.set(key, entry)
    this.#youngBytes += entry.bytes
  }
}

/** Texts and numbers are told apart by a Map as they are; other keys go by their bytes, behind a NUL. */
function cacheKeyOf(key: RecordKey, idKey: Uint8Array | undefined): CacheKey | undefined {
  if (typeof key === 'number' || typeof key === 'bigint') return key
  if (typeof key === 'string') return key.startsWith('\0') ? undefined : key
  return idKey === undefined ? undefined : `\0${keyText(idKey)}`
}
