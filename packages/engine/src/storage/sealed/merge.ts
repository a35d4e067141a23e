/**
 * Merges newer entries into older ones: of two with one key the newer counts, and a deletion is dropped where
 * nothing older can lie below.
 */

import type { Cursor } from './cursor.ts'
import { compareCursors } from './cursor.ts'
import type { SegmentWriter } from './segment-writer.ts'
import { entryTypes } from './sorted-page.ts'
import type { TimeSlice } from './time-slice.ts'

export interface MergeOptions {
  readonly newer: Cursor
  readonly older: Cursor
  readonly writer: SegmentWriter
  readonly slice: TimeSlice
  readonly dropsDeletions: boolean
  /** An entry is left out for a newer one, or because it says that there is nothing. */
  readonly onDropped: (cursor: Cursor) => void
}

/** Entries between two looks at the clock. */
const entriesPerLook = 64

export async function mergeInto(options: MergeOptions): Promise<void> {
  const { newer, older, writer, slice, dropsDeletions, onDropped } = options
  await newer.next()
  await older.next()
  for (let entries = 1; !(newer.isDone && older.isDone); entries += 1) {
    const order = newer.isDone ? 1 : older.isDone ? -1 : compareCursors(newer, older)
    const first = order <= 0 ? newer : older
    if (first.type === entryTypes.deleted && dropsDeletions) onDropped(first)
    else writer.add(first)
    const moved = first.next()
    if (moved !== undefined) await moved
    if (order === 0) {
      onDropped(older)
      const passed = older.next()
      if (passed !== undefined) await passed
    }
    if (writer.isFull) await writer.flush()
    if (entries % entriesPerLook === 0 && slice.isOver()) await slice.rest()
  }
  await writer.finish()
}
