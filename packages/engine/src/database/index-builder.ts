/**
 * Builds an index over records that are there already, while writes go on.
 *
 * States of an index:
 * - building: from the commit of DEFINE INDEX on, every write keeps the entries of the records it touches
 *   (dual writes); the builder adds those of all others, in the order of their ids. No read uses the index.
 * - ready: the builder has passed the last record. Reads use it, AS OF reads from its defining commit on.
 * - failed: two records have one unique key. Writes no longer keep it; it stays visible until it is removed.
 * What passes, such as a full disk, leaves it building: `resume` tries again.
 *
 * A step reads some records on a snapshot and adds their entries and its own position in one derived change,
 * which is void if any of those records has been written since. After a crash the build goes on from the
 * stored position.
 */

import type { RecordKey } from '@dendrodb/protocol'
import { DbError, decodeExact } from '@dendrodb/protocol'
import type { IndexDefinition, TableDefinition } from '../catalog/definitions.ts'
import type { LedgerHash } from '../ledger/hash.ts'
import { decodeLiveEntry, encodeLiveEntry } from '../ledger/index-entry.ts'
import { indexKey, keyOf, mainBranch, recordKey } from '../ledger/key-space.ts'
import { readUvarint, uvarintBytes, writeUvarint } from '../ledger/uvarint.ts'
import { entriesOf } from '../models/document/index-entries.ts'
import { indexErrors, sameValueError } from '../models/document/index-errors.ts'
import { indexBuildRowsPerStep } from '../models/document/limits.ts'
import { scanRecords } from '../models/document/live-records.ts'
import { decodeId } from '../models/document/record-codec.ts'
import type { StoredRecord } from '../models/model.ts'
import type { IndexProgress } from '../query/host.ts'
import type { KvOperation, KvSnapshot } from '../storage/kv-store.ts'
import type { DatabaseCore } from './database-core.ts'
import type { OnProblem } from './job-problems.ts'

interface BuildPosition {
  readonly rowsDone: number
  /** Id of the last record done. */
  readonly after: RecordKey | undefined
}

interface Build {
  readonly index: IndexDefinition
  readonly finished: Promise<void>
  rowsDone: number
}

type Step = 'done' | 'conflict' | 'finished' | 'gone'

export class IndexBuilder {
  readonly #core: DatabaseCore
  readonly #onProblem: OnProblem
  readonly #builds = new Map<number, Build>()
  #isStopped = false

  /** @param onProblem is told of what `resume` will try again */
  constructor(core: DatabaseCore, onProblem: OnProblem = () => undefined) {
    this.#core = core
    this.#onProblem = onProblem
  }

  get isIdle(): boolean {
    return this.#builds.size === 0
  }

  /** Starts a build for every index that is `building` and has none. */
  resume(): void {
    for (const table of this.#core.catalogs.newest().tables()) {
      for (const index of table.indexes) {
        if (index.state !== 'building' || this.#builds.has(index.id) || this.#isStopped) continue
        const build: Build = { index, rowsDone: 0, finished: Promise.resolve() }
        const finished = this.#run(build)
        // Those who wait for it are told besides.
        finished.catch((error: unknown) => this.#onProblem(`the build of index ${index.name}`, error))
        this.#builds.set(index.id, { ...build, finished })
      }
    }
  }

  /** Lets the current steps end; unfinished builds go on at the next open. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await Promise.allSettled([...this.#builds.values()].map(({ finished }) => finished))
  }

  /** @throws INDEX_UNKNOWN, INDEX_BUILD_FAILED */
  async wait(tableName: string, name: string): Promise<void> {
    for (;;) {
      const index = this.#find(tableName, name)
      if (index === undefined) throw indexErrors.UNKNOWN({ table: tableName, index: name })
      const build = this.#builds.get(index.id)
      // The newest definitions may not be on disk yet; the end of a build is.
      if (build !== undefined) {
        await build.finished
        if (this.#isStopped) return
        continue
      }
      if (index.state === 'ready') return
      if (index.state === 'failed') {
        throw indexErrors.BUILD_FAILED({ table: tableName, index: name, reason: index.failure ?? 'unknown' })
      }
      this.resume()
      if (this.#isStopped) return
    }
  }

  async progress(tableName: string, name: string): Promise<IndexProgress | undefined> {
    const table = this.#core.catalogs.newest().table(tableName)
    const index = this.#find(tableName, name)
    if (table === undefined || index === undefined) return undefined
    const view = await this.#core.view()
    try {
      const rowsTotal = await view.countTable(table)
      const rowsDone = index.state === 'building' ? (this.#builds.get(index.id)?.rowsDone ?? 0) : rowsTotal
      return { state: index.state, rowsDone, rowsTotal, failure: index.failure }
    } finally {
      view.close()
    }
  }

  #find(tableName: string, name: string): IndexDefinition | undefined {
    const table = this.#core.catalogs.newest().table(tableName)
    return table?.indexes.find((each) => each.name === name && !each.isAdjacency)
  }

  async #run(build: Build): Promise<void> {
    const { index } = build
    let rows = indexBuildRowsPerStep
    try {
      for (let step: Step = 'done'; !this.#isStopped && step !== 'finished' && step !== 'gone'; ) {
        step = await this.#step(build, rows)
        // Smaller steps are less likely to meet a write; a single record is hardly ever in the way.
        rows = step === 'conflict' ? Math.max(1, rows >> 2) : Math.min(indexBuildRowsPerStep, rows * 2)
      }
    } catch (error) {
      if (this.#isStopped) return
      if (error instanceof DbError && error.status === 'unavailable') throw error
      await this.#fail(index, error)
    } finally {
      this.#builds.delete(index.id)
    }
  }

  async #step(build: Build, rowsMax: number): Promise<Step> {
    const { index } = build
    const held = await this.#core.snapshots.hold()
    try {
      const { seq } = held.manifest
      const catalog = this.#core.catalogs.at(seq)
      const table = catalog.tableById(index.tableId)
      const current = table?.indexes.find((each) => each.id === index.id)
      if (table === undefined || current?.state !== 'building') return 'gone'
      const position = await readPosition(held.snapshot, index)
      const rows = await nextRows(held.snapshot, table, position, rowsMax)
      const last = rows.at(-1)
      if (last === undefined) return await this.#finish(current)
      const { operations, readKeys } = await buildEntries(this.#core.hash, held.snapshot, current, rows)
      const rowsDone = position.rowsDone + rows.length
      operations.push({
        type: 'put',
        key: keyOf('build', index.id),
        value: encodePosition(rowsDone, last.idKey),
      })
      const change = { readSeq: seq, catalogSeq: catalog.seq, readKeys, readRanges: [], operations }
      const outcome = await this.#core.sequencer.submitDerived(change)
      if (outcome === 'done') build.rowsDone = rowsDone
      return outcome
    } finally {
      held.release()
    }
  }

  async #finish(index: IndexDefinition): Promise<Step> {
    await this.#core.write((tx) => tx.setIndexState(index, 'ready'))
    // Nothing else touches the position; only a definition that changes meanwhile can be in the way.
    for (let outcome = 'conflict'; outcome === 'conflict' && !this.#isStopped; ) {
      outcome = await this.#core.sequencer.submitDerived({
        readSeq: this.#core.sequencer.sequencedSeq,
        catalogSeq: this.#core.catalogs.newest().seq,
        readKeys: [],
        readRanges: [],
        operations: [{ type: 'delete', key: keyOf('build', index.id) }],
      })
    }
    return 'finished'
  }

  async #fail(index: IndexDefinition, error: unknown): Promise<void> {
    await this.#core.write((tx) => tx.setIndexState(index, 'failed', failureOf(error)))
  }
}

async function nextRows(
  snapshot: KvSnapshot,
  table: TableDefinition,
  { after }: BuildPosition,
  limit: number,
): Promise<readonly StoredRecord[]> {
  const lower = after === undefined ? {} : { lower: { key: after, inclusive: false } }
  const rows: StoredRecord[] = []
  for await (const chunk of scanRecords(snapshot, table, { ...lower, limit })) rows.push(...chunk)
  return rows
}

/**
 * Puts for the entries that are not there yet, and the keys that this relies on. @throws
 * INDEX_BUILD_FAILED
 */
async function buildEntries(
  hash: LedgerHash,
  snapshot: KvSnapshot,
  index: IndexDefinition,
  rows: readonly StoredRecord[],
): Promise<{ operations: KvOperation[]; readKeys: Uint8Array[] }> {
  const operations: KvOperation[] = []
  const readKeys = rows.map((row) => recordKey(mainBranch, index.tableId, row.idKey))
  const wanted = rows.flatMap((row) => entriesOf(hash, index, row.value).map((entry) => ({ row, entry })))
  const keys = wanted.map(({ row, entry }) => {
    return indexKey(mainBranch, index.id, entry.entry, entry.isUnique ? undefined : row.idKey)
  })
  const stored = await snapshot.getMany(keys)
  const claimed = new Map<string, StoredRecord>()
  for (const [at, { row, entry }] of wanted.entries()) {
    const key = keys[at] as Buffer
    const holder = stored[at] && decodeLiveEntry(stored[at]).idKey
    if (entry.isUnique) {
      const other = claimed.get(entry.text)
      if (other !== undefined && other !== row) throw sameValueError(index, other.id, row.id)
      if (holder !== undefined && Buffer.compare(holder, row.idKey) !== 0)
        throw sameValueError(index, row.id, decodeId(index.table, holder))
      claimed.set(entry.text, row)
      readKeys.push(key)
    }
    if (stored[at] !== undefined) continue
    const value = encodeLiveEntry(index.sinceSeq, entry.isCut, entry.isUnique, row.idKey)
    operations.push({ type: 'put', key, value })
  }
  return { operations, readKeys }
}

/** Why the index has failed, without what is said of every one that has. */
function failureOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const isWrapped = error instanceof DbError && error.code === 'INDEX_BUILD_FAILED'
  return isWrapped ? String(error.details.reason) : error.message
}

/** Position of a build: rows done (uvarint), then the id of the last one. */
function encodePosition(rowsDone: number, idKey: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(uvarintBytes(rowsDone) + idKey.length)
  bytes.set(idKey, writeUvarint(bytes, 0, rowsDone))
  return bytes
}

async function readPosition(snapshot: KvSnapshot, index: IndexDefinition): Promise<BuildPosition> {
  const stored = await snapshot.get(keyOf('build', index.id))
  if (stored === undefined) return { rowsDone: 0, after: undefined }
  const { value, end } = readUvarint(stored, 0)
  return { rowsDone: value, after: decodeExact(stored, end).value as RecordKey }
}
