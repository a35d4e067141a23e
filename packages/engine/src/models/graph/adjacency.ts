/**
 * Edges of a node, read from the two indexes that every relation table has: (in, out) and (out, in).
 * Why indexes and not keys of their own: history, branches, verification and rebuilding of indexes then hold
 * for edges without a line of code. The far end stands in the index key, so a hop reads no edge record.
 */

import { compareValues, decodeExact, encodeCollation, RecordId, type ValueObject } from '@dendrodb/protocol'
import type { IndexDefinition, TableDefinition } from '../../catalog/definitions.ts'
import type { MaybePromise } from '../../storage/kv-store.ts'
import type { Direction, EdgeRef, IndexEntry, StoredRecord } from '../model.ts'

/** Entries of one adjacency index, with the bytes that were indexed. */
export interface AdjacencyEntry extends IndexEntry {
  readonly entry: Uint8Array
}

export interface AdjacencyReader {
  /** Entries of the index whose first field is the node. */
  entries(index: IndexDefinition, node: RecordId): AsyncIterable<readonly AdjacencyEntry[]>
  /** All edges of the table, for one whose index is of no use: a table that main has removed (ADR 22). */
  rows(table: TableDefinition): AsyncIterable<readonly StoredRecord[]>
  /** The edge's record, for entries that are long. */
  valueOf(edge: RecordId): Promise<ValueObject>
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
  if (index.state !== 'ready') return scanForEdges(reader, table, node, near)
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
  let isOrdered = true
  for await (const chunk of reader.entries(index, node)) {
    for (const { id, isLong, entry } of chunk) {
      if (!isLong) {
        edges.push({ edge: id, node: decodeExact(entry, nearBytes).value as RecordId })
        continue
      }
      isOrdered = false
      // The entry may be another node's, whose id begins the same.
      const value = await reader.valueOf(id)
      if (node.equals(value[near] as RecordId)) edges.push({ edge: id, node: farEnd(value, near) })
    }
  }
  return isOrdered ? edges : inOrder(edges)
}

async function scanForEdges(
  reader: AdjacencyReader,
  table: TableDefinition,
  node: RecordId,
  near: 'in' | 'out',
): Promise<EdgeRef[]> {
  const edges: EdgeRef[] = []
  for await (const rows of reader.rows(table)) {
    for (const { id, value } of rows) {
      const end = value[near]
      if (!(end instanceof RecordId) || !node.equals(end)) continue
      edges.push({ edge: id, node: farEnd(value, near) })
    }
  }
  return inOrder(edges)
}

function farEnd(edge: ValueObject, near: 'in' | 'out'): RecordId {
  return edge[near === 'in' ? 'out' : 'in'] as RecordId
}

/** Of the records they lead to, then of their own. */
function inOrder(edges: EdgeRef[]): EdgeRef[] {
  return edges.sort((a, b) => compareValues(a.node, b.node) || compareValues(a.edge, b.edge))
}

export function isRelation(table: TableDefinition): boolean {
  return table.kind.type === 'relation'
}
