/**
 * The records of a database as they are at one commit, and its definitions, as lines of JSON.
 * Order: parameters, tables, records table by table, indexes, so that an import fills tables before their
 * indexes are built. Format: docs/formats/export.md
 */

import type { Catalog, IndexDefinition } from '../catalog/definitions.ts'
import type { KvReader } from '../ledger/overlay.ts'
import { scanRecords } from '../models/document/live-records.ts'
import { indexLine, paramLine, tableLine } from './definition-lines.ts'
import { endLine, headerLine } from './header-line.ts'
import { recordLine } from './record-lines.ts'

export interface RecordsSource {
  readonly database: string
  readonly reader: KvReader
  readonly seq: number
  readonly head: string
  /** Definitions at `seq`. */
  readonly catalog: Catalog
  /** Records so far. */
  readonly onProgress?: ((done: number) => void) | undefined
}

export async function* exportRecords(source: RecordsSource): AsyncGenerator<string> {
  const { database, reader, seq, head, catalog, onProgress } = source
  yield headerLine({ kind: 'records', database, seq, head })
  for (const param of catalog.params()) yield paramLine(param)
  const tables = [...catalog.tables()]
  for (const table of tables) yield tableLine(table)
  let records = 0
  for (const table of tables) {
    for await (const rows of scanRecords(reader, table)) {
      for (const row of rows) yield recordLine(row)
      records += rows.length
      onProgress?.(records)
    }
  }
  const indexes = tables.flatMap((table) => table.indexes).filter(isDefined)
  for (const index of indexes) yield indexLine(index)
  yield endLine({ records, tables: tables.length, indexes: indexes.length })
}

/** One that somebody defined, and that could be built. */
function isDefined({ isAdjacency, state }: IndexDefinition): boolean {
  return !isAdjacency && state !== 'failed'
}
