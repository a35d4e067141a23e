/**
 * Decoded versions that are no longer the newest, bounded by what they take, by estimate.
 * Why no invalidation: a version never changes; it may only be erased, and then the cache is cleared.
 * Two generations: a full young one becomes the old one, and what is read again moves up; what is not is
 * dropped.
 */

import type { StoredRecord } from '../model.ts'

interface Entry {
  readonly record: StoredRecord
  readonly bytes: number
}

export class VersionCache {
  readonly #bytesMax: number
  #young = new Map<string, Entry>()
  #old = new Map<string, Entry>()
  #youngBytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  get(seq: number, n: number): StoredRecord | undefined {
    const key = keyOf(seq, n)
    const entry = this.#young.get(key)
    if (entry !== undefined) return entry.record
    const older = this.#old.get(key)
    if (older === undefined) return undefined
    this.#old.delete(key)
    this.#add(key, older)
    return older.record
  }

  set(record: StoredRecord, bytes: number): void {
    if (bytes <= this.#bytesMax / 2) this.#add(keyOf(record.seq, record.n), { record, bytes })
  }

  clear(): void {
    this.#young = new Map()
    this.#old = new Map()
    this.#youngBytes = 0
  }

  #add(key: string, entry: Entry): void {
    if (this.#youngBytes + entry.bytes > this.#bytesMax / 2) {
      this.#old = this.#young
      this.#young = new Map()
      this.#youngBytes = 0
    }
    this.#young.set(key, entry)
    this.#youngBytes += entry.bytes
  }
}

function keyOf(seq: number, n: number): string {
  return `${seq}/${n}`
}
