/**
 * Edges of a node, read from the two indexes that every relation table has: (in, out) and (out, in).
 * Why indexes and not keys of their own: history, branches, verification and rebuilding of indexes then hold
 * for edges without a line of code. The far end stands in the index key, so a hop reads no edge record.
 */

import { decodeExact, encodeCollation, type RecordId } from '@dendrodb/protocol'
import type { IndexDefinition, TableDefinition } from '../../catalog/definitions.ts'
import type { Direction, EdgeRef, IndexEntry } from '../model.ts'

/** Entries of one adjacency index, with the bytes that were indexed. */
export interface AdjacencyEntry extends IndexEntry {
  readonly entry: Uint8Array
}

export interface AdjacencyReader {
  /** Entries of the index whose first field is the node. */
  entries(index: IndexDefinition, node: RecordId): AsyncIterable<readonly AdjacencyEntry[]>
  /** The far end as the edge's record has it, for entries that were cut. */
  farEnd(edge: RecordId, field: 'in' | 'out'): Promise<RecordId>
}

export async function readEdges(
  reader: AdjacencyReader,
  node: RecordId,
  direction: Direction,
  tables: Iterable<TableDefinition>,
): Promise<EdgeRef[]> {
  const edges: EdgeRef[] = []
  for (const table of tables) {
    if (direction !== 'in') await collect(reader, edges, table, node, 'in')
    if (direction !== 'out') await collect(reader, edges, table, node, 'out')
  }
  return edges
}

/** `near` is the field that holds the node. */
async function collect(
  reader: AdjacencyReader,
  edges: EdgeRef[],
  table: TableDefinition,
  node: RecordId,
  near: 'in' | 'out',
): Promise<void> {
  const index = table.indexes.find((each) => each.isAdjacency && each.fields[0]?.[0] === near)
  if (index === undefined) return
  const nearBytes = encodeCollation(node).length
  for await (const chunk of reader.entries(index, node)) {
    for (const { id, isCut, entry } of chunk) {
      const far = isCut
        ? await reader.farEnd(id, near === 'in' ? 'out' : 'in')
        : (decodeExact(entry, nearBytes).value as RecordId)
      edges.push({ edge: id, node: far })
    }
  }
}

export function isRelation(table: TableDefinition): boolean {
  return table.kind.type === 'relation'
}
