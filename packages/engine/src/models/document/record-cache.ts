/**
 * Decoded records, bounded by what they take, by estimate.
 * Why: decoding costs more than a lookup, and a hot record is read far more often than written.
 * Invariant: an entry is the newest sequenced version of its record; a write removes it when it is sequenced,
 * before anyone could read around it.
 * What goes when it is full is decided by CLOCK (Corbató 1968): a hand goes round and drops what has not been
 * read since it came by last. A full cache takes only some of what is offered, so that reads spread over more
 * than it can hold do not spend their time on filling it; what is hot is offered again soon.
 */

import type { RecordKey } from '@dendrodb/protocol'
import { keyText } from '../../ledger/overlay.ts'
import type { StoredRecord } from '../model.ts'

type CacheKey = string | number | bigint
interface Entry {
  readonly record: StoredRecord
  readonly bytes: number
  /** Read since the hand came by. */
  isWanted: boolean
}

/** Of the records offered to a full cache one in this many is taken. */
const offersPerAdmission = 4
/** From this share of its bytes on a cache counts as full. */
const fullShare = 15 / 16

export class RecordCache {
  readonly #bytesMax: number
  readonly #tables = new Map<number, Map<CacheKey, Entry>>()
  readonly #hand = this.#sweep()
  #bytes = 0
  #offers = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  get(tableId: number, key: RecordKey, idKey?: Uint8Array): StoredRecord | undefined {
    const cacheKey = cacheKeyOf(key, idKey)
    if (cacheKey === undefined) return undefined
    const entry = this.#tables.get(tableId)?.get(cacheKey)
    if (entry === undefined) return undefined
    entry.isWanted = true
    return entry.record
  }

  /** Whether a record that has just been read should be kept. */
  admits(): boolean {
    if (this.#bytes < this.#bytesMax * fullShare) return true
    this.#offers += 1
    return this.#offers % offersPerAdmission === 0
  }

  set(tableId: number, record: StoredRecord, bytes: number): void {
    const cacheKey = cacheKeyOf(record.id.key, record.idKey)
    if (cacheKey === undefined || bytes > this.#bytesMax) return
    let ofTable = this.#tables.get(tableId)
    if (ofTable === undefined) {
      ofTable = new Map()
      this.#tables.set(tableId, ofTable)
    }
    this.#drop(ofTable, cacheKey)
    // Before it comes in: nobody has read it yet, so that the hand would take it first.
    while (this.#bytes + bytes > this.#bytesMax) this.#hand.next()
    ofTable.set(cacheKey, { record, bytes, isWanted: false })
    this.#bytes += bytes
  }

  /** Whether it was there. */
  delete(tableId: number, key: RecordKey, idKey: Uint8Array): boolean {
    const cacheKey = cacheKeyOf(key, idKey)
    const ofTable = this.#tables.get(tableId)
    if (cacheKey === undefined || ofTable === undefined) return false
    return this.#drop(ofTable, cacheKey)
  }

  #drop(ofTable: Map<CacheKey, Entry>, key: CacheKey): boolean {
    this.#bytes -= ofTable.get(key)?.bytes ?? 0
    return ofTable.delete(key)
  }

  /** Goes on until it has dropped an entry, each time that it is asked. */
  *#sweep(): Generator<void, never> {
    for (;;) {
      for (const ofTable of this.#tables.values()) {
        for (const [key, entry] of ofTable) {
          if (entry.isWanted) {
            entry.isWanted = false
            continue
          }
          this.#drop(ofTable, key)
          yield
        }
      }
    }
  }
}

/** Texts and numbers are told apart by a Map as they are; other keys go by their bytes, behind a NUL. */
function cacheKeyOf(key: RecordKey, idKey: Uint8Array | undefined): CacheKey | undefined {
  if (typeof key === 'number' || typeof key === 'bigint') return key
  if (typeof key === 'string') return key.startsWith('\0') ? undefined : key
  return idKey === undefined ? undefined : `\0${keyText(idKey)}`
}
