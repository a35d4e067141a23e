/**
 * What has been decoded, bounded by what it takes, by estimate.
 * What goes when it is full is decided by CLOCK (Corbató 1968): a hand goes round and drops what has not been
 * read since it came by last. A full cache takes only some of what is offered, so that reads spread over more
 * than it can hold do not spend their time on filling it; what is hot is offered again soon.
 * Two levels, so that a lookup makes no key of two parts and a whole group can go at once.
 */

export type CacheKey = string | number | bigint

interface Entry<T> {
  readonly value: T
  readonly bytes: number
  /** Read since the hand came by. */
  isWanted: boolean
}

/** Of what is offered to a full cache one in this many is taken. */
const offersPerAdmission = 4
/** From this share of its bytes on a cache counts as full. */
const fullShare = 15 / 16

export class ClockCache<T> {
  readonly #bytesMax: number
  readonly #groups = new Map<number, Map<CacheKey, Entry<T>>>()
  readonly #hand = this.#sweep()
  #bytes = 0
  #offers = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  get(group: number, key: CacheKey): T | undefined {
    const entry = this.#groups.get(group)?.get(key)
    if (entry === undefined) return undefined
    entry.isWanted = true
    return entry.value
  }

  /** Whether something that has just been read should be kept. */
  admits(): boolean {
    if (this.#bytes < this.#bytesMax * fullShare) return true
    this.#offers += 1
    return this.#offers % offersPerAdmission === 0
  }

  set(group: number, key: CacheKey, value: T, bytes: number): void {
    if (bytes > this.#bytesMax) return
    let entries = this.#groups.get(group)
    if (entries === undefined) {
      entries = new Map()
      this.#groups.set(group, entries)
    }
    this.#drop(entries, key)
    // Before it comes in: nobody has read it yet, so that the hand would take it first.
    while (this.#bytes + bytes > this.#bytesMax) this.#hand.next()
    entries.set(key, { value, bytes, isWanted: false })
    this.#bytes += bytes
  }

  /** Whether it was there. */
  delete(group: number, key: CacheKey): boolean {
    const entries = this.#groups.get(group)
    return entries !== undefined && this.#drop(entries, key)
  }

  has(group: number): boolean {
    return (this.#groups.get(group)?.size ?? 0) > 0
  }

  deleteGroup(group: number): void {
    const entries = this.#groups.get(group)
    for (const key of entries?.keys() ?? []) this.#drop(entries as Map<CacheKey, Entry<T>>, key)
  }

  clear(): void {
    for (const group of this.#groups.keys()) this.deleteGroup(group)
  }

  #drop(entries: Map<CacheKey, Entry<T>>, key: CacheKey): boolean {
    this.#bytes -= entries.get(key)?.bytes ?? 0
    return entries.delete(key)
  }

  /** Goes on until it has dropped an entry, each time that it is asked. */
  *#sweep(): Generator<void, never> {
    for (;;) {
      for (const entries of this.#groups.values()) {
        for (const [key, entry] of entries) {
          if (entry.isWanted) {
            entry.isWanted = false
            continue
          }
          this.#drop(entries, key)
          yield
        }
      }
    }
  }
}
