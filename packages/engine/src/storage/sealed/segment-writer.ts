/**
 * Turns entries in key order into segments: pages are sealed and handed to the store below as they fill up,
 * in batches, without waiting for the disk; the root that refers to them is written durably behind them.
 */

import type { KvOperation, KvStore } from '../kv-store.ts'
import type { Cursor } from './cursor.ts'
import type { Freed } from './freed.ts'
import { buildFilter, hashKey } from './key-filter.ts'
import { indexBytesMax, type SealedShape, writeBatchBytes } from './limits.ts'
import { encodeLongValue, longValueBytes } from './overflow.ts'
import { type PageCipher, tagOf } from './page-cipher.ts'
import { packPage } from './page-content.ts'
import { overflowKey, pageKey } from './page-keys.ts'
import type { Segment } from './segment.ts'
import { entryTypes, SortedPageBuilder } from './sorted-page.ts'

/** Numbers for new pages; none is ever given twice. */
export interface PageIds {
  nextPageId: number
  nextOverflowId: number
}

export interface SegmentWriterOptions {
  readonly base: KvStore
  readonly cipher: PageCipher
  readonly shape: SealedShape
  readonly ids: PageIds
  /** Last keys of the level below: a segment ends rather there, so that it will meet fewer of them. */
  readonly boundaries: readonly string[]
}

/** Part of a full segment from which on it may end at a boundary. */
const cutShareMin = 1 / 4

export class SegmentWriter {
  readonly segments: Segment[] = []
  readonly #options: SegmentWriterOptions
  readonly #written: readonly [firstPageId: number, firstOverflowId: number]
  readonly #leaf = new SortedPageBuilder()
  readonly #index = new SortedPageBuilder()
  #boundaryAt = 0
  // Of the segment that is being written.
  #hashes: number[] = []
  #deletedCount = 0
  #firstId = 0
  #firstKey = ''
  #entryBytes = 0
  #storedBytes = 0
  /** Sealed and not yet handed over. */
  #pending: KvOperation[] = []
  #pendingBytes = 0
  #sealedBytes = 0

  constructor(options: SegmentWriterOptions) {
    this.#options = options
    this.#written = [options.ids.nextPageId, options.ids.nextOverflowId]
  }

  /** Everything that was handed to the store below, or may have been. */
  written(): Freed[] {
    const [page, overflow] = this.#written
    const { nextPageId, nextOverflowId } = this.#options.ids
    const all: Freed[] = [
      { kind: 'page', first: page, count: nextPageId - page, bytes: this.#sealedBytes },
      { kind: 'overflow', first: overflow, count: nextOverflowId - overflow, bytes: 0 },
    ]
    return all.filter(({ count }) => count > 0)
  }

  /** Whether it is time to `flush`. */
  get isFull(): boolean {
    return this.#pendingBytes >= writeBatchBytes
  }

  /** The cursor's entry. */
  add(cursor: Cursor): void {
    const { keys, keyStart, keyEnd, type, values, valueStart, valueEnd } = cursor
    const { inlineBytesMax, pageBytes } = this.#options.shape
    if (this.#leaf.count === 0 && this.#index.count > 0) this.#cut(cursor)
    this.#hashes.push(hashKey(keys, keyStart, keyEnd))
    if (type === entryTypes.deleted) this.#deletedCount += 1
    if (type === entryTypes.overflow) this.#storedBytes += longValueBytes(values, valueStart)
    if (type === entryTypes.value && valueEnd - valueStart > inlineBytesMax) {
      const place = this.#writeLong(values.subarray(valueStart, valueEnd))
      this.#storedBytes += valueEnd - valueStart
      this.#leaf.addFrom(keys, keyStart, keyEnd, entryTypes.overflow, place, 0, place.length)
    } else {
      this.#leaf.addFrom(keys, keyStart, keyEnd, type, values, valueStart, valueEnd)
    }
    if (this.#leaf.pageBytes >= pageBytes) this.#finishLeaf()
  }

  /** Hands over what is sealed. */
  async flush(): Promise<void> {
    const pending = this.#pending
    this.#pending = []
    this.#pendingBytes = 0
    await this.#options.base.commit(pending, { durable: false })
  }

  async finish(): Promise<void> {
    if (this.#leaf.count > 0) this.#finishLeaf()
    if (this.#index.count > 0) this.#finishSegment()
    if (this.#pending.length > 0) await this.flush()
  }

  /** Ends the segment if it is full, or if its next key lies beyond a boundary. */
  #cut({ keys, keyStart, keyEnd }: Cursor): void {
    const { boundaries, shape } = this.#options
    const key = keys.toString('latin1', keyStart, keyEnd)
    const from = this.#boundaryAt
    while (this.#boundaryAt < boundaries.length && (boundaries[this.#boundaryAt] as string) < key) {
      this.#boundaryAt += 1
    }
    const bytesMin = this.#boundaryAt > from ? shape.segmentBytes * cutShareMin : shape.segmentBytes
    if (this.#entryBytes >= bytesMin || this.#index.pageBytes >= indexBytesMax) this.#finishSegment()
  }

  #finishLeaf(): void {
    const leaf = this.#leaf
    const firstKey = leaf.firstKey()
    if (this.#index.count === 0) {
      this.#firstId = this.#options.ids.nextPageId
      this.#firstKey = firstKey.toString('latin1')
    }
    const lastKey = leaf.lastKey()
    this.#entryBytes += leaf.pageBytes
    const tag = this.#writePage(leaf.finish())
    this.#index.add(lastKey, entryTypes.value, Buffer.concat([tag, firstKey]))
  }

  #finishSegment(): void {
    const leafCount = this.#index.count
    const lastKey = this.#index.lastKey().toString('latin1')
    const filterTag = this.#writePage(buildFilter(this.#hashes))
    const indexTag = this.#writePage(this.#index.finish())
    this.segments.push({
      firstId: this.#firstId,
      leafCount,
      entryCount: this.#hashes.length,
      deletedCount: this.#deletedCount,
      entryBytes: this.#entryBytes,
      storedBytes: this.#storedBytes,
      firstKey: this.#firstKey,
      lastKey,
      filterTag,
      indexTag,
    })
    this.#hashes = []
    this.#deletedCount = 0
    this.#entryBytes = 0
    this.#storedBytes = 0
  }

  /** Gives the tag. */
  #writePage(page: Buffer): Buffer {
    const { cipher, ids } = this.#options
    const id = ids.nextPageId++
    const sealed = cipher.seal('page', id, packPage(page))
    this.#storedBytes += sealed.length
    return this.#write(pageKey(id), sealed)
  }

  /** Gives what stands for the value in its entry. */
  #writeLong(value: Buffer): Buffer {
    const { cipher, ids, shape } = this.#options
    const firstId = ids.nextOverflowId
    const tags: Buffer[] = []
    for (let from = 0; from < value.length; from += shape.overflowPageBytes) {
      const id = ids.nextOverflowId++
      const part = value.subarray(from, from + shape.overflowPageBytes)
      const sealed = cipher.seal('overflow', id, packPage(part))
      tags.push(this.#write(overflowKey(id), sealed))
    }
    return encodeLongValue({ firstId, valueBytes: value.length, tags })
  }

  #write(key: Buffer, sealed: Buffer): Buffer {
    this.#pending.push({ type: 'put', key, value: sealed })
    this.#pendingBytes += sealed.length
    this.#sealedBytes += sealed.length
    return tagOf(sealed)
  }
}
