/**
 * Snapshots as the library, DQL and the doors see them: made, listed, restored and removed by name.
 * Why on main alone: a snapshot names a commit, and commits are numbered for all branches; a restore writes
 * the branch that it is asked for.
 */

import { Datetime } from '@dendrodb/protocol'
import { mainBranch } from '../ledger/key-space.ts'
import { applySteps, type Refusals } from '../models/branch/apply-steps.ts'
import type { BranchOf } from '../models/branch/branch-state.ts'
import type { RecordTx } from '../models/document/record-tx.ts'
import type { ReadView } from '../models/model.ts'
import { snapshotsMax } from '../models/snapshot/limits.ts'
import { planRestore } from '../models/snapshot/plan-restore.ts'
import { snapshotErrors } from '../models/snapshot/snapshot-errors.ts'
import {
  checkSnapshotName,
  checkSnapshotTables,
  decodeSnapshot,
  encodeSnapshot,
  readSnapshots,
  type Snapshot,
  snapshotId,
} from '../models/snapshot/snapshot-record.ts'
import {
  mainBranchName,
  type NewSnapshot,
  type Receipt,
  type RestoreAnswer,
  type SnapshotHost,
  type SnapshotInfo,
  type SnapshotPin,
  type SnapshotRestore,
  type WriteOptions,
} from '../query/host.ts'
import type { MaybePromise } from '../storage/kv-store.ts'
import { seqAsOf } from './commit-time.ts'
import type { DatabaseCore } from './database-core.ts'

export class SnapshotService implements SnapshotHost {
  readonly #core: DatabaseCore

  constructor(core: DatabaseCore) {
    this.#core = core
  }

  async list(): Promise<readonly SnapshotInfo[]> {
    return (await this.#read(readSnapshots)).map(infoOf)
  }

  async info(name: string): Promise<SnapshotInfo> {
    return infoOf(await this.#read((view) => snapshotIn(view, name)))
  }

  async create(name: string, options: NewSnapshot = {}): Promise<SnapshotInfo & Receipt> {
    checkSnapshotName(name)
    const { comment, meta } = options
    const tables = options.tables && checkSnapshotTables(options.tables)
    const at = options.at && (await this.#seqOf(options.at))
    const work = async (tx: RecordTx): Promise<SnapshotInfo> => {
      const known = await readSnapshots(tx)
      if (known.some((each) => each.name === name)) throw snapshotErrors.EXISTS({ name })
      if (known.length >= snapshotsMax) throw snapshotErrors.TOO_MANY({ limit: snapshotsMax })
      const snapshot = { name, at: at ?? tx.seq, created: Datetime.now(), tables, comment }
      await tx.put(snapshotId(name), encodeSnapshot(snapshot))
      return infoOf(snapshot)
    }
    const request = ['define snapshot', name, at, tables, comment]
    const { result, receipt } = await this.#core.write(work, { ...(meta && { meta, request }) })
    return { ...result, ...receipt }
  }

  async restore(name: string, options: SnapshotRestore = {}): Promise<RestoreAnswer> {
    const { branch = mainBranchName, meta, signal } = options
    const { branches } = this.#core
    const number = branch === mainBranchName ? mainBranch : branches.definitionOf(branch).number
    const snapshot = await this.#read((view) => snapshotIn(view, name))
    const tables = tablesToRestore(snapshot, options.tables && checkSnapshotTables(options.tables))
    const request = ['restore snapshot', name, branch, tables]
    const writeOptions: WriteOptions = { ...(meta && { meta, request }), ...(signal && { signal }) }
    const work = (tx: RecordTx) => this.#restore(tx, number, snapshot, tables)
    const { result, receipt } = await branches.write(number, work, writeOptions)
    return { restored: result, ...receipt }
  }

  async remove(name: string, { meta }: { readonly meta?: NewSnapshot['meta'] } = {}): Promise<Receipt> {
    const work = async (tx: RecordTx) => {
      if (!(await tx.delete(snapshotId(name)))) throw snapshotErrors.UNKNOWN({ name })
    }
    const request = ['remove snapshot', name]
    return (await this.#core.write(work, { ...(meta && { meta, request }) })).receipt
  }

  async pins(): Promise<readonly SnapshotPin[]> {
    const snapshots = await this.#read(readSnapshots)
    return snapshots.map(({ at, tables }) => ({ seq: at, ...(tables && { tables }) }))
  }

  async #restore(
    tx: RecordTx,
    branch: number,
    { name, at }: Snapshot,
    tables: readonly string[] | undefined,
  ): Promise<number> {
    const { branches } = this.#core
    const main = branches.durableCatalog()
    const branchOf: BranchOf = (number) => main.branchByNumber(number)
    const then = await branches.viewOf(branch, { seq: at })
    try {
      const steps = await planRestore({ tx, branch, branchOf, then, tables })
      await applySteps(tx, steps, refusalsOf(name))
      return steps.length
    } finally {
      then.close()
    }
  }

  async #read<T>(read: (view: ReadView) => MaybePromise<T>): Promise<T> {
    const view = await this.#core.view()
    try {
      return await read(view)
    } finally {
      view.close()
    }
  }

  /** @throws LEDGER_AS_OF_INVALID, LEDGER_AS_OF_UNKNOWN */
  async #seqOf(at: NonNullable<NewSnapshot['at']>): Promise<number> {
    const held = await this.#core.holdSnapshot()
    try {
      return await seqAsOf(held, at)
    } finally {
      held.release()
    }
  }
}

async function snapshotIn(view: ReadView, name: string): Promise<Snapshot> {
  const record = typeof name === 'string' ? await view.getRecord(snapshotId(name)) : undefined
  if (record === undefined) throw snapshotErrors.UNKNOWN({ name: String(name) })
  return decodeSnapshot(record)
}

/** @throws SNAPSHOT_TABLE_OTHER for one that the snapshot is not about */
function tablesToRestore(
  { name, tables: own }: Snapshot,
  wanted: readonly string[] | undefined,
): readonly string[] | undefined {
  if (own === undefined || wanted === undefined) return wanted ?? own
  const table = wanted.find((each) => !own.includes(each))
  if (table !== undefined) throw snapshotErrors.TABLE_OTHER({ name, table })
  return wanted
}

function refusalsOf(name: string): Refusals {
  return {
    unique: (id, index) => snapshotErrors.UNIQUE({ name, id: id.toString(), index }),
    edge: (id, reason) => snapshotErrors.REFUSED({ name, id: id.toString(), reason }),
  }
}

function infoOf({ tables, comment, ...rest }: Snapshot): SnapshotInfo {
  return { ...rest, ...(tables && { tables }), ...(comment !== undefined && { comment }) }
}
