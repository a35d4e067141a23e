/**
 * What has to be written so that records are what they were at an earlier commit.
 * Cost: proportional to what was written since.
 */

import type { RecordId } from '@dendrodb/protocol'
import type { TableDefinition } from '../../catalog/definitions.ts'
import type { RecordWrite } from '../branch/apply-steps.ts'
import type { BranchOf } from '../branch/branch-state.ts'
import { candidates } from '../branch/diff-states.ts'
import { pausingReader } from '../branch/pausing-reader.ts'
import { isSame, recordOf } from '../branch/plan-merge.ts'
import type { RecordTx } from '../document/record-tx.ts'
import { isRelation } from '../graph/adjacency.ts'
import type { ReadView, StoredRecord } from '../model.ts'
import { WorkSlice } from '../work-slice.ts'
import { restoredRecordsMax } from './limits.ts'
import { snapshotErrors } from './snapshot-errors.ts'

export interface RestorePlan {
  readonly tx: RecordTx
  /** Number of the branch that the transaction writes. */
  readonly branch: number
  readonly branchOf: BranchOf
  /** The branch as it was. */
  readonly then: ReadView
  /** Default: all. */
  readonly tables: readonly string[] | undefined
  /** Default: `restoredRecordsMax`. */
  readonly recordsMax?: number
}

/** @throws SNAPSHOT_TOO_LARGE */
export async function planRestore(plan: RestorePlan): Promise<readonly RecordWrite[]> {
  const { tx, branch, branchOf, then, tables, recordsMax: limit = restoredRecordsMax } = plan
  // Whoever writes to one of the tables meanwhile makes the transaction run again.
  for (const table of tx.catalog.tables())
    if (tables?.includes(table.name) ?? true) await tx.countTable(table)
  const steps = new Map<string, RecordWrite>()
  const add = (id: RecordId, before: StoredRecord | undefined) => {
    const table = tableOf(id, then, tx)
    if (table !== undefined) steps.set(id.toString(), { id, table, record: recordOf(before) })
    if (steps.size > limit) throw snapshotErrors.TOO_LARGE({ limit })
  }
  const slice = new WorkSlice()
  const states = {
    reader: pausingReader(tx.log, () => slice.step()),
    branchOf,
    from: { state: { branch, seq: then.seq }, view: then },
    to: { state: { branch, seq: tx.seq }, view: tx },
    tables,
  }
  for await (const ids of candidates(states)) {
    await slice.step()
    const before = await then.getRecords(ids)
    const now = await tx.getRecords(ids)
    for (const [at, id] of ids.entries()) {
      if (!isSame(recordOf(before[at]), recordOf(now[at]))) add(id, before[at])
    }
  }
  await keepEdges([...steps.values()], { then, tx, has: (id) => steps.has(id.toString()), add })
  return [...steps.values()]
}

interface EdgeKeeper {
  readonly then: ReadView
  readonly tx: RecordTx
  readonly has: (id: RecordId) => boolean
  readonly add: (id: RecordId, before: StoredRecord) => void
}

/** A node takes its edges with it: those that were there without it are put back. */
async function keepEdges(steps: readonly RecordWrite[], { then, tx, has, add }: EdgeKeeper): Promise<void> {
  for (const { id, table, record } of steps) {
    if (record !== undefined || isRelation(table)) continue
    for (const { edge } of await tx.edges(id, 'both')) {
      const before = has(edge) ? undefined : await then.getRecord(edge)
      if (before !== undefined) add(edge, before)
    }
  }
}

function tableOf(id: RecordId, then: ReadView, now: ReadView): TableDefinition | undefined {
  return then.catalog.table(id.table) ?? now.catalog.table(id.table)
}
