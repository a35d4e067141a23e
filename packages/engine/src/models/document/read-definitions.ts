/**
 * The records of the reserved tables at head, decoded one by one, so that one that is damaged can be named.
 */

import { DbError } from '@dendrodb/protocol'
import type { TableDefinition } from '../../catalog/definitions.ts'
import { type DefinitionRow, readCatalog } from '../../catalog/read-catalog.ts'
import { StoredCatalog } from '../../catalog/stored-catalog.ts'
import { ledgerErrors } from '../../ledger/ledger-errors.ts'
import type { KvReader } from '../../ledger/overlay.ts'
import type { KvEntry } from '../../storage/kv-store.ts'
import { decodeRow, tableRange } from './live-records.ts'

/** @param onDamaged is told of a definition that makes no sense, and goes on without it, or throws */
export function readDefinitions(
  reader: KvReader,
  onDamaged: (error: DbError) => void,
): Promise<StoredCatalog> {
  return readCatalog(async function* scan(table) {
    for await (const chunk of reader.scan(tableRange(table))) {
      const rows: DefinitionRow[] = []
      for (const entry of chunk) {
        const row = rowOf(table, entry)
        if (row instanceof DbError) onDamaged(row)
        else rows.push(row)
      }
      yield rows
    }
  })
}

/** The row, or what is wrong with it. */
function rowOf(table: TableDefinition, entry: KvEntry): DefinitionRow | DbError {
  let name = `a record of ${table.name}`
  try {
    const row = decodeRow(table, entry)
    name = String(row.id)
    StoredCatalog.empty.with(row.seq, [{ tableId: table.id, key: row.id.key, value: row.value }])
    return row
  } catch (cause) {
    if (cause instanceof DbError && cause.code === 'LEDGER_CORRUPT') return cause
    return ledgerErrors.CORRUPT({ what: `the definition ${name}`, reason: 'it cannot be read' }, { cause })
  }
}
