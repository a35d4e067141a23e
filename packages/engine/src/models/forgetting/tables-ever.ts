/**
 * All tables that there ever were, on whatever branch: a record may have versions under the number of a table
 * that was removed since.
 */

import { decodeCanonical, type ValueObject } from '@dendrodb/protocol'
import { systemTables } from '../../catalog/system-tables.ts'
import { decodeHistory } from '../../ledger/history-entry.ts'
import { keyOf, kindRange, mainBranch } from '../../ledger/key-space.ts'
import type { KvReader } from '../../ledger/overlay.ts'
import { openVersion } from '../../ledger/record-version.ts'

export interface TableEver {
  readonly name: string
  readonly number: number
  /** Numbers of the two indexes of a relation. */
  readonly adjacency: readonly number[]
}

/** By number. @param branches numbers of those besides main */
export async function tablesEver(
  reader: KvReader,
  branches: Iterable<number>,
): Promise<ReadonlyMap<number, TableEver>> {
  const tables = new Map<number, TableEver>()
  for (const branch of [mainBranch, ...branches]) {
    for await (const chunk of reader.scan(kindRange('history', branch, systemTables.table.id))) {
      for (const entry of chunk) {
        const { isPut, seq, n } = decodeHistory(entry)
        const payload = isPut ? await reader.get(keyOf('version', seq, n)) : undefined
        const version = payload && openVersion(payload)
        if (version?.bytes === undefined) continue
        const { number, outward, inward } = decodeCanonical(version.bytes) as ValueObject
        const adjacency = [outward, inward].filter((id) => typeof id === 'number')
        if (typeof number === 'number') {
          tables.set(number, { name: version.key as string, number, adjacency })
        }
      }
    }
  }
  return tables
}
