/**
 * Forgets what has outlived the retention of its table.
 * Order: first a commit says in the table's definition from which commit on its history is whole, so that
 * nobody who asks for an earlier state is given a wrong one; then versions go, some at a time, each step
 * void if one of its records is written meanwhile. After a restart the next run goes through the histories
 * again and does what is left.
 * Cost: of a run, the keys of the histories of tables with a retention; of a record that loses versions,
 * its whole history.
 */

import type { TableDefinition } from '../catalog/definitions.ts'
import { encodeForgottenMark, forgottenKey, placeOfVersion } from '../ledger/forgotten-mark.ts'
import { decodeHistory, type HistoryItem } from '../ledger/history-entry.ts'
import { historyPrefix, keyOf, kindRange, mainBranch, prefixRange, recordKey } from '../ledger/key-space.ts'
import type { SnapshotPin } from '../query/host.ts'
import type { KvEntry, KvOperation } from '../storage/kv-store.ts'
import type { DatabaseCore } from './database-core.ts'
import { expiredItems, expireRecord } from './expire-record.ts'
import type { OnProblem } from './job-problems.ts'
import { expiredOperationsPerStep, expiredPartsPerRecord, expiredVersionsPerStep } from './limits.ts'
import { horizonOf, type Pins, readPins } from './retention-horizon.ts'
import type { HeldSnapshot } from './shared-snapshot.ts'

interface Step {
  readonly operations: KvOperation[]
  readonly readKeys: Buffer[]
  readonly versions: number
  /** Of the snapshot that it was made from, and of its definitions. */
  readonly readSeq: number
  readonly catalogSeq: number
  /** Behind the records that have been gone through; `undefined`: all of them. */
  readonly next: Buffer | undefined
}

export class RetentionService {
  readonly #core: DatabaseCore
  readonly #snapshotPins: () => Promise<readonly SnapshotPin[]>
  readonly #nowMicros: () => number
  #running: Promise<number> | undefined
  #next: Promise<number> | undefined
  #isStopped = false

  constructor(
    core: DatabaseCore,
    snapshotPins: () => Promise<readonly SnapshotPin[]>,
    nowMicros: () => number = () => Date.now() * 1_000,
  ) {
    this.#core = core
    this.#nowMicros = nowMicros
    this.#snapshotPins = snapshotPins
  }

  get isIdle(): boolean {
    return this.#running === undefined
  }

  /** Forgets what is due now; gives the number of versions. Who comes during a run waits for the next one. */
  run(): Promise<number> {
    if (this.#running === undefined) return this.#start()
    this.#next ??= this.#running
      .catch(() => 0)
      .then(() => {
        this.#next = undefined
        return this.run()
      })
    return this.#next
  }

  /** Begins a run, unless one is going on. Should it fail, another time will do. */
  kick(onProblem: OnProblem): void {
    if (this.#running !== undefined) return
    this.#start().catch((error: unknown) => {
      if (!this.#isStopped) onProblem('forgetting what has outlived its retention', error)
    })
  }

  #start(): Promise<number> {
    this.#running = this.#runAll().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#running?.catch(() => undefined)
  }

  async #runAll(): Promise<number> {
    let versions = 0
    for (const { name } of this.#core.branches.durableCatalog().tables()) {
      versions += await this.#expireTable(name)
    }
    return versions
  }

  async #expireTable(name: string): Promise<number> {
    let horizon = await this.#newHorizon(name)
    let versions = 0
    for (let next: Buffer | undefined; horizon !== undefined && !this.#isStopped; ) {
      const upTo = horizon
      const step = await this.#onTable(name, (held, table, pins) => this.#step(held, table, pins, upTo, next))
      if (step === undefined) break
      if (step.operations.length > 0 && !(await this.#change(step))) continue
      versions += step.versions
      next = step.next
      if (next === undefined) horizon = undefined
    }
    return versions
  }

  /** What the definition says from now on; `undefined`: there is nothing to forget. */
  async #newHorizon(name: string): Promise<number | undefined> {
    const found = await this.#onTable(name, async (held, table, pins) => {
      const wanted = await horizonOf(held, table, pins, this.#nowMicros())
      const horizon = Math.max(wanted, table.historySince)
      if (!(await hasExpired(held, table, pins, horizon))) return undefined
      return { horizon, isNew: horizon > table.historySince }
    })
    if (found?.isNew !== true) return found?.horizon
    const { result } = await this.#core.write(async (tx) => {
      const table = tx.catalog.table(name)
      // What pins the past may have come in between: then another time.
      if (table?.historyMicros === undefined || (await this.#isPinned(table, found.horizon))) return undefined
      await tx.forgetBefore(name, found.horizon)
      return found.horizon
    })
    return result
  }

  async #isPinned(table: TableDefinition, horizon: number): Promise<boolean> {
    const wanted = await this.#onTable(table.name, (held, now, pins) =>
      horizonOf(held, now, pins, this.#nowMicros()),
    )
    return wanted === undefined || wanted < horizon
  }

  /** `undefined`: there is no such table, or its history stays, or an index of it is being built. */
  async #onTable<T>(
    name: string,
    read: (held: HeldSnapshot, table: TableDefinition, pins: Pins) => Promise<T>,
  ): Promise<T | undefined> {
    const held = await this.#core.holdSnapshot()
    try {
      const catalog = this.#core.catalogs.at(held.manifest.seq)
      const table = catalog.table(name)
      const isBuilding = table?.indexes.some(({ state }) => state === 'building') === true
      if (table?.historyMicros === undefined || isBuilding) return undefined
      return await read(held, table, await readPins(held, catalog, await this.#snapshotPins()))
    } finally {
      held.release()
    }
  }

  /**
   * Goes through histories until there is enough to do: first those of branches that were removed, whose
   * versions are linked with main's.
   */
  async #step(
    held: HeldSnapshot,
    table: TableDefinition,
    pins: Pins,
    horizon: number,
    from: Buffer | undefined,
  ): Promise<Step> {
    const { snapshot, manifest } = held
    const catalog = this.#core.catalogs.at(manifest.seq)
    const step = { operations: [] as KvOperation[], readKeys: [] as Buffer[], versions: 0 }
    const done = (next: Buffer | undefined): Step => {
      return { ...step, readSeq: manifest.seq, catalogSeq: catalog.seq, next }
    }
    const all = kindRange('history', mainBranch, table.id)
    const start = from ?? (all.gte as Buffer)
    for (const [branch, removedAt] of pins.removedAt) {
      if (removedAt > horizon) continue
      const limit = expiredVersionsPerStep - step.versions
      for await (const chunk of snapshot.scan(kindRange('history', branch, table.id), { limit })) {
        for (const entry of chunk) step.operations.push(...removalOf(decodeHistory(entry), removedAt))
        step.versions += chunk.length
      }
      if (step.versions >= expiredVersionsPerStep) return done(start)
    }
    for await (const items of recordsIn(snapshot.scan({ gte: start, lt: all.lt }))) {
      const { idKey } = items[0] as HistoryItem
      // Each part of a long history costs going through all of it.
      const max = Math.max(expiredVersionsPerStep, Math.ceil(items.length / expiredPartsPerRecord))
      const expired = await expiredItems(snapshot, items, horizon, max)
      if (expired.length === 0) continue
      const record = { reader: snapshot, hash: this.#core.hash, catalog, items }
      step.operations.push(...(await expireRecord(record, expired)))
      step.readKeys.push(recordKey(mainBranch, table.id, idKey))
      step.versions += expired.length
      const prefix = historyPrefix(mainBranch, table.id, idKey)
      // There may be more of the same record.
      if (expired.length === max) return done(prefix)
      const { versions, operations } = step
      const isEnough = versions >= expiredVersionsPerStep || operations.length >= expiredOperationsPerStep
      if (isEnough) return done(prefixRange(prefix).lt as Buffer)
    }
    return done(undefined)
  }

  /** Whether nothing came in between. */
  async #change({ operations, readKeys, readSeq, catalogSeq }: Step): Promise<boolean> {
    const { sequencer, snapshots } = this.#core
    const change = { readSeq, catalogSeq, readKeys, readRanges: [], operations, relisted: readKeys }
    const outcome = await sequencer.submitDerived(change)
    this.#core.noteForgotten()
    snapshots.expire()
    return outcome === 'done'
  }
}

async function hasExpired(
  { snapshot }: HeldSnapshot,
  table: TableDefinition,
  pins: Pins,
  horizon: number,
): Promise<boolean> {
  for (const [branch, removedAt] of pins.removedAt) {
    if (removedAt > horizon) continue
    for await (const _ of snapshot.scan(kindRange('history', branch, table.id), { limit: 1 })) return true
  }
  for await (const items of recordsIn(snapshot.scan(kindRange('history', mainBranch, table.id)))) {
    if ((await expiredItems(snapshot, items, horizon, 1)).length > 0) return true
  }
  return false
}

/** A version of a branch that was removed: nothing else is left of it. */
function removalOf({ key, seq, n, tableId }: HistoryItem, removedAt: number): KvOperation[] {
  const value = encodeForgottenMark({ reason: 'retention', tableId, until: removedAt })
  return [
    { type: 'delete', key },
    { type: 'delete', key: keyOf('version', seq, n) },
    { type: 'put', key: forgottenKey({ seq, place: placeOfVersion(n) }), value },
  ]
}

/** The histories of one record after another. */
async function* recordsIn(chunks: AsyncIterable<readonly KvEntry[]>): AsyncGenerator<readonly HistoryItem[]> {
  let items: HistoryItem[] = []
  for await (const chunk of chunks) {
    for (const entry of chunk) {
      const item = decodeHistory(entry)
      if (items.length > 0 && !item.idKey.equals((items[0] as HistoryItem).idKey)) {
        yield items
        items = []
      }
      items.push(item)
    }
  }
  if (items.length > 0) yield items
}
