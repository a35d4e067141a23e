/**
 * Goes through main's history and current records side by side, in the order of records, and hands to sets
 * what is to be compared in another order: what each entry of the history stands for (expected-history.ts),
 * and the index entries that follow (entry-runs.ts).
 */

import { DbError, type Value } from '@dendrodb/protocol'
import type { TableDefinition } from '../catalog/definitions.ts'
import {
  decodeCurrentRecord,
  earlierVersionsIn,
  encodeCurrentRecord,
  listsEarlier,
  withoutEarlierVersions,
} from '../ledger/current-record.ts'
import { noEarlierVersions } from '../ledger/earlier-versions.ts'
import type { LedgerHash } from '../ledger/hash.ts'
import { decodeHistory, type HistoryItem, isExactHistoryEntry } from '../ledger/history-entry.ts'
import { keyOf, kindRange, mainBranch, recordKey } from '../ledger/key-space.ts'
import { openVersion, storedInterval } from '../ledger/record-version.ts'
import { type Period, periodBeforeOf } from '../ledger/valid-time.ts'
import { chain } from '../storage/chain.ts'
import type { KvEntry, MaybePromise } from '../storage/kv-store.ts'
import { contentsOf, contentsOfCurrent, contentsOfDelete } from './expected-history.ts'
import { isEndOfReading, nothingUnlessEnd } from './findings.ts'
import type { FingerprintSet } from './fingerprint-set.ts'
import { IndexedParts } from './indexed-parts.ts'
import { KeyCursor } from './key-cursor.ts'
import { recordName } from './key-name.ts'
import { LastVersions } from './last-versions.ts'
import { versionsPerRead } from './limits.ts'
import { type EntryPass, type EntrySets, numberIn } from './meet-entries.ts'

export interface WalkPass extends EntryPass {
  readonly hash: LedgerHash
  readonly onProgress: (versionsDone: number) => void
}

export interface WalkSets extends EntrySets {
  readonly history: FingerprintSet
}

/** What a version says of its record, and the form in which it is compared with the log. */
interface Contents {
  readonly bytes: Uint8Array | undefined
  readonly validFrom: Value
  readonly validTo: Value
  readonly compared: Uint8Array
}

export class RecordWalk {
  objects = 0
  /** Records there must be, by table. */
  readonly counts = new Map<number, number>()
  readonly #pass: WalkPass
  readonly #isThorough: boolean
  readonly #history: FingerprintSet
  readonly #entries: IndexedParts
  readonly #current: KeyCursor
  /** The version before, of the same record. */
  #before: { readonly item: HistoryItem; readonly period: Period } | undefined
  /** Those before it, since the record was last absent. */
  readonly #earlier = new LastVersions()
  versionsDone = 0

  /**
   * @param isThorough reads every version, so that what is wrong with a current record is not taken for
   * something wrong with its index entries
   */
  constructor(pass: WalkPass, sets: WalkSets, isThorough = false) {
    this.#pass = pass
    this.#isThorough = isThorough
    this.#history = sets.history
    this.#entries = new IndexedParts(pass.hash, {
      live: (key, value) => sets.live.expect(key, value),
      past: (key, value) => sets.past.expect(key, value),
    })
    this.#current = new KeyCursor(pass.reader, kindRange('record', mainBranch), 'a record', pass.findings)
  }

  async run(): Promise<void> {
    const { reader, findings } = this.#pass
    const history = new KeyCursor(reader, kindRange('history', mainBranch), 'a history entry', findings)
    let items: HistoryItem[] = []
    for (let entry = history.peek(); ; entry = history.peek()) {
      const found = entry instanceof Promise ? await entry : entry
      if (found === undefined) break
      history.advance()
      const item = this.#decode(found)
      if (item === undefined) continue
      if (items.length === versionsPerRead) {
        await this.#batch(items, item)
        items = []
      }
      items.push(item)
    }
    await this.#batch(items, undefined)
    await this.#surplusRecords(undefined)
  }

  #decode(entry: KvEntry): HistoryItem | undefined {
    this.objects += 1
    try {
      const item = decodeHistory(entry)
      if (!isExactHistoryEntry(entry.value, item)) this.#brokenHistory(item, notExact)
      return item
    } catch {
      this.#broken('a history entry', entry.key, 'it cannot be read')
      return undefined
    }
  }

  /** @param next what comes behind them */
  async #batch(items: readonly HistoryItem[], next: HistoryItem | undefined): Promise<void> {
    const isNewest = items.map((item, at) => !isSameRecord(item, items[at + 1] ?? next))
    // What a record was deleted with, and what it is now, need no version.
    const older = items.filter((item, at) => item.isPut && isNewest[at] === false)
    const payloads = (await this.#readVersions(older)).values()
    for (const [at, item] of items.entries()) {
      if (isNewest[at] === true) {
        const done = this.#newest(item)
        if (done instanceof Promise) await done
      } else {
        this.#step(item, item.isPut ? this.#open(item, payloads.next().value) : deletion(item))
      }
    }
    this.versionsDone += items.length
    this.#pass.onProgress(this.versionsDone)
  }

  async #readVersions(items: readonly HistoryItem[]): Promise<(Buffer | undefined)[]> {
    const { reader } = this.#pass
    const keys = items.map(({ seq, n }) => keyOf('version', seq, n))
    try {
      return await reader.getMany(keys)
    } catch (error) {
      if (isEndOfReading(error)) throw error
      // Named by the first pass; here the others of the batch still count.
      const read = async (key: Buffer) => reader.get(key)
      return Promise.all(keys.map((key) => read(key).catch(nothingUnlessEnd)))
    }
  }

  #open(item: HistoryItem, payload: Buffer | undefined): Contents | undefined {
    try {
      if (payload !== undefined) {
        const version = openVersion(payload)
        const compared = contentsOf(item.seq, item.n, version)
        return { bytes: version.bytes, ...storedInterval(version), compared }
      }
    } catch (error) {
      if (!(error instanceof DbError)) throw error
    }
    this.#brokenHistory(item, 'its version cannot be read')
    return undefined
  }

  /** The newest version of a record, whose contents the current record has. */
  #newest(item: HistoryItem): MaybePromise<void> {
    const key = recordKey(mainBranch, item.tableId, item.idKey)
    return chain(this.#recordUnder(key), (found) => {
      this.objects += 1
      if (this.#tableOf(item) === undefined) return this.#ofGoneTable(item, key, found)
      if (!item.isPut) {
        if (found !== undefined) this.#brokenRecord(item, key, 'it was deleted and is there all the same')
        return this.#endRecord(item, deletion(item))
      }
      this.counts.set(item.tableId, (this.counts.get(item.tableId) ?? 0) + 1)
      const earlier = this.#earlier.listedBy(item.seq)
      const contents = found && currentContents(item, found.value, earlier)
      if (typeof contents === 'object' && !this.#isThorough) return this.#endRecord(item, contents)
      if (typeof contents !== 'object') this.#brokenRecord(item, key, contents ?? 'it is missing')
      return this.#readVersions([item]).then(([payload]) => {
        const version = this.#open(item, payload)
        const compared = typeof contents === 'object' ? contents.compared : version?.compared
        this.#endRecord(item, compared && { ...(version ?? noContents), compared })
      })
    })
  }

  /** Its history stays, its current record goes. */
  async #ofGoneTable(item: HistoryItem, key: Buffer, found: KvEntry | undefined): Promise<void> {
    if (found !== undefined && !this.#pass.dropped.has(item.tableId))
      this.#brokenRecord(item, key, 'its table is gone')
    const [payload] = item.isPut ? await this.#readVersions([item]) : []
    this.#endRecord(item, item.isPut ? this.#open(item, payload) : deletion(item))
  }

  #endRecord(item: HistoryItem, contents: Contents | undefined): void {
    this.#step(item, contents)
    if (this.#tableOf(item) !== undefined) this.#entries.finish(item.idKey)
    this.#before = undefined
    this.#earlier.clear()
  }

  #step(item: HistoryItem, contents: Contents | undefined): void {
    const before = this.#before?.item.isPut === true ? this.#before : undefined
    if (item.prevSeq !== (before?.item.seq ?? 0) || item.prevN !== (before?.item.n ?? 0))
      this.#brokenHistory(item, 'it skips a version')
    const { validFrom, validTo, bytes, compared } = contents ?? noContents
    const { seq, n } = item
    if (item.isPut) this.#earlier.add(seq, n)
    else this.#earlier.clear()
    this.#before = { item, period: { validFrom, validTo, seq, periodBefore: item.periodBefore } }
    if (contents === undefined) return
    const periodBefore = item.isPut ? periodBeforeOf({ validFrom, validTo }, before?.period) : 0
    if (item.periodBefore !== periodBefore)
      this.#brokenHistory(item, 'it leads to another period of valid time')
    this.#history.meet(item.key, compared)
    const table = this.#tableOf(item)
    if (table === undefined) return
    try {
      this.#entries.step(table, item, bytes)
    } catch (error) {
      if (!(error instanceof DbError)) throw error
      this.#brokenHistory(item, 'what it held cannot be read')
    }
  }

  /** The current record under the key; those before it have no history. */
  #recordUnder(key: Buffer): MaybePromise<KvEntry | undefined> {
    const found = this.#current.peek()
    if (found instanceof Promise) return found.then(() => this.#recordUnder(key))
    const order = found === undefined ? 1 : Buffer.compare(found.key, key)
    if (order < 0) return this.#surplusRecords(key).then(() => this.#recordUnder(key))
    if (order > 0) return undefined
    this.#current.advance()
    return found
  }

  /** Current records before `key` have no history. */
  async #surplusRecords(key: Buffer | undefined): Promise<void> {
    for (;;) {
      const found = await this.#current.peek()
      if (found === undefined || (key !== undefined && Buffer.compare(found.key, key) >= 0)) return
      this.#current.advance()
      if (!this.#pass.dropped.has(numberIn(found.key)))
        this.#broken('a record', found.key, 'no commit wrote it')
    }
  }

  #tableOf({ tableId }: HistoryItem): TableDefinition | undefined {
    return this.#pass.catalog.tableById(tableId)
  }

  #brokenHistory({ tableId, idKey, key }: HistoryItem, reason: string): void {
    this.#broken(`the history of ${recordName(this.#pass.catalog, tableId, idKey)}`, key, reason)
  }

  #brokenRecord({ tableId, idKey }: HistoryItem, key: Buffer, reason: string): void {
    this.#broken(`record ${recordName(this.#pass.catalog, tableId, idKey)}`, key, reason)
  }

  #broken(what: string, key: Uint8Array, reason: string): void {
    this.#pass.findings.add({ what, key, reason })
  }
}

/** Of a history entry. */
export const notExact = 'it holds more than its version'

function isSameRecord(one: HistoryItem, other: HistoryItem | undefined): boolean {
  return other !== undefined && one.tableId === other.tableId && one.idKey.equals(other.idKey)
}

const noContents = { bytes: undefined, validFrom: undefined, validTo: undefined, compared: new Uint8Array() }

function deletion({ seq, n }: HistoryItem): Contents {
  return { ...noContents, compared: contentsOfDelete(seq, n) }
}

const notOfCommit = 'it is not what its last commit wrote'

/** Or why the record is not of this version. */
function currentContents(item: HistoryItem, stored: Buffer, earlier: string): Contents | string {
  try {
    const current = decodeCurrentRecord(stored)
    const { seq, n, periodBefore, validFrom, validTo, bytes } = current
    if (seq !== item.seq || n !== item.n || periodBefore !== item.periodBefore) return notOfCommit
    const isListed =
      earlierVersionsIn(stored) === earlier && listsEarlier(stored) === (earlier !== noEarlierVersions)
    if (!isListed) return 'it does not list the versions before it'
    const bare = withoutEarlierVersions(stored)
    if (periodBefore === 0) return { bytes, validFrom, validTo, compared: bare }
    if (!encodeCurrentRecord(current).equals(bare)) return notOfCommit
    return { bytes, validFrom, validTo, compared: contentsOfCurrent(current) }
  } catch {
    return notOfCommit
  }
}
