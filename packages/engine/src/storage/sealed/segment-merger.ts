/**
 * Merges a full table into the first level, and segments into the next one. Each merge ends with a new root;
 * one that fails leaves the old root in force, and what it has written is deleted.
 */

import { must } from '@dendrodb/protocol'
import type { InTurn } from '../turns.ts'
import { ChangeCursor, type Cursor, SegmentCursor } from './cursor.ts'
import type { Freed } from './freed.ts'
import { mergeInto } from './merge.ts'
import { decodeLongValue, pagesOfLongValue } from './overflow.ts'
import type { MergePlan } from './plan-merge.ts'
import { publishRoot } from './publish.ts'
import type { FrozenTable, SealedState } from './sealed-state.ts'
import { type KeySpan, overlapping, type Segment } from './segment.ts'
import { SegmentWriter } from './segment-writer.ts'
import { entryTypes } from './sorted-page.ts'
import type { TimeSlice } from './time-slice.ts'
import type { Levels } from './versions.ts'

interface Merge {
  readonly newer: Cursor
  /** Where its keys lie. */
  readonly newerRanges: readonly KeySpan[]
  readonly newerSegments: readonly Segment[]
  /** Replaced together with the newer segments. */
  readonly older: readonly Segment[]
  /** Level of the result. */
  readonly target: number
  readonly merged?: FrozenTable
}

export class SegmentMerger {
  readonly #state: SealedState
  readonly #inTurn: InTurn

  /** @param inTurn a root is written in turn with batches */
  constructor(state: SealedState, inTurn: InTurn) {
    this.#state = state
    this.#inTurn = inTurn
  }

  /** The frozen table goes into the first level, and out of the log. */
  async flush(frozen: FrozenTable, slice: TimeSlice): Promise<void> {
    const changes = frozen.table.reader()
    const range = must(changes.keyRange(), 'a change in a table that was frozen')
    const older = overlapping(this.#levels[0] ?? [], range.firstKey, range.lastKey)
    const newer = new ChangeCursor(changes, '', false)
    await this.#merge(
      { newer, newerRanges: [range], newerSegments: [], older, target: 0, merged: frozen },
      slice,
    )
  }

  async mergeDown({ level, newer, older }: MergePlan, slice: TimeSlice): Promise<void> {
    const target = level + 1
    if (older.length > 0) return this.#mergeSegments(newer, older, target, slice)
    const levels = replaced(this.#levels, newer, target, newer)
    await this.#inTurn(() => publishRoot(this.#state, { levels }))
  }

  /** Without what only says that there is nothing. The level has nothing below it. */
  async rewrite(level: number, segment: Segment, slice: TimeSlice): Promise<void> {
    await this.#mergeSegments([segment], [], level, slice)
  }

  get #levels(): Levels {
    return this.#state.versions.levels
  }

  async #mergeSegments(
    newerSegments: readonly Segment[],
    older: readonly Segment[],
    target: number,
    slice: TimeSlice,
  ): Promise<void> {
    const newer = this.#cursorOver(newerSegments)
    await this.#merge({ newer, newerRanges: newerSegments, newerSegments, older, target }, slice)
  }

  async #merge(merge: Merge, slice: TimeSlice): Promise<void> {
    const { newer, newerSegments, older, target, merged } = merge
    const { base, cipher, shape, ids, versions } = this.#state
    const boundaries = (this.#levels[target + 1] ?? []).map((segment) => segment.lastKey)
    const writer = new SegmentWriter({ base, cipher, shape, ids, boundaries })
    const replacedSegments = [...newerSegments, ...older]
    const longValues: Freed[] = []
    const onDropped = ({ type, values, valueStart, valueEnd }: Cursor) => {
      if (type !== entryTypes.overflow) return
      longValues.push(pagesOfLongValue(decodeLongValue(values.subarray(valueStart, valueEnd))))
    }
    try {
      await mergeInto({
        newer,
        older: this.#cursorOver(older),
        writer,
        slice,
        dropsDeletions: this.#isNothingBelow(target, [...merge.newerRanges, ...older]),
        onDropped,
      })
      const levels = replaced(this.#levels, replacedSegments, target, writer.segments)
      const gone = { segments: replacedSegments, longValues }
      await this.#inTurn(() => publishRoot(this.#state, { levels, gone, ...(merged && { merged }) }))
    } catch (error) {
      versions.abandon(writer.written())
      throw error
    }
  }

  /** A deletion in any of the ranges, of older entries too, then says nothing. */
  #isNothingBelow(target: number, ranges: readonly KeySpan[]): boolean {
    const isClear = (level: readonly Segment[]) =>
      ranges.every(({ firstKey, lastKey }) => overlapping(level, firstKey, lastKey).length === 0)
    return this.#levels.slice(target + 1).every(isClear)
  }

  #cursorOver(segments: readonly Segment[]): SegmentCursor {
    return new SegmentCursor(this.#state.pages, { segments, bound: '', isReverse: false, isKept: false })
  }
}

function replaced(
  levels: Levels,
  before: readonly Segment[],
  target: number,
  after: readonly Segment[],
): Levels {
  const gone = new Set(before)
  const kept = levels.map((level) => level.filter((segment) => !gone.has(segment)))
  while (kept.length <= target) kept.push([])
  const level = [...(kept[target] ?? []), ...after]
  kept[target] = level.sort((a, b) => (a.firstKey < b.firstKey ? -1 : 1))
  return kept
}
