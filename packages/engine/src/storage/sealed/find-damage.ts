/**
 * Opens every page and every record of the log, and says which are damaged or missing.
 */

import { DbError } from '@dendrodb/protocol'
import type { KvSnapshot, MaybePromise, StoreDamage } from '../kv-store.ts'
import type { LogEnd } from './log.ts'
import { readLog } from './read-log.ts'
import type { SealedPages } from './sealed-pages.ts'
import type { SealedState } from './sealed-state.ts'
import type { Segment } from './segment.ts'
import { entryTypes, type SortedPage } from './sorted-page.ts'
import { TimeSlice } from './time-slice.ts'
import type { Levels } from './versions.ts'

/** The store at one moment. */
export interface StoreMoment {
  /** Of the store below. */
  readonly snapshot: KvSnapshot
  readonly logMerged: LogEnd
  readonly levels: Levels
}

/** @param check throws when the store has been closed */
export async function findSealedDamage(
  { base, cipher, pages }: SealedState,
  { snapshot, logMerged, levels }: StoreMoment,
  check: () => void,
): Promise<StoreDamage[]> {
  const search = new DamageSearch(pages, new TimeSlice(check))
  for (const { file, reason } of await base.findDamage()) search.found.push({ file, reason })
  await search.attempt('the log', async () => {
    for await (const _ of readLog({ reader: snapshot, cipher, from: logMerged })) await search.rest()
  })
  for (const segment of levels.flat()) await search.segment(segment)
  return search.found
}

class DamageSearch {
  readonly found: StoreDamage[] = []
  readonly #pages: SealedPages
  readonly #slice: TimeSlice

  constructor(pages: SealedPages, slice: TimeSlice) {
    this.#pages = pages
    this.#slice = slice
  }

  async rest(): Promise<void> {
    if (this.#slice.isOver()) await this.#slice.rest()
  }

  async segment(segment: Segment): Promise<void> {
    const options = { isKept: false, key: segment.lastKey }
    await this.attempt('a filter', () => this.#pages.filter(segment, options))
    const index = await this.attempt('an index', () => this.#pages.index(segment, options))
    for (let at = 0; index !== undefined && at < index.count; at += 1) {
      const leaf = await this.attempt('a page', () => this.#pages.leaf(segment, index, at, options))
      if (leaf !== undefined) await this.#longValues(leaf)
      await this.rest()
    }
  }

  /** What it gives; `undefined` when it met damage. */
  async attempt<T>(file: string, read: () => MaybePromise<T>): Promise<T | undefined> {
    try {
      return await this.#pages.patiently(read)
    } catch (error) {
      if (!(error instanceof DbError) || error.status !== 'corrupt') throw error
      this.found.push({ file: String(error.details.what ?? file), reason: String(error.details.reason) })
    }
  }

  async #longValues(leaf: SortedPage): Promise<void> {
    for (let at = 0; at < leaf.count; at += 1) {
      leaf.load(at)
      if (leaf.type !== entryTypes.overflow) continue
      const stored = leaf.value()
      await this.attempt('a long value', () => this.#pages.longValue(stored, leaf.key().toString('latin1')))
    }
  }
}
