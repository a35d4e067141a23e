/**
 * The catalog read from the records of the reserved tables, at head or as of any commit: the caller brings
 * the scan.
 */

import type { RecordId, ValueObject } from '@dendrodb/protocol'
import type { TableDefinition } from './definitions.ts'
import { type CatalogChange, StoredCatalog } from './stored-catalog.ts'
import { systemTables } from './system-tables.ts'

export interface DefinitionRow {
  readonly id: RecordId
  readonly seq: number
  readonly value: ValueObject
}

export async function readCatalog(
  scan: (table: TableDefinition) => AsyncIterable<readonly DefinitionRow[]>,
): Promise<StoredCatalog> {
  const changes: CatalogChange[] = []
  for (const table of Object.values(systemTables)) {
    for await (const rows of scan(table)) {
      for (const { id, seq, value } of rows) changes.push({ tableId: table.id, key: id.key, value, seq })
    }
  }
  const newestSeq = changes.reduce((newest, { seq = 0 }) => Math.max(newest, seq), 0)
  return StoredCatalog.empty.with(newestSeq, changes)
}
