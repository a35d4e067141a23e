/**
 * The branches of an open database: those that are in use, by number.
 */

import type { BranchDefinition } from '../catalog/definitions.ts'
import type { StoredCatalog } from '../catalog/stored-catalog.ts'
import { mainBranch } from '../ledger/key-space.ts'
import type { CommittedWrite } from '../ledger/write-request.ts'
import { branchErrors } from '../models/branch/branch-errors.ts'
import type { RecordTx } from '../models/document/record-tx.ts'
import type { ReadView } from '../models/model.ts'
import type { AsOf, WriteAnswer, WriteOptions } from '../query/host.ts'
import type { MaybePromise } from '../storage/kv-store.ts'
import { BranchCore, type BranchServices } from './branch-core.ts'

/** The database, as main is read and written. */
export interface MainServices extends BranchServices {
  view(asOf?: AsOf): MaybePromise<ReadView>
  write<T>(work: (tx: RecordTx) => MaybePromise<T>, options?: WriteOptions): Promise<WriteAnswer<T>>
}

export class Branches {
  readonly #core: MainServices
  readonly #inUse = new Map<number, BranchCore>()

  constructor(core: MainServices) {
    this.#core = core
  }

  /** Main's definitions as of the newest acknowledged commit. */
  durableCatalog(): StoredCatalog {
    return this.#core.catalogs.at(this.#core.sequencer.durable.manifest.seq)
  }

  /** @throws BRANCH_UNKNOWN */
  definitionOf(name: string): BranchDefinition {
    const definition = this.durableCatalog().branch(name)
    if (definition === undefined) throw branchErrors.UNKNOWN({ name })
    return definition
  }

  /** By name. @throws BRANCH_UNKNOWN */
  open(name: string): BranchCore {
    return this.#use(this.definitionOf(name))
  }

  /** A view of any branch, main included, by its number. @throws BRANCH_UNKNOWN, LEDGER_AS_OF_* */
  viewOf(number: number, asOf?: AsOf): MaybePromise<ReadView> {
    return number === mainBranch ? this.#core.view(asOf) : this.#withNumber(number).view(asOf)
  }

  /** To any branch, main included. @throws BRANCH_UNKNOWN */
  write<T>(
    number: number,
    work: (tx: RecordTx) => MaybePromise<T>,
    options: WriteOptions,
  ): Promise<WriteAnswer<T>> {
    return number === mainBranch
      ? this.#core.write(work, options)
      : this.#withNumber(number).write(work, options)
  }

  onSequenced(write: CommittedWrite): void {
    this.#inUse.get(write.request.branch)?.onSequenced(write)
  }

  onRolledBack(seq: number): void {
    for (const branch of this.#inUse.values()) branch.onRolledBack(seq)
  }

  /** Records that were there at forks are gone. */
  recount(): void {
    for (const branch of this.#inUse.values()) branch.recount()
  }

  /** The branch was removed. */
  forget(number: number): void {
    this.#inUse.delete(number)
  }

  #withNumber(number: number): BranchCore {
    const definition = this.durableCatalog().branchByNumber(number)
    if (definition === undefined) throw branchErrors.UNKNOWN({ name: `number ${number}` })
    return this.#use(definition)
  }

  #use(definition: BranchDefinition): BranchCore {
    const known = this.#inUse.get(definition.number)
    if (known !== undefined) return known
    const branch = new BranchCore(this.#core, definition, (number, asOf) => this.viewOf(number, asOf))
    this.#inUse.set(definition.number, branch)
    return branch
  }
}
