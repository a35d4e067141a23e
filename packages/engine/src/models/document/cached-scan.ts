/**
 * A scan over a whole table that takes the chunks it can from the cache and leaves there those it had to
 * read.
 */

import type { TableDefinition } from '../../catalog/definitions.ts'
import type { KvReader } from '../../ledger/overlay.ts'
import { keyText } from '../../storage/key-text.ts'
import type { KeyRange } from '../../storage/kv-store.ts'
import type { StoredRecord } from '../model.ts'
import { decodedBytes } from './decoded-bytes.ts'
import { rowsPerChunkMax } from './limits.ts'
import { decodeRow, scanRange, tableRange } from './live-records.ts'
import type { ScanCache, TableChunk } from './scan-cache.ts'

export interface CachedScan {
  readonly reader: KvReader
  readonly seq: number
  readonly cache: ScanCache
  /** Whether anything in the range has been written since `seq`. */
  readonly hasChanged: (range: KeyRange) => boolean
}

export async function* scanWithCache(
  scan: CachedScan,
  table: TableDefinition,
): AsyncGenerator<readonly StoredRecord[]> {
  const range = tableRange(table)
  const end = keyText(range.lt)
  for (let from = keyText(range.gte); from < end; ) {
    if (!scan.cache.accepts(table.id)) return yield* scanRange(scan.reader, table, fromText(from), range.lt)
    const known = scan.cache.get(table.id, from)
    const chunk =
      known !== undefined && known.seq <= scan.seq ? known : await readChunk(scan, table, from, end)
    if (chunk.rows.length > 0) yield chunk.rows
    from = chunk.to
  }
}

async function readChunk(
  scan: CachedScan,
  table: TableDefinition,
  from: string,
  end: string,
): Promise<TableChunk> {
  const rows: StoredRecord[] = []
  const range = { gte: fromText(from), lt: fromText(end) }
  let bytes = 0
  let to = end
  for await (const entries of scan.reader.scan(range, { limit: rowsPerChunkMax })) {
    for (const entry of entries) {
      const row = decodeRow(table, entry)
      rows.push(row)
      bytes += decodedBytes(row.value, entry.key.length + entry.value.length)
    }
    const last = entries.at(-1)
    // The smallest key behind the last one.
    if (rows.length === rowsPerChunkMax && last !== undefined) to = `${keyText(last.key)}\0`
  }
  const chunk = { from, to, seq: scan.seq, rows, bytes }
  if (!scan.hasChanged({ gte: range.gte, lt: fromText(to) })) scan.cache.set(table.id, chunk)
  return chunk
}

function fromText(key: string): Buffer {
  return Buffer.from(key, 'latin1')
}
