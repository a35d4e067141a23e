/**
 * One branch other than main of an open database: its definitions, its views and its transactions.
 * Why beside DatabaseCore: caches and index builds are main's; what the two share are the sequencer, the
 * snapshots, and the way transactions are run.
 * Invariant: bound to the branch's number, so that another one of the same name is never taken for it.
 */

import type { BranchDefinition } from '../catalog/definitions.ts'
import { readCatalog } from '../catalog/read-catalog.ts'
import type { CatalogChange, StoredCatalog } from '../catalog/stored-catalog.ts'
import { catalogTableIds } from '../catalog/system-tables.ts'
import type { KvReader } from '../ledger/overlay.ts'
import type { GroupBase } from '../ledger/sequencer.ts'
import type { CommittedWrite } from '../ledger/write-request.ts'
import { branchErrors } from '../models/branch/branch-errors.ts'
import {
  type BranchOf,
  branchReader,
  countAtFork,
  mainSeqOf,
  type StateSource,
} from '../models/branch/branch-state.ts'
import { BranchView } from '../models/branch/branch-view.ts'
import { readCount, scanRecords } from '../models/document/live-records.ts'
import type { RecordTx, TxBase } from '../models/document/record-tx.ts'
import { HistoryView } from '../models/history/history-view.ts'
import type { VersionCache } from '../models/history/version-cache.ts'
import type { ReadView } from '../models/model.ts'
import type { AsOf, WriteAnswer, WriteOptions } from '../query/host.ts'
import type { MaybePromise } from '../storage/kv-store.ts'
import { CatalogTimeline } from './catalog-timeline.ts'
import { seqAsOf } from './commit-time.ts'
import { type HeldBase, TransactionRunner, type TransactionServices } from './run-transaction.ts'
import type { HeldSnapshot } from './shared-snapshot.ts'

/** What a branch needs of its database. */
export interface BranchServices extends TransactionServices {
  /** Of main. */
  readonly catalogs: CatalogTimeline
  readonly versions: VersionCache
  /** @throws LEDGER_CLOSED */
  checkOpen(): void
}

/** A view of any branch, main included, by its number. */
export type ViewOf = (number: number, asOf: AsOf) => MaybePromise<ReadView>

/** The branch as a snapshot shows it. */
interface Shown {
  readonly definition: BranchDefinition
  readonly reader: KvReader
  /** As reads and writes need it. */
  readonly catalog: StoredCatalog
  readonly source: StateSource
}

interface Definitions {
  readonly own: CatalogTimeline
  /** Main's, as of the fork from it. */
  readonly atFork: StoredCatalog
}

export class BranchCore {
  readonly name: string
  readonly number: number
  readonly #core: BranchServices
  readonly #viewOf: ViewOf
  readonly #transactions: TransactionRunner
  readonly #countsAtFork = new Map<number, Promise<number>>()
  #loading: Promise<Definitions> | undefined
  #loaded: Definitions | undefined
  /** The last one made, as it is the same from commit to commit. */
  #effective: { own: StoredCatalog; main: StoredCatalog; catalog: StoredCatalog } | undefined

  constructor(core: BranchServices, { name, number }: BranchDefinition, viewOf: ViewOf) {
    this.name = name
    this.number = number
    this.#core = core
    this.#viewOf = viewOf
    this.#transactions = new TransactionRunner(core, {
      canRunInside: false,
      beside: (held) => this.#besideBase(held),
      inside: (group) => this.#groupBase(group),
    })
  }

  /** @throws BRANCH_UNKNOWN when it was removed */
  check(): void {
    const { catalogs, sequencer } = this.#core
    this.#definition(catalogs.at(sequencer.durable.manifest.seq))
  }

  /** @throws BRANCH_UNKNOWN when it was removed, LEDGER_AS_OF_* */
  async view(asOf?: AsOf): Promise<ReadView> {
    this.#core.checkOpen()
    const held = await this.#core.snapshots.hold()
    try {
      const shown = await this.#show(held)
      if (asOf !== undefined) return await this.#pastView(held, shown, asOf)
      return this.#headView(held, shown, held.release)
    } catch (error) {
      held.release()
      throw error
    }
  }

  write<T>(work: (tx: RecordTx) => MaybePromise<T>, options: WriteOptions = {}): Promise<WriteAnswer<T>> {
    this.#core.checkOpen()
    const { request, ...rest } = options
    // The same request to two branches is not one request.
    const named = request === undefined ? {} : { request: [this.name, request] }
    return this.#transactions.write(work, { ...rest, ...named })
  }

  /** A write to the branch has been given its number. */
  onSequenced({ seq, request }: CommittedWrite): void {
    const changes: CatalogChange[] = []
    for (const { tableId, key, value } of request.mutations) {
      if (catalogTableIds.has(tableId)) changes.push({ tableId, key, value })
    }
    if (changes.length === 0) return
    this.#loaded?.own.change(seq, changes)
    this.#core.sequencer.setCatalogSeq(seq, this.number)
  }

  /** Numbers of records at the fork are other ones from now on. */
  recount(): void {
    this.#countsAtFork.clear()
  }

  onRolledBack(seq: number): void {
    if (this.#loaded === undefined) return
    const { own } = this.#loaded
    own.rollBack(seq)
    this.#core.sequencer.setCatalogSeq(own.newest().seq, this.number)
  }

  #headView(held: HeldSnapshot, { reader, catalog }: Shown, onClose: () => void): BranchView {
    const { snapshot: log, manifest } = held
    const { versions } = this.#core
    return new BranchView({ reader, log, seq: manifest.seq, catalog, versions, onClose })
  }

  async #pastView(held: HeldSnapshot, shown: Shown, asOf: AsOf): Promise<ReadView> {
    const { source, definition, reader, catalog } = shown
    const seq = await seqAsOf(held, asOf)
    if (seq <= definition.forkedAt) {
      const view = await this.#viewOf(definition.parent, { seq })
      held.release()
      return view
    }
    const { own } = await this.#definitionsIn(source, definition)
    const { newestSeq } = source
    const then = await own.past(reader, seq, newestSeq)
    return new HistoryView({
      reader,
      log: held.snapshot,
      seq,
      newestSeq,
      head: this.#headView(held, shown, () => undefined),
      versions: this.#core.versions,
      cached: () => undefined,
      catalog: then.asOf(seq, catalog),
      onClose: held.release,
    })
  }

  async #show(held: HeldSnapshot): Promise<Shown> {
    const { seq } = held.manifest
    const main = this.#core.catalogs.at(seq)
    const definition = this.#definition(main)
    const source = await this.#sourceOf(held, main)
    const { own, atFork } = await this.#definitionsIn(source, definition)
    return {
      source,
      definition,
      reader: branchReader(source, definition),
      catalog: this.#effectiveOf(own.at(seq), main, atFork),
    }
  }

  async #besideBase(held: HeldSnapshot): Promise<TxBase> {
    const { reader, catalog } = await this.#show(held)
    const count = (tableId: number) => readCount(reader, tableId)
    return { ...this.#txServices(), reader, log: held.snapshot, seq: held.manifest.seq, catalog, count }
  }

  /** What is sequenced lies over a snapshot: below the branch's own keys nothing changes. */
  async #groupBase({ reader: own, seq, countDifference }: GroupBase): Promise<HeldBase> {
    const held = await this.#core.snapshots.hold()
    try {
      const { source } = await this.#show(held)
      const main = this.#core.catalogs.newest()
      const definition = this.#definition(main)
      const { own: catalogs, atFork } = await this.#definitionsIn(source, definition)
      const count = async (tableId: number) => {
        const inherited = await this.#countAtFork(tableId, () => countAtFork(source, definition, tableId))
        return inherited + countDifference(this.number, tableId)
      }
      return {
        ...this.#txServices(),
        reader: branchReader(source, definition, own),
        log: own,
        seq,
        catalog: this.#effectiveOf(catalogs.newest(), main, atFork),
        count,
        release: held.release,
      }
    } catch (error) {
      held.release()
      throw error
    }
  }

  #txServices(): Pick<TxBase, 'branch' | 'hash' | 'reads' | 'nextNumber' | 'cached' | 'versions'> {
    return {
      versions: this.#core.versions,
      branch: this.number,
      hash: this.#core.hash,
      reads: 'async',
      nextNumber: () => this.#core.sequencer.nextNumber(),
      cached: () => undefined,
    }
  }

  /** @throws BRANCH_UNKNOWN */
  #definition(main: StoredCatalog): BranchDefinition {
    const definition = main.branch(this.name)
    if (definition?.number !== this.number) throw branchErrors.UNKNOWN({ name: this.name })
    return definition
  }

  async #sourceOf({ snapshot, manifest }: HeldSnapshot, main: StoredCatalog): Promise<StateSource> {
    const branchOf: BranchOf = (number) => main.branchByNumber(number)
    const mainSeq = mainSeqOf(branchOf, this.number)
    const atFork = this.#loaded?.atFork ?? (await this.#core.catalogs.past(snapshot, mainSeq, manifest.seq))
    return {
      snapshot,
      hash: this.#core.hash,
      newestSeq: manifest.seq,
      branchOf,
      atFork,
      countAtFork: (branch, tableId, count) =>
        branch === this.number ? this.#countAtFork(tableId, count) : count(),
    }
  }

  /** Read when the branch is first used; from then on its writes keep them up to date. */
  #definitionsIn(source: StateSource, definition: BranchDefinition): MaybePromise<Definitions> {
    if (this.#loaded !== undefined) return this.#loaded
    this.#loading ??= this.#load(source, definition).finally(() => {
      this.#loading = undefined
    })
    return this.#loading
  }

  async #load(source: StateSource, definition: BranchDefinition): Promise<Definitions> {
    const reader = branchReader(source, definition)
    const catalog = await readCatalog((table) => scanRecords(reader, table))
    this.#loaded = { own: new CatalogTimeline(catalog), atFork: source.atFork }
    this.#core.sequencer.setCatalogSeq(catalog.seq, this.number)
    return this.#loaded
  }

  #effectiveOf(own: StoredCatalog, main: StoredCatalog, atFork: StoredCatalog): StoredCatalog {
    if (this.#effective?.own !== own || this.#effective.main !== main) {
      this.#effective = { own, main, catalog: own.onBranch(atFork, main) }
    }
    return this.#effective.catalog
  }

  #countAtFork(tableId: number, count: () => Promise<number>): Promise<number> {
    const known = this.#countsAtFork.get(tableId)
    if (known !== undefined) return known
    const counted = count()
    this.#countsAtFork.set(tableId, counted)
    counted.catch(() => this.#countsAtFork.delete(tableId))
    return counted
  }
}
