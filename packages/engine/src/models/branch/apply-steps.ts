/**
 * Makes many records what they are in another state, in one transaction: a merge, or what a snapshot knows.
 * Order: deletes, so that what they held is free; then puts. A unique index may still stand in the way of
 * records that exchange values among themselves: they are emptied first and filled then, which the
 * transaction's net changes do not show.
 */

import { DbError, type RecordId, type Value, type ValueObject } from '@dendrodb/protocol'
import type { TableDefinition } from '../../catalog/definitions.ts'
import { isRelation } from '../graph/adjacency.ts'
import { edgeRefusal } from '../graph/edge-refusal.ts'
import type { PutOptions, WriteTx } from '../model.ts'
import { WorkSlice } from '../work-slice.ts'

/** A record becomes this. */
export interface RecordWrite {
  readonly id: RecordId
  /** In the state that it comes from. */
  readonly table: TableDefinition
  /** `undefined`: it is deleted. */
  readonly record: WrittenFields | undefined
}

export interface WrittenFields {
  /** Without its id. */
  readonly fields: ValueObject
  readonly validFrom: Value
  readonly validTo: Value
}

/** The errors for what cannot be done. */
export interface Refusals {
  /** A unique index has one of the values for another record. */
  unique(id: RecordId, index: string): Error
  edge(id: RecordId, reason: string): Error
}

type PutStep = RecordWrite & { readonly record: WrittenFields }

/**
 * @throws those of `refusals`, CATALOG_NOT_A_RELATION, INDEX_TOO_MANY_ENTRIES, LEDGER_TRANSACTION_TOO_LARGE
 */
export async function applySteps(
  tx: WriteTx,
  steps: readonly RecordWrite[],
  refusals: Refusals,
): Promise<void> {
  const deletes = steps.filter(({ record }) => record === undefined)
  // Edges first: what a node takes with it was agreed to.
  const ordered = [...deletes.filter(isEdge), ...deletes.filter((step) => !isEdge(step))]
  const slice = new WorkSlice()
  for (const { id } of ordered) {
    await slice.step()
    await tx.delete(id)
  }
  const puts = steps.filter((step): step is PutStep => step.record !== undefined)
  const refused: PutStep[] = []
  for (const step of [...puts.filter((each) => !isEdge(each)), ...puts.filter(isEdge)]) {
    await slice.step()
    const reason = await edgeRefusal(tx, step.id, step.record.fields, step.table)
    if (reason !== undefined) throw refusals.edge(step.id, reason)
    if ((await tryPut(tx, step)) !== undefined) refused.push(step)
  }
  if (refused.length > 0) await exchange(tx, refused, refusals)
}

function isEdge({ table }: RecordWrite): boolean {
  return isRelation(table)
}

async function exchange(tx: WriteTx, refused: readonly PutStep[], refusals: Refusals): Promise<void> {
  for (const { id } of refused) if ((await tx.getRecord(id)) !== undefined) await tx.put(id, {})
  for (const step of refused) {
    const index = await tryPut(tx, step)
    if (index !== undefined) throw refusals.unique(step.id, index)
  }
}

/** The unique index that refuses the record, if one does. */
async function tryPut(tx: WriteTx, { id, record }: PutStep): Promise<string | undefined> {
  try {
    const { validFrom, validTo } = record
    await tx.put(id, record.fields, { validFrom, validTo } satisfies PutOptions)
    return undefined
  } catch (error) {
    if (!(error instanceof DbError) || error.code !== 'INDEX_UNIQUE_VIOLATION') throw error
    return String(error.details.index)
  }
}
