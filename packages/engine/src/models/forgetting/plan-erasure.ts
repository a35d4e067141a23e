/**
 * What an erasure takes out of a database: all traces of the records, of the edges that ever touched them,
 * and of the metadata of commits that said nothing else.
 * Invariant: complete for the state that is read; the commit is refused if anything of it has changed since.
 */

import { encodeExact, type RecordId } from '@dendrodb/protocol'
import { firstFreeNumber } from '../../catalog/system-tables.ts'
import { effectKeys } from '../../ledger/causes.ts'
import { decodeCommit } from '../../ledger/commit.ts'
import { type ForgottenPlace, metaPlace, placeOfVersion } from '../../ledger/forgotten-mark.ts'
import { keyOf, kindRange, mainBranch, recordKey } from '../../ledger/key-space.ts'
import type { KvReader } from '../../ledger/overlay.ts'
import { openVersion } from '../../ledger/record-version.ts'
import { readUvarint } from '../../ledger/uvarint.ts'
import { decodeMetaPayload } from '../../ledger/write-meta.ts'
import type { CountChange, Forgetting } from '../../ledger/write-request.ts'
import type { KeyRange } from '../../storage/kv-store.ts'
import type { StoredBranches } from '../branch/stored-branches.ts'
import { adjacencyRanges, edgesEver } from './find-edges.ts'
import { type ErasureHolders, holderRanges, holdersInHistory } from './find-holders.ts'
import { forgettingErrors } from './forgetting-errors.ts'
import { erasedVersionsMax } from './limits.ts'
import { RecordTracer } from './record-traces.ts'
import { type TableEver, tablesEver } from './tables-ever.ts'

export interface ErasurePlan {
  readonly forgets: Forgetting
  /** What it relies on: nobody has written one of the records, nor an edge of theirs. */
  readonly readKeys: readonly Buffer[]
  readonly readRanges: readonly KeyRange[]
  /** Those asked for and their edges. */
  readonly ids: readonly RecordId[]
  readonly versions: number
  readonly metadata: number
}

/**
 * @param holders go, too; what there is nothing of is passed over then
 * @throws FORGET_UNKNOWN, FORGET_TOO_LARGE
 */
export async function planErasure(
  source: StoredBranches,
  ids: readonly RecordId[],
  holders?: ErasureHolders,
): Promise<ErasurePlan> {
  const planner = new ErasurePlanner(source, await tablesEver(source.reader, source.known.keys()))
  for (const id of ids) {
    const isThere = await planner.add(id)
    if (!isThere && holders === undefined) throw forgettingErrors.UNKNOWN({ id: id.toString() })
  }
  if (holders !== undefined) await planner.addHolders(holders, ids)
  const plan = await planner.finish()
  if (plan.versions === 0) throw forgettingErrors.UNKNOWN({ id: ids.join(', ') })
  return plan
}

class ErasurePlanner {
  readonly #source: StoredBranches
  readonly #tables: ReadonlyMap<number, TableEver>
  readonly #tracer: RecordTracer
  readonly #ids = new Map<string, RecordId>()
  readonly #liveKeys: Buffer[] = []
  readonly #keys: Buffer[] = []
  readonly #counts: CountChange[] = []
  readonly #readKeys: Buffer[] = []
  readonly #readRanges: KeyRange[] = []
  /** Versions that go, by commit. */
  readonly #versions = new Map<number, Set<number>>()
  #versionCount = 0

  constructor(source: StoredBranches, tables: ReadonlyMap<number, TableEver>) {
    this.#source = source
    this.#tables = tables
    this.#tracer = new RecordTracer(source)
  }

  /** The record and, one after another, what hangs on it. Gives whether there is anything of it. */
  async add(id: RecordId): Promise<boolean> {
    // Named twice, or the edge of one named before.
    if (this.#ids.has(id.toString())) return true
    const before = this.#versionCount
    const waiting = [id]
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (this.#ids.has(next.toString())) continue
      this.#ids.set(next.toString(), next)
      await this.#traces(next, id)
      for await (const edge of this.#edges(next)) if (!this.#ids.has(edge.toString())) waiting.push(edge)
    }
    if (this.#versionCount > before) return true
    this.#ids.delete(id.toString())
    return false
  }

  async addHolders({ table, field }: ErasureHolders, ids: readonly RecordId[]): Promise<void> {
    for (const each of [...this.#tables.values()].filter(({ name }) => name === table)) {
      for (const branch of this.#branches()) {
        const search = { branch, table: each, fields: [field] }
        for await (const id of holdersInHistory(this.#source.reader, search, ids)) {
          if (this.#ids.has(id.toString())) continue
          this.#ids.set(id.toString(), id)
          await this.#traces(id, id)
        }
      }
    }
    this.#readRanges.push(...holderRanges(this.#source, { table, field }, ids))
  }

  async finish(): Promise<ErasurePlan> {
    const places: ForgottenPlace[] = []
    for (const [seq, versions] of this.#versions) {
      for (const n of versions) places.push({ seq, place: placeOfVersion(n) })
    }
    const metadata = await this.#metadata()
    places.push(...metadata)
    return {
      forgets: {
        places,
        liveKeys: this.#liveKeys,
        keys: this.#keys,
        counts: this.#counts,
      },
      readKeys: this.#readKeys,
      readRanges: this.#readRanges,
      ids: [...this.#ids.values()],
      versions: this.#versionCount,
      metadata: metadata.length,
    }
  }

  async #traces({ table, key }: RecordId, asked: RecordId): Promise<void> {
    const idKey = encodeExact(key)
    for (const { name, number: tableId } of this.#tables.values()) {
      if (name !== table) continue
      const traces = await this.#tracer.trace({ tableId, idKey })
      for (const { seq, n } of traces.versions) this.#addVersion(seq, n, asked)
      this.#liveKeys.push(...traces.liveKeys)
      this.#keys.push(...traces.keys)
      this.#counts.push(...traces.counts)
      for (const branch of this.#branches()) this.#readKeys.push(recordKey(branch, tableId, idKey))
    }
    await this.#buildPositions(idKey)
  }

  #addVersion(seq: number, n: number, asked: RecordId): void {
    const versions = this.#versions.get(seq) ?? new Set()
    this.#versions.set(seq, versions.add(n))
    this.#versionCount += 1
    if (this.#versionCount <= erasedVersionsMax) return
    throw forgettingErrors.TOO_LARGE({ id: asked.toString(), limit: erasedVersionsMax })
  }

  /** A build that stands at the record begins again. */
  async #buildPositions(idKey: Uint8Array): Promise<void> {
    for await (const chunk of this.#source.reader.scan(kindRange('build'))) {
      for (const { key, value } of chunk) {
        const position = value.subarray(readUvarint(value, 0).end)
        if (Buffer.compare(position, idKey) === 0) this.#keys.push(key)
      }
    }
  }

  async *#edges(node: RecordId): AsyncGenerator<RecordId> {
    const { reader, catalog } = this.#source
    const relations = [...this.#tables.values()].filter(({ adjacency }) => adjacency.length > 0)
    const removed = new Set<number>()
    for (const branch of this.#source.known.keys()) {
      if ((await this.#tracer.tablesOn(branch)) === undefined) removed.add(branch)
    }
    const isIndexed = (branch: number, { number }: TableEver) =>
      !removed.has(branch) && catalog.tableById(number) !== undefined
    for (const table of relations) {
      for (const branch of this.#branches()) this.#readRanges.push(...adjacencyRanges(branch, table, node))
    }
    yield* edgesEver({ reader, relations, branches: this.#branches(), isIndexed }, node)
  }

  #branches(): number[] {
    return [mainBranch, ...this.#source.known.keys()]
  }

  /** Metadata of commits that wrote nothing else, or that names one of the records. */
  async #metadata(): Promise<ForgottenPlace[]> {
    const { reader } = this.#source
    const names = [...this.#ids.keys()].map((name) => Buffer.from(name))
    const places: ForgottenPlace[] = []
    for (const [seq, versions] of this.#versions) {
      const stored = await reader.get(keyOf('commit', seq))
      if (stored === undefined || decodeCommit(stored).metaCommitment === undefined) continue
      const payload = await reader.get(keyOf('meta', seq))
      if (payload === undefined) continue
      const isNamed = names.some((name) => payload.includes(name))
      if (!isNamed && (await wroteOthers(reader, seq, versions))) continue
      places.push({ seq, place: metaPlace })
      this.#keys.push(...effectKeys(seq, decodeMetaPayload(payload)))
    }
    return places
  }
}

/** Definitions that a commit made on the way do not count. */
async function wroteOthers(reader: KvReader, seq: number, versions: ReadonlySet<number>): Promise<boolean> {
  const start = keyOf('version', seq).length
  for await (const chunk of reader.scan(kindRange('version', seq))) {
    for (const { key, value } of chunk) {
      if (versions.has(readUvarint(key, start).value)) continue
      if (openVersion(value).tableId >= firstFreeNumber) return true
    }
  }
  return false
}
