/**
 * Why an edge that was written elsewhere or earlier cannot be written as it is: its table holds other records
 * now, or what it joins is gone.
 */

import { RecordId, type ValueObject } from '@dendrodb/protocol'
import type { TableDefinition } from '../../catalog/definitions.ts'
import type { WriteTx } from '../model.ts'
import { isRelation } from './adjacency.ts'

/**
 * Makes the table where it is to hold edges. `undefined`: the record can be written.
 * @param table as it was where the record comes from
 */
export async function edgeRefusal(
  tx: WriteTx,
  id: RecordId,
  fields: ValueObject,
  table: TableDefinition | undefined,
): Promise<string | undefined> {
  const own =
    table !== undefined && isRelation(table)
      ? await tx.ensureTable(id.table, table.kind)
      : tx.catalog.table(id.table)
  if (own === undefined || own.kind.type !== 'relation') return undefined
  const { in: from, out: to } = fields
  if (!(from instanceof RecordId && to instanceof RecordId)) return 'is no edge, and its table holds edges'
  if (!own.kind.enforced) return undefined
  for (const node of [from, to]) {
    if ((await tx.getRecord(node)) === undefined) return `joins ${node}, which is not there`
  }
  return undefined
}
