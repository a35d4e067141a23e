/**
 * Rows of a table as they were a short while ago: those of the newest commit, with the ones that have changed
 * since as they were.
 * Why: the history of a table grows for ever, and most reads of the past are of the recent one. The commits
 * since then name all that must be looked at, and the rest comes from head, and from its cache.
 */

import { compareBytes, encodeExact, RecordId } from '@dendrodb/protocol'
import type { TableDefinition } from '../../catalog/definitions.ts'
import { keyOf, mainBranch, recordKey } from '../../ledger/key-space.ts'
import type { KvReader } from '../../ledger/overlay.ts'
import { openVersion } from '../../ledger/record-version.ts'
import { tableRange } from '../document/live-records.ts'
import type { ReadView, ScanTableOptions, StoredRecord } from '../model.ts'
import { recentChangesMin, recentChangesShare } from './limits.ts'
import { type PastReader, recordAt } from './record-at.ts'

export interface RecentReader extends PastReader {
  /** Newest commit of the snapshot that `reader` reads. */
  readonly newestSeq: number
  /** That commit. */
  readonly head: ReadView
}

/** A record that has changed since. */
export interface ChangedRecord {
  readonly id: RecordId
  readonly idKey: Uint8Array
}

/** Those of the table, in the order of the ids; `undefined`: so many that history is the shorter way. */
export async function changedSince(
  past: RecentReader,
  table: TableDefinition,
): Promise<readonly ChangedRecord[] | undefined> {
  // Records of a table that was removed since are in history alone.
  if (past.head.catalog.tableById(table.id) === undefined) return undefined
  const rows = await past.head.countTable(table)
  const changesMax = Math.max(recentChangesMin, Math.floor(rows * recentChangesShare))
  if (past.newestSeq - past.seq > changesMax) return undefined
  const changed = new Map<string, ChangedRecord>()
  for await (const { tableId, id } of changesBetween(past.reader, past.seq, past.newestSeq, changesMax)) {
    if (id === undefined) return undefined
    if (tableId === table.id) changed.set(id.toString(), { id, idKey: encodeExact(id.key) })
  }
  return [...changed.values()].sort((a, b) => compareBytes(a.idKey, b.idKey))
}

/** Ids that commits after `seq` wrote to; ends without an id behind `max` of them. */
async function* changesBetween(
  reader: KvReader,
  seq: number,
  newestSeq: number,
  max: number,
): AsyncGenerator<{ readonly tableId: number; readonly id: RecordId | undefined }> {
  const range = { gte: keyOf('version', seq + 1), lt: keyOf('version', newestSeq + 1) }
  let left = max
  for await (const chunk of reader.scan(range)) {
    for (const { value } of chunk) {
      if (left === 0) return yield { tableId: 0, id: undefined }
      left -= 1
      const { tableId, table, key } = openVersion(value)
      yield { tableId, id: new RecordId(table, key) }
    }
  }
}

export async function* scanRecent(
  past: RecentReader,
  table: TableDefinition,
  changed: readonly ChangedRecord[],
  { limit = Number.POSITIVE_INFINITY, ...options }: ScanTableOptions,
): AsyncGenerator<readonly StoredRecord[]> {
  const sign = options.reverse === true ? -1 : 1
  const isBefore = (a: Uint8Array, b: Uint8Array) => compareBytes(a, b) * sign < 0
  const waiting = withinBounds(table, changed, options)
  if (sign < 0) waiting.reverse()
  const isChanged = new Set(waiting.map(({ id }) => id.toString()))
  let next = 0
  let left = limit
  for await (const rows of chunksAndEnd(past.head.scanTable(table, options))) {
    const chunk: StoredRecord[] = []
    for (const row of rows ?? []) {
      for (let other = waiting[next]; other && isBefore(other.idKey, row.idKey); other = waiting[++next]) {
        await pushThen(chunk, past, table, other)
      }
      if (!isChanged.has(row.id.toString())) chunk.push(row)
    }
    if (rows === undefined) {
      for (const other of waiting.slice(next)) await pushThen(chunk, past, table, other)
    }
    if (chunk.length > 0) yield chunk.length > left ? chunk.slice(0, left) : chunk
    left -= chunk.length
    if (left <= 0) return
  }
}

/** Rows of the table then. */
export async function countRecent(
  past: RecentReader,
  table: TableDefinition,
  changed: readonly ChangedRecord[],
): Promise<number> {
  let count = await past.head.countTable(table)
  for (const { id, idKey } of changed) {
    if ((await recordAt(past, table, id, idKey, undefined)) !== undefined) count += 1
    if ((await past.head.getRecord(id)) !== undefined) count -= 1
  }
  return count
}

async function pushThen(
  chunk: StoredRecord[],
  past: RecentReader,
  table: TableDefinition,
  { id, idKey }: ChangedRecord,
): Promise<void> {
  const record = await recordAt(past, table, id, idKey, undefined)
  if (record !== undefined) chunk.push(record)
}

function withinBounds(
  table: TableDefinition,
  changed: readonly ChangedRecord[],
  options: ScanTableOptions,
): ChangedRecord[] {
  const { gte, lt } = tableRange(table, options)
  return changed.filter(({ idKey }) => {
    const key = recordKey(mainBranch, table.id, idKey)
    return compareBytes(key, gte) >= 0 && compareBytes(key, lt) < 0
  })
}

/** The chunks, and `undefined` behind the last. */
async function* chunksAndEnd<T>(
  chunks: AsyncIterable<readonly T[]>,
): AsyncGenerator<readonly T[] | undefined> {
  yield* chunks
  yield undefined
}
