/**
 * A segment: a run of entries in key order, some megabytes of them, as pages with consecutive ids that are
 * written once: its leaves, then its filter, then its index. The index is a sorted page with an entry per
 * leaf: under the leaf's last key the tag of its sealing (16 bytes) and its first key. Tags of index and
 * filter are in the root. So the root vouches for every page there is, and an older sealing of a page cannot
 * pass for the present one.
 */

import type { Freed } from './freed.ts'
import { tagBytes } from './page-cipher.ts'

/** Both included; as latin1 text, like all keys in memory: its order is that of the bytes. */
export interface KeySpan {
  readonly firstKey: string
  readonly lastKey: string
}

export interface Segment extends KeySpan {
  readonly firstId: number
  readonly leafCount: number
  readonly entryCount: number
  /** Entries that only say that there is nothing under their key. */
  readonly deletedCount: number
  /** Of its entries, unpacked. */
  readonly entryBytes: number
  /** Of its pages, sealed, and of its long values. */
  readonly storedBytes: number
  readonly filterTag: Buffer
  readonly indexTag: Buffer
}

export function filterIdOf(segment: Segment): number {
  return segment.firstId + segment.leafCount
}

export function indexIdOf(segment: Segment): number {
  return segment.firstId + segment.leafCount + 1
}

/** Both of the value of an index entry. */
export function tagIn(value: Buffer): Buffer {
  return value.subarray(0, tagBytes)
}

export function firstKeyIn(value: Buffer): Buffer {
  return value.subarray(tagBytes)
}

export function pagesOf({ firstId, leafCount, storedBytes }: Segment): Freed {
  return { kind: 'page', first: firstId, count: leafCount + 2, bytes: storedBytes }
}

/** Place of the first segment whose last key is not below `key`; the number of segments if there is none. */
export function segmentFrom(level: readonly Segment[], key: string): number {
  let low = 0
  let high = level.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((level[middle] as Segment).lastKey < key) low = middle + 1
    else high = middle
  }
  return low
}

/** Segments with a key from `first` to `last`, both included; a level is in key order and has no overlaps. */
export function overlapping(level: readonly Segment[], first: string, last: string): readonly Segment[] {
  const from = segmentFrom(level, first)
  let to = from
  while (to < level.length && (level[to] as Segment).firstKey <= last) to += 1
  return level.slice(from, to)
}

export function bytesIn(segments: readonly Segment[]): number {
  let bytes = 0
  for (const { entryBytes } of segments) bytes += entryBytes
  return bytes
}
