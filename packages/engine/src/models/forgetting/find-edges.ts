/**
 * Every edge that ever touched a node, on whatever branch.
 * Why the node's edges are erased with it: their keys, their index entries and their fields hold its id.
 * How: entries in force are found under the node; past ones are ordered by time first, so that all of the
 * relation's are gone through. Where a table or a branch was removed, its history is all there is, and where
 * the node's id is long, entries do not tell it from others.
 */

import { decodeExact, encodeCollation, RecordId, type RecordKey } from '@dendrodb/protocol'
import { decodeLiveEntry, decodePastEntry } from '../../ledger/index-entry.ts'
import { indexKey, kindRange, prefixRange, tailOffset } from '../../ledger/key-space.ts'
import { indexEntryPrefixBytes } from '../../ledger/limits.ts'
import type { KvReader } from '../../ledger/overlay.ts'
import { readUvarint } from '../../ledger/uvarint.ts'
import type { KeyRange } from '../../storage/kv-store.ts'
import { isLong } from '../document/live-records.ts'
import { holdersInHistory } from './find-holders.ts'
import type { TableEver } from './tables-ever.ts'

export interface EdgeSearch {
  readonly reader: KvReader
  readonly relations: readonly TableEver[]
  /** Main and all other branches that there ever were. */
  readonly branches: readonly number[]
  /** Whether the branch still keeps indexes of the table. */
  readonly isIndexed: (branch: number, table: TableEver) => boolean
}

/** Ids, some of them often. */
export async function* edgesEver(search: EdgeSearch, node: RecordId): AsyncGenerator<RecordId> {
  const { reader, relations, branches, isIndexed } = search
  const near = nearBytes(node)
  for (const table of relations) {
    for (const branch of branches) {
      if (!isLong(near.length) && isIndexed(branch, table)) {
        yield* indexedEdges(reader, branch, table, near)
        continue
      }
      yield* holdersInHistory(reader, { branch, table, fields: ['in', 'out'] }, [node])
    }
  }
}

/** Where entries in force about the node are. */
export function adjacencyRanges(branch: number, { adjacency }: TableEver, node: RecordId): KeyRange[] {
  return adjacency.map((index) => prefixRange(indexKey(branch, index, nearBytes(node))))
}

/** What entries about the node begin with; a long id is cut. */
function nearBytes(node: RecordId): Uint8Array {
  return encodeCollation(node).subarray(0, indexEntryPrefixBytes)
}

async function* indexedEdges(
  reader: KvReader,
  branch: number,
  table: TableEver,
  near: Uint8Array,
): AsyncGenerator<RecordId> {
  for (const adjacency of table.adjacency) {
    for await (const chunk of reader.scan(prefixRange(indexKey(branch, adjacency, near)))) {
      for (const { key, value } of chunk) {
        yield edgeId(table, key.subarray(key.length - decodeLiveEntry(value).idBytes))
      }
    }
  }
  for (const index of table.adjacency) {
    const start = tailOffset(branch, index)
    for await (const chunk of reader.scan(kindRange('pastIndex', branch, index))) {
      for (const { key, value } of chunk) {
        const at = readUvarint(key, readUvarint(key, start).end).end
        if (Buffer.compare(key.subarray(at, at + near.length), near) !== 0) continue
        const { idBytes, fromBytes } = decodePastEntry(value)
        yield edgeId(table, key.subarray(key.length - fromBytes - idBytes, key.length - fromBytes))
      }
    }
  }
}

function edgeId({ name }: TableEver, idKey: Uint8Array): RecordId {
  return new RecordId(name, decodeExact(idKey, 0).value as RecordKey)
}
