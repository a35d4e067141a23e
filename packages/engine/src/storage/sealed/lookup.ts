/** Finds the newest entry of a key, and gives its value. */

import { keyText } from '../key-text.ts'
import type { MaybePromise } from '../kv-store.ts'
import type { ChangeReader } from './change-table.ts'
import { hashKey } from './key-filter.ts'
import type { SealedPages, SoughtKey, StoredEntry } from './sealed-pages.ts'
import { segmentFrom } from './segment.ts'
import { entryTypes } from './sorted-page.ts'
import type { Levels } from './versions.ts'

/** Newest first. */
export interface ReadState {
  readonly tables: readonly ChangeReader[]
  readonly levels: Levels
}

/** A copy, so that whoever keeps it does not keep a page with it. */
export function lookUp(
  pages: SealedPages,
  { tables, levels }: ReadState,
  key: Uint8Array,
): MaybePromise<Buffer | undefined> {
  const text = keyText(key)
  for (const table of tables) {
    const change = table.find(text)
    if (change !== undefined) return change === null ? undefined : Buffer.from(change)
  }
  return levels.length === 0
    ? undefined
    : lookUpFrom(pages, levels, 0, { text, bytes: key, hash: hashKey(key, 0, key.length) })
}

function lookUpFrom(
  pages: SealedPages,
  levels: Levels,
  start: number,
  key: SoughtKey,
): MaybePromise<Buffer | undefined> {
  for (let at = start; at < levels.length; at += 1) {
    const level = levels[at] ?? []
    const segment = level[segmentFrom(level, key.text)]
    if (segment === undefined || segment.firstKey > key.text) continue
    const found = pages.findIn(segment, key)
    if (found instanceof Promise) {
      return found.then((entry) =>
        entry === undefined ? lookUpFrom(pages, levels, at + 1, key) : valueIn(pages, entry, key.text),
      )
    }
    if (found !== undefined) return valueIn(pages, found, key.text)
  }
}

function valueIn(
  pages: SealedPages,
  { type, stored }: StoredEntry,
  key: string,
): MaybePromise<Buffer | undefined> {
  switch (type) {
    case entryTypes.deleted:
      return undefined
    case entryTypes.value:
      return Buffer.from(stored)
    case entryTypes.overflow:
      return pages.longValue(stored, key)
    default:
      return type satisfies never
  }
}
