/**
 * A place in a sorted run of entries, and how it is moved. Fields instead of an object for each entry: merges
 * and scans pass millions.
 */

import type { MaybePromise } from '../kv-store.ts'
import type { ChangeReader } from './change-table.ts'
import type { SealedPages } from './sealed-pages.ts'
import { firstKeyIn, type Segment, segmentFrom } from './segment.ts'
import { compareBytes, type EntryType, entryTypes, type SortedPage } from './sorted-page.ts'

export interface Cursor {
  /** Behind the last entry; the fields below then mean nothing. */
  isDone: boolean
  type: EntryType
  keys: Buffer
  keyStart: number
  keyEnd: number
  values: Buffer
  valueStart: number
  valueEnd: number
  /** To the next entry in the cursor's direction. A new cursor stands before the first one. */
  next(): MaybePromise<void>
}

export function compareCursors(a: Cursor, b: Cursor): number {
  return compareBytes(a.keys, a.keyStart, a.keyEnd, b.keys, b.keyStart, b.keyEnd)
}

const nothing = Buffer.alloc(0)

/** Over the changes of a table, from `bound` on: keys not below it, or in reverse keys below it. */
export class ChangeCursor implements Cursor {
  isDone = false
  type: EntryType = entryTypes.value
  keys: Buffer = nothing
  keyStart = 0
  keyEnd = 0
  values: Buffer = nothing
  valueStart = 0
  valueEnd = 0
  readonly #changes: ChangeReader
  readonly #pairs: IterableIterator<[string, number]>

  constructor(changes: ChangeReader, bound: string, isReverse: boolean) {
    this.#changes = changes
    this.#pairs = isReverse ? changes.below(bound) : changes.from(bound)
  }

  next(): void {
    const { done, value } = this.#pairs.next()
    if (done === true) {
      this.isDone = true
      return
    }
    this.keys = Buffer.from(value[0], 'latin1')
    this.keyEnd = this.keys.length
    const change = this.#changes.change(value[1])
    this.type = change === null ? entryTypes.deleted : entryTypes.value
    this.values = change ?? nothing
    this.valueEnd = this.values.length
  }
}

export interface SegmentCursorOptions {
  /** In key order, without overlaps. */
  readonly segments: readonly Segment[]
  /** Ascending: entries with keys not below it. Reverse: entries with keys below it. */
  readonly bound: string
  /**
   * Leaves that have nothing before it in the cursor's direction are left alone, so that damage in them hurts
   * nobody: ascending, keys not below it; in reverse, keys below it.
   */
  readonly end?: string
  readonly isReverse: boolean
  /** Whether opened pages go into the cache. */
  readonly isKept: boolean
}

/** Over segments, one behind the other. */
export class SegmentCursor implements Cursor {
  isDone = false
  type: EntryType = entryTypes.value
  keys: Buffer = nothing
  keyStart = 0
  keyEnd = 0
  values: Buffer = nothing
  valueStart = 0
  valueEnd = 0
  readonly #pages: SealedPages
  readonly #segments: readonly Segment[]
  readonly #bound: Buffer
  readonly #end: Buffer | undefined
  readonly #isReverse: boolean
  readonly #isKept: boolean
  /** Of the segment that holds the present entry, or will hold the next one. */
  #segmentAt: number
  #index: SortedPage | undefined
  #leafAt = 0
  #leaf: SortedPage | undefined
  #entryAt = 0

  constructor(pages: SealedPages, options: SegmentCursorOptions) {
    const { segments, bound, end, isReverse, isKept } = options
    this.#pages = pages
    this.#segments = segments
    this.#bound = Buffer.from(bound, 'latin1')
    this.#end = end === undefined ? undefined : Buffer.from(end, 'latin1')
    this.#isReverse = isReverse
    this.#isKept = isKept
    const from = segmentFrom(segments, bound)
    this.#segmentAt = isReverse ? Math.min(from, segments.length - 1) : from
  }

  /** The one that the present entry is in. */
  get segment(): Segment {
    return this.#segments[this.#segmentAt] as Segment
  }

  next(): MaybePromise<void> {
    if (this.#leaf === undefined) return this.#openSegment(true)
    const at = this.#entryAt + (this.#isReverse ? -1 : 1)
    if (at >= 0 && at < this.#leaf.count) return this.#show(this.#leaf, at)
    return this.#openLeaf(this.#leafAt + (this.#isReverse ? -1 : 1), false)
  }

  /** @param isFirst the bound may lie inside it */
  #openSegment(isFirst: boolean): MaybePromise<void> {
    const segment = this.#segments[this.#segmentAt]
    if (segment === undefined) {
      this.isDone = true
      return
    }
    const index = this.#pages.patiently(() => this.#pages.index(segment, this.#options(segment.lastKey)))
    return index instanceof Promise
      ? index.then((page) => this.#enter(page, isFirst))
      : this.#enter(index, isFirst)
  }

  #enter(index: SortedPage, isFirst: boolean): MaybePromise<void> {
    this.#index = index
    if (!isFirst) return this.#openLeaf(this.#isReverse ? index.count - 1 : 0, false)
    const at = index.lowerBound(this.#bound)
    return this.#openLeaf(this.#isReverse ? Math.min(at, index.count - 1) : at, true)
  }

  #openLeaf(at: number, isFirst: boolean): MaybePromise<void> {
    const { segment } = this
    const index = this.#index as SortedPage
    if (at < 0 || at >= index.count) {
      this.#segmentAt += this.#isReverse ? -1 : 1
      this.#leaf = undefined
      return this.#openSegment(false)
    }
    index.load(at)
    const lastKey = index.key()
    if (this.#isBeyond(this.#isReverse ? lastKey : firstKeyIn(index.value()))) {
      this.isDone = true
      return
    }
    const options = this.#options(lastKey.toString('latin1'))
    const leaf = this.#pages.patiently(() => this.#pages.leaf(segment, index, at, options))
    return leaf instanceof Promise
      ? leaf.then((page) => this.#enterLeaf(page, at, isFirst))
      : this.#enterLeaf(leaf, at, isFirst)
  }

  #enterLeaf(leaf: SortedPage, leafAt: number, isFirst: boolean): MaybePromise<void> {
    this.#leaf = leaf
    this.#leafAt = leafAt
    if (!isFirst) return this.#show(leaf, this.#isReverse ? leaf.count - 1 : 0)
    const at = leaf.lowerBound(this.#bound)
    if (!this.#isReverse) return this.#show(leaf, at)
    return at === 0 ? this.#openLeaf(leafAt - 1, false) : this.#show(leaf, at - 1)
  }

  #show(leaf: SortedPage, at: number): void {
    leaf.load(at)
    this.#entryAt = at
    this.type = leaf.type
    this.keys = leaf.bytes
    this.keyStart = leaf.keyStart
    this.keyEnd = leaf.keyEnd
    this.values = leaf.bytes
    this.valueStart = leaf.keyEnd
    this.valueEnd = leaf.valueEnd
  }

  #isBeyond(nearest: Buffer): boolean {
    if (this.#end === undefined) return false
    const order = Buffer.compare(nearest, this.#end)
    return this.#isReverse ? order < 0 : order >= 0
  }

  #options(key: string) {
    return { isKept: this.#isKept, key }
  }
}
