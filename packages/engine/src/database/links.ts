/**
 * Links: records joined by a relation, at most once each, without an edge that anybody has to name.
 * Why beside RELATE: who comes from a store of links says "from, relation, to", as often as they like, and
 * takes a link back by the same three words.
 */

import { RecordId, ulid } from '@dendrodb/protocol'
import type { TableDefinition } from '../catalog/definitions.ts'
import type { Direction, ReadView, WriteMeta, WriteTx } from '../models/model.ts'
import type { DatabaseHost, Receipt } from '../query/host.ts'

export interface Link {
  readonly from: RecordId
  /** Table of the edges. */
  readonly relation: string
  readonly to: RecordId
}

/**
 * Joins the two, if they are not joined already. Gives whether it did.
 * @throws CATALOG_NOT_A_RELATION when the relation is a table with other records
 */
export async function putLink(tx: WriteTx, { from, relation, to }: Link): Promise<boolean> {
  const table = await tx.ensureTable(relation, { type: 'relation', from: [], to: [], enforced: false })
  if ((await edgesBetween(tx, table, from, to)).length > 0) return false
  await tx.put(new RecordId(relation, ulid()), { in: from, out: to })
  return true
}

/** Takes away every edge of the relation from the one to the other. Gives whether there was one. */
export async function removeLink(tx: WriteTx, { from, relation, to }: Link): Promise<boolean> {
  const table = tx.catalog.table(relation)
  if (table === undefined) return false
  const edges = await edgesBetween(tx, table, from, to)
  for (const edge of edges) await tx.delete(edge)
  return edges.length > 0
}

export interface LinkReceipt extends Receipt {
  /** Whether the link was not there before, or was there and is gone. */
  readonly isChanged: boolean
}

export interface NeighborOptions {
  /** Default: every relation. */
  readonly relation?: string | undefined
  /** Default: `out`. */
  readonly direction?: Direction
}

/** As one commit. What it says of itself may keep it from being made twice. */
export async function changeLink(
  database: Pick<DatabaseHost, 'write'>,
  action: 'link' | 'unlink',
  link: Link,
  meta: WriteMeta | undefined,
): Promise<LinkReceipt> {
  const change = action === 'link' ? putLink : removeLink
  const request = [action, link.from, link.relation, link.to]
  const options = meta === undefined ? {} : { meta, request }
  const { result, receipt } = await database.write((tx) => change(tx, link), options)
  return { isChanged: result, ...receipt }
}

/** Records that links of the relation (default: of any) lead to, each once; `in`: that they come from. */
export async function neighborsOf(
  database: Pick<DatabaseHost, 'view'>,
  node: RecordId,
  options: NeighborOptions,
): Promise<RecordId[]> {
  const view = await database.view()
  try {
    return await linkedTo(view, node, options)
  } finally {
    view.close()
  }
}

async function linkedTo(
  view: ReadView,
  node: RecordId,
  { relation, direction = 'out' }: NeighborOptions,
): Promise<RecordId[]> {
  const table = relation === undefined ? undefined : view.catalog.table(relation)
  if (relation !== undefined && table === undefined) return []
  const edges = await view.edges(node, direction, table && [table])
  const found = new Map<string, RecordId>()
  for (const { node: far } of edges) found.set(far.toString(), far)
  return [...found.values()]
}

async function edgesBetween(
  tx: WriteTx,
  table: TableDefinition,
  from: RecordId,
  to: RecordId,
): Promise<RecordId[]> {
  const edges = await tx.edges(from, 'out', [table])
  return edges.filter(({ node }) => node.equals(to)).map(({ edge }) => edge)
}
