/**
 * How far back the history of a table has to go: what its definition promises, and what somebody needs.
 * Branches need the state that they were forked from, named snapshots that of their moment.
 */

import { Datetime } from '@dendrodb/protocol'
import type { TableDefinition } from '../catalog/definitions.ts'
import type { StoredCatalog } from '../catalog/stored-catalog.ts'
import { systemTables } from '../catalog/system-tables.ts'
import { decodeHistory } from '../ledger/history-entry.ts'
import { kindRange, mainBranch } from '../ledger/key-space.ts'
import { branchIn, type KnownBranches, readBranches } from '../models/branch/stored-branches.ts'
import type { SnapshotPin } from '../query/host.ts'
import { seqAsOf } from './commit-time.ts'
import type { HeldSnapshot } from './shared-snapshot.ts'

/** What is there besides the table. */
export interface Pins {
  /** All that there ever were. */
  readonly branches: KnownBranches
  /** By number: the commit that removed it. */
  readonly removedAt: ReadonlyMap<number, number>
  readonly snapshots: readonly SnapshotPin[]
}

export async function readPins(
  { snapshot }: HeldSnapshot,
  catalog: StoredCatalog,
  snapshots: readonly SnapshotPin[],
): Promise<Pins> {
  const branches = await readBranches(snapshot)
  const removedAt = new Map<number, number>()
  let made: { readonly name: Buffer; readonly number: number } | undefined
  for await (const chunk of snapshot.scan(kindRange('history', mainBranch, systemTables.branch.id))) {
    for (const entry of chunk) {
      const { idKey, isPut, seq } = decodeHistory(entry)
      const branch = await branchIn(snapshot, entry)
      if (branch !== undefined) made = { name: idKey, number: branch.number }
      else if (!isPut && made?.name.equals(idKey) === true) removedAt.set(made.number, seq)
    }
  }
  for (const { number } of catalog.branches()) removedAt.delete(number)
  return { branches, removedAt, snapshots }
}

/** The oldest commit at which the table must be as it was. */
export async function horizonOf(
  held: HeldSnapshot,
  table: TableDefinition,
  pins: Pins,
  nowMicros: number,
): Promise<number> {
  const { historyMicros } = table
  if (historyMicros === undefined) return 0
  const instant = Datetime.fromEpochNanos(BigInt(nowMicros - historyMicros) * 1_000n)
  const promised = historyMicros === 0 ? held.manifest.seq : await seqAsOf(held, { instant })
  return pinned(promised, table, pins)
}

function pinned(
  promised: number,
  { name }: TableDefinition,
  { branches, removedAt, snapshots }: Pins,
): number {
  let horizon = promised
  for (const { seq, tables } of snapshots) {
    if (tables === undefined || tables.includes(name)) horizon = Math.min(horizon, seq)
  }
  // A branch whose removal lies behind the horizon pins its fork, which may bring others behind it.
  for (let before = Number.POSITIVE_INFINITY; horizon < before; ) {
    before = horizon
    for (const { number, forkedAt } of branches.values()) {
      if ((removedAt.get(number) ?? Number.POSITIVE_INFINITY) > horizon) horizon = Math.min(horizon, forkedAt)
    }
  }
  return horizon
}
