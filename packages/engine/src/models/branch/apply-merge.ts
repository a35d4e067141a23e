/**
 * Carries a planned merge out, in the target's transaction.
 * Order: deletes, so that what they held is free; then puts. A unique index may still stand in the way of
 * records that exchange values among themselves: they are emptied first and filled then, which the
 * transaction's net changes do not show.
 */

import { DbError, RecordId } from '@dendrodb/protocol'
import { isRelation } from '../graph/adjacency.ts'
import type { PutOptions, WriteTx } from '../model.ts'
import { branchErrors } from './branch-errors.ts'
import { isEdge, type MergedRecord, type MergeStep } from './plan-merge.ts'

/** Names of the branches, for messages. */
export interface MergeNames {
  readonly source: string
  readonly target: string
}

type PutStep = MergeStep & { readonly record: MergedRecord }

/** @throws BRANCH_MERGE_UNIQUE, BRANCH_MERGE_REFUSED, CATALOG_NOT_A_RELATION, INDEX_TOO_MANY_ENTRIES */
export async function applyMerge(tx: WriteTx, steps: readonly MergeStep[], names: MergeNames): Promise<void> {
  const deletes = steps.filter(({ record }) => record === undefined)
  // Edges first: what a node takes with it was agreed to.
  const ordered = [...deletes.filter(isInRelation), ...deletes.filter((step) => !isInRelation(step))]
  for (const { id } of ordered) await tx.delete(id)
  const puts = steps.filter((step): step is PutStep => step.record !== undefined)
  const refused: PutStep[] = []
  for (const step of [...puts.filter((each) => !isEdge(each)), ...puts.filter(isEdge)]) {
    await checkStep(tx, step, names)
    if ((await tryPut(tx, step)) !== undefined) refused.push(step)
  }
  if (refused.length > 0) await exchange(tx, refused, names)
}

async function exchange(tx: WriteTx, refused: readonly PutStep[], names: MergeNames): Promise<void> {
  for (const { id } of refused) if ((await tx.getRecord(id)) !== undefined) await tx.put(id, {})
  for (const step of refused) {
    const index = await tryPut(tx, step)
    if (index !== undefined) throw branchErrors.MERGE_UNIQUE({ ...names, id: step.id.toString(), index })
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

/** The target's table as the step needs it. */
async function checkStep(tx: WriteTx, { id, table, record }: PutStep, names: MergeNames): Promise<void> {
  const { fields } = record
  const isOneEdge = fields.in instanceof RecordId && fields.out instanceof RecordId
  const own = isRelation(table) ? await tx.ensureTable(id.table, table.kind) : tx.catalog.table(id.table)
  if (own === undefined || !isRelation(own)) return
  const refuse = (reason: string) => branchErrors.MERGE_REFUSED({ ...names, id: id.toString(), reason })
  if (!isOneEdge) throw refuse('is no edge, and its table holds edges in the target')
  if (own.kind.type !== 'relation' || !own.kind.enforced) return
  for (const node of [fields.in, fields.out] as RecordId[]) {
    if ((await tx.getRecord(node)) === undefined) throw refuse(`joins ${node}, which is not there`)
  }
}

function isInRelation({ table }: MergeStep): boolean {
  return isRelation(table)
}
