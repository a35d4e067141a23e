/**
 * What to do when a unique index refuses a record: find the record that holds its values.
 */

import type { RecordId } from '@dendrodb/protocol'
import { holderIn } from '../../../models/document/unique-holder.ts'
import type { Task } from '../task.ts'
import type { WrittenRecord } from './output.ts'
import { createAbsent, type RecordChange } from './record-writer.ts'

export type Outcome = { readonly written: WrittenRecord } | { readonly holder: RecordId }

/** Creates the record, or names the one that a unique index already holds its values for. */
export function* createOrFindHolder(id: RecordId, change: RecordChange): Task<Outcome> {
  try {
    return { written: yield* createAbsent(id, change) }
  } catch (error) {
    const holder = holderIn(error)
    if (holder === undefined) throw error
    return { holder: holder.id }
  }
}
