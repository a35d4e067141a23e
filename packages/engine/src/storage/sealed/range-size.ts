/** Bytes that a range takes in the store below, by estimate: leaves count by their number. */

import { keyText } from '../key-text.ts'
import type { KeyRange } from '../kv-store.ts'
import type { SealedPages } from './sealed-pages.ts'
import { overlapping, type Segment } from './segment.ts'
import type { Levels } from './versions.ts'

export async function estimateBytes(pages: SealedPages, levels: Levels, range: KeyRange): Promise<number> {
  const [gte, lt] = [keyText(range.gte), keyText(range.lt)]
  let bytes = 0
  for (const level of levels) {
    for (const segment of overlapping(level, gte, lt)) {
      const share = gte <= segment.firstKey && segment.lastKey < lt ? 1 : await shareOf(pages, segment, range)
      bytes += segment.storedBytes * share
    }
  }
  return Math.round(bytes)
}

async function shareOf(pages: SealedPages, segment: Segment, { gte, lt }: KeyRange): Promise<number> {
  const index = await pages.index(segment, { isKept: true, key: segment.lastKey })
  const leaves = index.lowerBound(lt) - index.lowerBound(gte)
  return Math.max(0, leaves) / segment.leafCount
}
