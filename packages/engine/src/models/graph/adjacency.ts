/**
 * Edges of a node, read from the two indexes that every relation table has: (in, out) and (out, in).
 * Why indexes and not keys of their own: history, branches, verification and rebuilding of indexes then hold
 * for edges without a line of code. The far end stands in the index key, so a hop reads no edge record.
 */

import { decodeExact, encodeCollation, type RecordId } from '@dendrodb/protocol'
import type { IndexDefinition, TableDefinition } from '../../catalog/definitions.ts'
import type { MaybePromise } from '../../storage/kv-store.ts'
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
  /** The edges of the node in the index that are known already, or what `read` gives. */
  remembered?(
    index: IndexDefinition,
    node: RecordId,
    read: () => Promise<readonly EdgeRef[]>,
  ): MaybePromise<readonly EdgeRef[]>
}

export async function readEdges(
  reader: AdjacencyReader,
  node: RecordId,
  direction: Direction,
  tables: Iterable<TableDefinition>,
): Promise<EdgeRef[]> {
  const edges: EdgeRef[] = []
  for (const table of tables) {
    if (direction !== 'in') edges.push(...(await edgesAt(reader, table, node, 'in')))
    if (direction !== 'out') edges.push(...(await edgesAt(reader, table, node, 'out')))
  }
  return edges
}

/** `near` is the field that holds the node. */
function edgesAt(
  reader: AdjacencyReader,
  table: TableDefinition,
  node: RecordId,
  near: 'in' | 'out',
): MaybePromise<readonly EdgeRef[]> {
  const index = table.indexes.find((each) => each.isAdjacency && each.fields[0]?.[0] === near)
  if (index === undefined) return []
  const read = () => readEdgesAt(reader, index, node, near)
  return reader.remembered === undefined ? read() : reader.remembered(index, node, read)
}

async function readEdgesAt(
  reader: AdjacencyReader,
  index: IndexDefinition,
  node: RecordId,
  near: 'in' | 'out',
): Promise<EdgeRef[]> {
  const edges: EdgeRef[] = []
  const nearBytes = encodeCollation(node).length
  for await (const chunk of reader.entries(index, node)) {
    for (const { id, isCut, entry } of chunk) {
      const far = isCut
        ? await reader.farEnd(id, near === 'in' ? 'out' : 'in')
        : (decodeExact(entry, nearBytes).value as RecordId)
      edges.push({ edge: id, node: far })
    }
  }
  return edges
}

export function isRelation(table: TableDefinition): boolean {
  return table.kind.type === 'relation'
}
