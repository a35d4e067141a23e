/**
 * The naive host's states: everything, copied with every commit.
 */

import { encodeExact, type RecordId } from '@dendrodb/protocol'
import type { StoredRecord, WriteMeta } from '../../models/model.ts'
import type { MemoryCatalog } from './memory-catalog.ts'

/** Records of a table by the text of their key bytes. */
export type TableRecords = ReadonlyMap<string, StoredRecord>

export interface MemoryState {
  readonly seq: number
  /** The state before; none: the empty one. */
  readonly previous: MemoryState | undefined
  readonly meta: WriteMeta
  /** Ids that the commit wrote, in order. */
  readonly written: readonly RecordId[]
  readonly time: bigint
  readonly catalog: MemoryCatalog
  readonly tables: ReadonlyMap<number, TableRecords>
}

export function keyTextOf(id: RecordId): string {
  return Buffer.from(encodeExact(id.key)).toString('latin1')
}
