/**
 * Records that ever had one of some ids in a field, on a branch: all of the table's history is gone through.
 */

import { decodeCanonical, decodeExact, RecordId, type RecordKey, type ValueObject } from '@dendrodb/protocol'
import { decodeHistory } from '../../ledger/history-entry.ts'
import { indexKey, keyOf, kindRange, mainBranch, prefixRange } from '../../ledger/key-space.ts'
import type { KvReader } from '../../ledger/overlay.ts'
import { openVersion } from '../../ledger/record-version.ts'
import type { KeyRange } from '../../storage/kv-store.ts'
import type { StoredBranches } from '../branch/stored-branches.ts'
import { entriesOf } from '../document/index-entries.ts'
import type { TableEver } from './tables-ever.ts'

/** Records that are erased along with what they name. */
export interface ErasureHolders {
  readonly table: string
  readonly field: string
}

export interface HolderSearch {
  readonly branch: number
  readonly table: TableEver
  readonly fields: readonly string[]
}

/** Ids, some of them often. */
export async function* holdersInHistory(
  reader: KvReader,
  { branch, table, fields }: HolderSearch,
  ids: readonly RecordId[],
): AsyncGenerator<RecordId> {
  for await (const chunk of reader.scan(kindRange('history', branch, table.number))) {
    for (const entry of chunk) {
      const { isPut, seq, n, idKey } = decodeHistory(entry)
      const payload = isPut ? await reader.get(keyOf('version', seq, n)) : undefined
      const bytes = payload && openVersion(payload).bytes
      if (bytes === undefined) continue
      const record = decodeCanonical(bytes) as ValueObject
      const isHolder = fields.some((field) => {
        const held = record[field]
        return held instanceof RecordId && ids.some((id) => id.equals(held))
      })
      if (isHolder) yield new RecordId(table.name, decodeExact(idKey, 0).value as RecordKey)
    }
  }
}

/** Where main's index named like the field has entries of who holds one of the ids. */
export function holderRanges(
  { catalog, hash }: StoredBranches,
  { table, field }: ErasureHolders,
  ids: readonly RecordId[],
): KeyRange[] {
  const index = catalog.table(table)?.indexes.find(({ name }) => name === field)
  if (index === undefined) return []
  return ids
    .flatMap((id) => entriesOf(hash, index, { [field]: id }))
    .map(({ entry }) => prefixRange(indexKey(mainBranch, index.id, entry)))
}
