/**
 * What to merge next, so that levels keep to their sizes and a read meets few of them.
 * Why the segment with the least below it first: that many bytes have to be rewritten for it, and data that
 * only ever grows at its end, such as a log, has none and is not rewritten at all.
 */

import type { SealedShape } from './limits.ts'
import { bytesIn, overlapping, type Segment } from './segment.ts'
import type { Levels } from './versions.ts'

/** Segments of one level go down into the next one. */
export interface MergePlan {
  readonly level: number
  readonly newer: readonly Segment[]
  /** Of the next level. Empty: nothing is rewritten. */
  readonly older: readonly Segment[]
}

export function planMerge(
  levels: Levels,
  shape: SealedShape,
  isUsable: (segment: Segment) => boolean,
): MergePlan | undefined {
  let bytesMax = shape.levelOneBytes
  for (const [level, segments] of levels.entries()) {
    const excess = bytesIn(segments) - bytesMax
    const plan = excess > 0 ? planLevel(levels, level, excess, isUsable) : undefined
    if (plan !== undefined) return plan
    bytesMax *= shape.levelRatio
  }
}

/** Everything of the segments between the two keys goes down, one after the other. */
export function planRange(levels: Levels, level: number, first: string, last: string): MergePlan | undefined {
  const [segment] = overlapping(levels[level] ?? [], first, last)
  return segment && { level, newer: [segment], older: below(levels, level, segment) }
}

function planLevel(
  levels: Levels,
  level: number,
  excess: number,
  isUsable: (segment: Segment) => boolean,
): MergePlan | undefined {
  const free: Segment[] = []
  let freeBytes = 0
  let best: MergePlan | undefined
  let bestRatio = Number.POSITIVE_INFINITY
  for (const segment of levels[level] ?? []) {
    const older = below(levels, level, segment)
    if (older.length === 0 && freeBytes < excess) {
      free.push(segment)
      freeBytes += segment.entryBytes
    }
    const ratio = bytesIn(older) / segment.entryBytes
    if (ratio >= bestRatio || ![segment, ...older].every(isUsable)) continue
    best = { level, newer: [segment], older }
    bestRatio = ratio
  }
  return free.length > 0 ? { level, newer: free, older: [] } : best
}

function below(levels: Levels, level: number, segment: Segment): readonly Segment[] {
  return overlapping(levels[level + 1] ?? [], segment.firstKey, segment.lastKey)
}
