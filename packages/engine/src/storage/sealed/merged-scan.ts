/**
 * A scan over everything that may hold entries of a range: the newest entry of each key, deletions left out,
 * in chunks.
 */

import { keyText } from '../key-text.ts'
import type { KeyRange, KvEntry, MaybePromise, ScanOptions } from '../kv-store.ts'
import { chunkBytes, chunkEntriesMax, firstChunkEntries } from '../limits.ts'
import { ChangeCursor, type Cursor, compareCursors, SegmentCursor } from './cursor.ts'
import type { ReadState } from './lookup.ts'
import type { SealedPages } from './sealed-pages.ts'
import { compareBytes, entryTypes } from './sorted-page.ts'
import { TimeSlice } from './time-slice.ts'

const noValue = Buffer.alloc(0)

/** @param check throws when the snapshot has been closed */
export async function* mergedScan(
  pages: SealedPages,
  state: ReadState,
  range: KeyRange,
  options: ScanOptions,
  check: () => void,
): AsyncGenerator<readonly KvEntry[]> {
  check()
  if (compareBytes(range.lt, 0, range.lt.length, range.gte, 0, range.gte.length) <= 0) return
  const merged = new MergedCursor(cursorsOf(pages, state, range, options), range, options.reverse === true)
  const slice = new TimeSlice(check)
  const entriesMax = Math.max(1, Math.min(options.chunkEntries ?? chunkEntriesMax, chunkEntriesMax))
  let left = options.limit ?? Number.POSITIVE_INFINITY
  let wanted = options.chunkEntries === undefined ? Math.min(firstChunkEntries, entriesMax) : entriesMax
  while (left > 0) {
    const chunk = new Chunk(pages, options.values !== false)
    try {
      while (chunk.entries.length < Math.min(wanted, left) && chunk.bytes < chunkBytes) {
        const moved = merged.next()
        if (moved !== undefined) await moved
        if (merged.isDone) break
        const added = chunk.add(merged.first)
        if (added !== undefined) await added
      }
    } catch (error) {
      check()
      if (chunk.entries.length > 0) yield chunk.entries
      throw error
    }
    check()
    if (chunk.entries.length === 0) return
    left -= chunk.entries.length
    yield chunk.entries
    check()
    if (slice.isOver()) await slice.rest()
    wanted = entriesMax
  }
}

function cursorsOf(
  pages: SealedPages,
  { tables, levels }: ReadState,
  range: KeyRange,
  { reverse, limit }: ScanOptions,
): Cursor[] {
  const isReverse = reverse === true
  const [gte, lt] = [keyText(range.gte), keyText(range.lt)]
  const [bound, end] = isReverse ? [lt, gte] : [gte, lt]
  // A long scan would push everything else out of the cache.
  const isKept = limit !== undefined && limit <= chunkEntriesMax
  const changes = tables.filter((table) => !table.isEmpty)
  return [
    ...changes.map((table) => new ChangeCursor(table, bound, isReverse)),
    ...levels.map((segments) => new SegmentCursor(pages, { segments, bound, end, isReverse, isKept })),
  ]
}

class Chunk {
  readonly entries: KvEntry[] = []
  bytes = 0
  readonly #pages: SealedPages
  readonly #hasValues: boolean

  constructor(pages: SealedPages, hasValues: boolean) {
    this.#pages = pages
    this.#hasValues = hasValues
  }

  add({ type, keys, keyStart, keyEnd, values, valueStart, valueEnd }: Cursor): MaybePromise<void> {
    const key = keys.subarray(keyStart, keyEnd)
    if (!this.#hasValues) return this.#push(key, noValue)
    const stored = values.subarray(valueStart, valueEnd)
    if (type !== entryTypes.overflow) return this.#push(key, stored)
    const value = this.#pages.patiently(() => this.#pages.longValue(stored, key.toString('latin1')))
    return value instanceof Promise ? value.then((bytes) => this.#push(key, bytes)) : this.#push(key, value)
  }

  #push(key: Buffer, value: Buffer): void {
    this.entries.push({ key, value })
    this.bytes += key.length + value.length
  }
}

/** Over several cursors, newest first; stands on entries inside the range that are not deleted. */
class MergedCursor {
  isDone = false
  /** The cursor with the present entry. */
  first: Cursor
  readonly #cursors: Cursor[]
  readonly #end: Uint8Array
  readonly #isReverse: boolean
  #isStarted = false

  constructor(cursors: Cursor[], range: KeyRange, isReverse: boolean) {
    this.#cursors = cursors
    this.#end = isReverse ? range.gte : range.lt
    this.#isReverse = isReverse
    this.first = cursors[0] as Cursor
    this.isDone = cursors.length === 0
  }

  next(): MaybePromise<void> {
    if (this.isDone) return
    const moved = this.#isStarted ? this.#passFirst() : this.#start()
    return moved === undefined ? this.#settle() : moved.then(() => this.#settle())
  }

  /** From entry to entry until one counts. */
  #settle(): MaybePromise<void> {
    for (;;) {
      this.#findFirst()
      if (this.isDone || this.first.type !== entryTypes.deleted) return
      const moved = this.#passFirst()
      if (moved !== undefined) return moved.then(() => this.#settle())
    }
  }

  #findFirst(): void {
    let first: Cursor | undefined
    for (const cursor of this.#cursors) {
      if (cursor.isDone) continue
      if (first === undefined || this.#order(cursor, first) < 0) first = cursor
    }
    if (first === undefined || this.#isBeyond(first)) this.isDone = true
    else this.first = first
  }

  #order(a: Cursor, b: Cursor): number {
    const order = compareCursors(a, b)
    return this.#isReverse ? -order : order
  }

  #isBeyond({ keys, keyStart, keyEnd }: Cursor): boolean {
    const order = compareBytes(keys, keyStart, keyEnd, this.#end, 0, this.#end.length)
    return this.#isReverse ? order < 0 : order >= 0
  }

  /** All cursors with its key move on, itself last, as the others are compared with it. */
  #passFirst(): MaybePromise<void> {
    let moving: Promise<void>[] | undefined
    for (const cursor of this.#cursors) {
      if (cursor === this.first || cursor.isDone || compareCursors(cursor, this.first) !== 0) continue
      const moved = cursor.next()
      if (moved !== undefined) moving = [...(moving ?? []), moved]
    }
    const moved = this.first.next()
    if (moved !== undefined) moving = [...(moving ?? []), moved]
    return moving === undefined ? undefined : Promise.all(moving).then(() => undefined)
  }

  #start(): MaybePromise<void> {
    this.#isStarted = true
    const moving = this.#cursors.map((cursor) => cursor.next()).filter((moved) => moved !== undefined)
    return moving.length === 0 ? undefined : Promise.all(moving).then(() => undefined)
  }
}
