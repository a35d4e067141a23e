/**
 * Branches as the library, DQL and the doors see them: made, listed, compared, merged and removed by name.
 */

import { Datetime, RecordId, type Value } from '@dendrodb/protocol'
import { encodeBranch } from '../catalog/definition-codec.ts'
import type { BranchDefinition } from '../catalog/definitions.ts'
import type { StoredCatalog } from '../catalog/stored-catalog.ts'
import { systemTables } from '../catalog/system-tables.ts'
import { mainBranch } from '../ledger/key-space.ts'
import { branchErrors } from '../models/branch/branch-errors.ts'
import { layersOf, type State } from '../models/branch/branch-state.ts'
import { diffStates, type RecordDiff } from '../models/branch/diff-states.ts'
import { branchDepthMax, branchesMax, branchNameCharsMax } from '../models/branch/limits.ts'
import { toResolutions } from '../models/branch/merge-conflict.ts'
import type { RecordTx } from '../models/document/record-tx.ts'
import { forgettingErrors } from '../models/forgetting/forgetting-errors.ts'
import type {
  AsOf,
  BranchHost,
  BranchInfo,
  DatabaseHost,
  DiffOptions,
  DiffPoint,
  MergeAnswer,
  MergeOptions,
  NewBranch,
  Receipt,
  WriteOptions,
} from '../query/host.ts'
import { mainBranchName } from '../query/host.ts'
import { seqAsOf } from './commit-time.ts'
import type { DatabaseCore } from './database-core.ts'
import { mergeBranches, mergeId, type NamedBranch } from './merge-branches.ts'

const segmentPattern = /^[A-Za-z0-9_-]+$/

export class BranchService implements BranchHost {
  readonly #core: DatabaseCore
  readonly #open: (name: string) => DatabaseHost

  /** @param open what reads and writes a branch */
  constructor(core: DatabaseCore, open: (name: string) => DatabaseHost) {
    this.#core = core
    this.#open = open
  }

  list(): readonly BranchInfo[] {
    const catalog = this.#core.branches.durableCatalog()
    return [...catalog.branches()].map((branch) => infoOf(branch, catalog))
  }

  info(name: string): BranchInfo {
    const { branches } = this.#core
    return infoOf(branches.definitionOf(name), branches.durableCatalog())
  }

  open(name: string): DatabaseHost {
    return this.#open(name)
  }

  async create(name: string, options: NewBranch = {}): Promise<BranchInfo & Receipt> {
    checkBranchName(name)
    const { from = mainBranchName, at, comment, meta } = options
    const forkedAt = at && (await this.#seqOf(at))
    const work = async (tx: RecordTx): Promise<BranchInfo> => {
      const catalog = this.#catalogOf(tx)
      if (catalog.branch(name) !== undefined) throw branchErrors.EXISTS({ name })
      if ([...catalog.branches()].length >= branchesMax) throw branchErrors.TOO_MANY({ limit: branchesMax })
      const parent = this.#parentOf(from, catalog)
      checkKept(catalog, parent, forkedAt ?? tx.seq)
      const definition: BranchDefinition = {
        name,
        number: this.#core.sequencer.nextNumber(),
        parent,
        forkedAt: forkedAt ?? tx.seq,
        created: Datetime.now(),
        comment,
      }
      await tx.put(branchId(name), encodeBranch(definition))
      return infoOf(definition, catalog)
    }
    const request = ['define branch', name, from, forkedAt, comment]
    const { result, receipt } = await this.#core.write(work, writeOptions(meta, request))
    return { ...result, ...receipt }
  }

  async *diff({ from, to, tables, after, pause }: DiffOptions): AsyncGenerator<readonly RecordDiff[]> {
    const { branches } = this.#core
    const states = {
      to: await this.#stateOf(to),
      from: from ? await this.#stateOf(from) : this.#forkOf(to.branch),
    }
    const held = await this.#core.holdSnapshot()
    // Of the snapshot: a branch may be removed meanwhile.
    const main = this.#core.catalogs.at(held.manifest.seq)
    try {
      const viewed = async (state: State) => ({
        state,
        view: await branches.viewOf(state.branch, { seq: state.seq }),
      })
      const [older, newer] = [await viewed(states.from), await viewed(states.to)]
      try {
        yield* diffStates({
          reader: held.snapshot,
          branchOf: (number) => main.branchByNumber(number),
          from: older,
          to: newer,
          tables,
          after,
          pause,
        })
      } finally {
        older.view.close()
        newer.view.close()
      }
    } finally {
      held.release()
    }
  }

  async merge(name: string, options: MergeOptions = {}): Promise<MergeAnswer> {
    const resolutions = toResolutions(options.resolve)
    const [source, target] = [this.#named(name), this.#named(options.into ?? mainBranchName)]
    return mergeBranches(this.#core, source, target, { ...options, resolutions })
  }

  async remove(name: string, options: Pick<NewBranch, 'meta'> = {}): Promise<Receipt> {
    if (name === mainBranchName) throw branchErrors.IS_MAIN({ action: 'removed' })
    const work = async (tx: RecordTx) => {
      const catalog = this.#catalogOf(tx)
      const branch = catalog.branch(name)
      if (branch === undefined) throw branchErrors.UNKNOWN({ name })
      const child = [...catalog.branches()].find(({ parent }) => parent === branch.number)
      if (child !== undefined) throw branchErrors.HAS_CHILDREN({ name, child: child.name })
      await tx.delete(branchId(name))
      await tx.delete(mergeId(branch.number))
      tx.discardBranch(branch.number)
    }
    const { receipt } = await this.#core.write(work, writeOptions(options.meta, ['remove branch', name]))
    return receipt
  }

  /** Definitions as the transaction sees them: it loses if any of them changes. */
  #catalogOf({ seq }: RecordTx): StoredCatalog {
    return this.#core.catalogs.at(seq)
  }

  #parentOf(name: string, catalog: StoredCatalog): number {
    if (name === mainBranchName) return mainBranch
    const parent = catalog.branch(name)
    if (parent === undefined) throw branchErrors.UNKNOWN({ name })
    let depth = 1
    for (let above = catalog.branchByNumber(parent.parent); above !== undefined; depth += 1) {
      above = catalog.branchByNumber(above.parent)
    }
    if (depth >= branchDepthMax) throw branchErrors.TOO_DEEP({ limit: branchDepthMax, name })
    return parent.number
  }

  #named(name: string): NamedBranch {
    return name === mainBranchName ? { name, number: mainBranch } : this.#core.branches.definitionOf(name)
  }

  async #stateOf({ branch, at }: DiffPoint): Promise<State> {
    const { number } = this.#named(branch)
    const seq = at === undefined ? this.#core.sequencer.durable.manifest.seq : await this.#seqOf(at)
    return { branch: number, seq }
  }

  /** The state that the branch began with. */
  #forkOf(name: string): State {
    if (name === mainBranchName) return { branch: mainBranch, seq: 0 }
    const { parent, forkedAt } = this.#core.branches.definitionOf(name)
    return { branch: parent, seq: forkedAt }
  }

  /** @throws LEDGER_AS_OF_INVALID, LEDGER_AS_OF_UNKNOWN */
  async #seqOf(at: AsOf): Promise<number> {
    const held = await this.#core.holdSnapshot()
    try {
      return await seqAsOf(held, at)
    } finally {
      held.release()
    }
  }
}

/** @throws FORGET_HISTORY_GONE where main no longer has all of what the branch would begin with */
function checkKept(catalog: StoredCatalog, parent: number, forkedAt: number): void {
  const { seq } = layersOf((number) => catalog.branchByNumber(number), { branch: parent, seq: forkedAt }).at(
    -1,
  ) as State
  for (const { name: table, historySince: since } of catalog.tables()) {
    if (since > seq) throw forgettingErrors.HISTORY_GONE({ table, since, asked: seq })
  }
}

function branchId(name: string): RecordId {
  return new RecordId(systemTables.branch.name, name)
}

function infoOf({ comment, parent, ...rest }: BranchDefinition, catalog: StoredCatalog): BranchInfo {
  const parentName = parent === mainBranch ? mainBranchName : (catalog.branchByNumber(parent)?.name ?? '')
  return { ...rest, parent: parentName, ...(comment !== undefined && { comment }) }
}

/** @throws BRANCH_NAME */
function checkBranchName(name: string): void {
  const isGood =
    typeof name === 'string' &&
    name.length <= branchNameCharsMax &&
    name !== mainBranchName &&
    name.split('/').every((segment) => segmentPattern.test(segment))
  if (isGood) return
  const shown = typeof name === 'string' ? name.slice(0, branchNameCharsMax) : typeof name
  throw branchErrors.NAME({ name: shown, charsMax: branchNameCharsMax })
}

function writeOptions(meta: NewBranch['meta'], request: Value): WriteOptions {
  return meta === undefined ? {} : { meta, request }
}
