/**
 * Reads pages: from the cache, or opened from what the store below holds.
 * Why one view for all readers: a page is written once and deleted only when no snapshot of ours can see it,
 * so that any state of the store below will do. Newer states have fewer dead pages to hold on to.
 */

import { DbError } from '@dendrodb/protocol'
import { chain } from '../chain.ts'
import type { KvSnapshot, KvStore, MaybePromise } from '../kv-store.ts'
import { storageErrors } from '../storage-errors.ts'
import { mayHold } from './key-filter.ts'
import { guideCacheBytes } from './limits.ts'
import { decodeLongValue } from './overflow.ts'
import { PageCache } from './page-cache.ts'
import { type PageCipher, type SealedKind, tagBytes } from './page-cipher.ts'
import { unpackPage } from './page-content.ts'
import { overflowKey, pageKey, rootKey } from './page-keys.ts'
import { filterIdOf, indexIdOf, type Segment, tagIn } from './segment.ts'
import { type EntryType, SortedPage } from './sorted-page.ts'

export interface ReadOptions {
  /** Whether what had to be opened goes into the cache: not for long scans, nor for merges. */
  readonly isKept: boolean
  /** Key that an error names, as latin1 text. */
  readonly key: string
}

interface Filter {
  readonly bytes: Buffer
}

/** A key as its bytes and its hash. */
export interface SoughtKey {
  readonly text: string
  readonly bytes: Uint8Array
  readonly hash: number
}

export interface StoredEntry {
  readonly type: EntryType
  /** A view of a page. */
  readonly stored: Buffer
}

export class SealedPages {
  readonly #base: KvStore
  readonly #cipher: PageCipher
  readonly #leaves: PageCache<SortedPage>
  /** Indexes and filters, which nearly every read needs, so that no leaf pushes them out. */
  readonly #guides: PageCache<SortedPage | Filter>
  #view: View

  /** @param cacheBytes of leaves */
  constructor(base: KvStore, cipher: PageCipher, cacheBytes: number) {
    this.#base = base
    this.#cipher = cipher
    this.#leaves = new PageCache(cacheBytes)
    this.#guides = new PageCache(guideCacheBytes)
    this.#view = new View(base.snapshot())
  }

  /**
   * To be called when new pages are referred to, and when others were deleted, as the store below keeps what
   * the view sees.
   */
  refresh(): void {
    const before = this.#view
    this.#view = new View(this.#base.snapshot())
    before.close()
  }

  close(): void {
    this.#view.close()
    this.#leaves.clear()
    this.#guides.clear()
  }

  index(segment: Segment, options: ReadOptions): MaybePromise<SortedPage> {
    return this.#sorted(this.#guides, indexIdOf(segment), segment.indexTag, options)
  }

  /** `index` is the segment's; the leaf's entry in it is loaded afterwards. */
  leaf(segment: Segment, index: SortedPage, at: number, options: ReadOptions): MaybePromise<SortedPage> {
    index.load(at)
    return this.#sorted(this.#leaves, segment.firstId + at, tagIn(index.value()), options)
  }

  /** What the segment says about the key, if anything. */
  findIn(segment: Segment, key: SoughtKey): MaybePromise<StoredEntry | undefined> {
    const options = { isKept: true, key: key.text }
    return chain(this.filter(segment, options), (filter) => {
      if (!mayHold(filter.bytes, key.hash)) return undefined
      return chain(this.index(segment, options), (index) => {
        const at = index.lowerBound(key.bytes)
        if (at === index.count) return undefined
        return chain(this.leaf(segment, index, at, options), (leaf) => {
          const isThere = leaf.lowerBound(key.bytes) < leaf.count && leaf.isKey(key.bytes)
          return isThere ? { type: leaf.type, stored: leaf.value() } : undefined
        })
      })
    })
  }

  /** @param stored what stands in the entry of the value */
  longValue(stored: Buffer, key: string): MaybePromise<Buffer> {
    const { firstId, valueBytes, tags } = decodeLongValue(stored)
    const value = Buffer.allocUnsafe(valueBytes)
    const readFrom = (start: number, end: number): MaybePromise<Buffer> => {
      let filled = end
      for (let at = start; at < tags.length; at += 1) {
        const id = firstId + at
        const part = this.#open('overflow', id, overflowKey(id), tags[at] as Buffer, key)
        if (part instanceof Promise) {
          return part.then((bytes) => readFrom(at + 1, filled + bytes.copy(value, filled)))
        }
        filled += part.copy(value, filled)
      }
      return value
    }
    return readFrom(0, 0)
  }

  /** Waits while the store below is being reopened; for reads whose callers wait anyway. */
  patiently<T>(read: () => MaybePromise<T>): MaybePromise<T> {
    const wait = (error: unknown) => {
      if (!isCode(error, 'STORAGE_REOPENING')) throw error
      return this.#reopened().then(() => this.patiently(read))
    }
    try {
      const result = read()
      return result instanceof Promise ? result.catch(wait) : result
    } catch (error) {
      return wait(error)
    }
  }

  /** Scans of the store below wait until it is open. */
  async #reopened(): Promise<void> {
    const range = { gte: rootKey, lt: Buffer.concat([rootKey, Buffer.from([0])]) }
    for await (const _ of this.#view.snapshot.scan(range, { limit: 1, values: false })) return
  }

  #sorted(
    cache: PageCache<SortedPage | Filter>,
    id: number,
    tag: Buffer,
    { isKept, key }: ReadOptions,
  ): MaybePromise<SortedPage> {
    const known = cache.get(id)
    if (known instanceof SortedPage) return known
    return chain(this.#open('page', id, pageKey(id), tag, key), (bytes) => {
      const page = new SortedPage(bytes)
      if (isKept) cache.set(id, page)
      return page
    })
  }

  filter(segment: Segment, { isKept, key }: ReadOptions): MaybePromise<Filter> {
    const id = filterIdOf(segment)
    const known = this.#guides.get(id)
    if (known !== undefined) return known
    return chain(this.#open('page', id, pageKey(id), segment.filterTag, key), (bytes) => {
      const filter = { bytes }
      if (isKept) this.#guides.set(id, filter)
      return filter
    })
  }

  /** @throws STORAGE_CORRUPT naming the page, and the key in its details */
  #open(kind: SealedKind, id: number, at: Buffer, tag: Buffer, key: string): MaybePromise<Buffer> {
    const opened = (sealed: Buffer | undefined): Buffer => {
      if (sealed === undefined) throw damagedPage(kind, id, 'it is missing', key)
      if (!sealed.subarray(sealed.length - tagBytes).equals(tag)) {
        throw damagedPage(kind, id, 'it is not the one that was written there', key)
      }
      const content = this.#cipher.open(kind, id, sealed)
      if (content === undefined) throw damagedPage(kind, id, 'its seal is broken', key)
      return unpackPage(content)
    }
    return chain(this.#read(kind, id, at, key), opened)
  }

  #read(kind: SealedKind, id: number, at: Buffer, key: string): MaybePromise<Buffer | undefined> {
    const failed = (error: unknown): never => {
      // Its own key would tell nothing to whoever reads ours.
      if (error instanceof DbError && error.status === 'corrupt') {
        throw damagedPage(kind, id, error.message, key, error)
      }
      throw error
    }
    const again = (error: unknown) => {
      if (!isCode(error, 'STORAGE_SNAPSHOT_LOST')) return failed(error)
      this.refresh()
      return this.#view.get(at)
    }
    try {
      const sealed = this.#view.get(at)
      return sealed instanceof Promise ? sealed.catch(again).catch(failed) : sealed
    } catch (error) {
      return again(error)
    }
  }
}

/** A snapshot of the store below, closed when nobody waits for it any more. */
class View {
  readonly snapshot: KvSnapshot
  #waiting = 0
  #isOld = false

  constructor(snapshot: KvSnapshot) {
    this.snapshot = snapshot
  }

  get(key: Buffer): MaybePromise<Buffer | undefined> {
    const value = this.snapshot.get(key)
    if (!(value instanceof Promise)) return value
    this.#waiting += 1
    return value.finally(() => {
      this.#waiting -= 1
      this.#closeIfUnused()
    })
  }

  close(): void {
    this.#isOld = true
    this.#closeIfUnused()
  }

  #closeIfUnused(): void {
    if (this.#isOld && this.#waiting === 0) this.snapshot.close()
  }
}

function damagedPage(kind: SealedKind, id: number, reason: string, key: string, cause?: unknown): DbError {
  const what = `${nameOfPage(kind, id)} of the sealed store`
  const hex = Buffer.from(key, 'latin1').toString('hex')
  return storageErrors.CORRUPT({ what, reason, key: hex }, { cause })
}

function nameOfPage(kind: SealedKind, id: number): string {
  return kind === 'overflow' ? `page ${id} of long values` : `page ${id}`
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof DbError && error.code === code
}
