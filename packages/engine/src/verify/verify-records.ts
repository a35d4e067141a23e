/**
 * Second pass, in the order of main's records: history, current records, index entries in force and past,
 * counts.
 * How: each record's versions are gone through in order, and all that must follow from them is compared with
 * what is there: history and current records side by side, index entries as sets (they are stored in another
 * order).
 */

import { decodeCanonical, decodeExact, encodeExact, RecordId, type ValueObject } from '@dendrodb/protocol'
import type { IndexDefinition, TableDefinition } from '../catalog/definitions.ts'
import type { StoredCatalog } from '../catalog/stored-catalog.ts'
import { encodeCurrentRecord } from '../ledger/current-record.ts'
import type { LedgerHash } from '../ledger/hash.ts'
import { decodeHistory, type HistoryItem } from '../ledger/history-entry.ts'
import { keyOf, kindRange, mainBranch, recordKey } from '../ledger/key-space.ts'
import type { KvReader } from '../ledger/overlay.ts'
import { openVersion, type RecordVersion, storedInterval } from '../ledger/record-version.ts'
import { readUvarint } from '../ledger/uvarint.ts'
import { periodBeforeOf } from '../ledger/valid-time.ts'
import { EntryRuns } from '../models/document/entry-runs.ts'
import { makeRecord } from '../models/document/record-codec.ts'
import { type Findings, isEndOfReading } from './findings.ts'
import { FingerprintSet } from './fingerprint-set.ts'
import { KeyCursor } from './key-cursor.ts'
import type { SeqSet } from './seq-set.ts'

export interface RecordPass {
  readonly reader: KvReader
  readonly hash: LedgerHash
  readonly catalog: StoredCatalog
  /** Numbers of tables and indexes whose keys are being removed. */
  readonly dropped: ReadonlySet<number>
  /** Commits that are none of main's. */
  readonly branchCommits: SeqSet
  readonly findings: Findings
  readonly onProgress: (versionsDone: number) => void
}

const versionsPerRead = 512

export interface RecordsChecked {
  readonly objects: number
  readonly versions: number
}

export async function verifyRecords(pass: RecordPass): Promise<RecordsChecked> {
  const live = new FingerprintSet()
  const past = new FingerprintSet()
  const walk = new RecordWalk(pass, { live, past })
  await walk.run()
  const objects = walk.objects + (await meetEntries(pass, live, past))
  const checked = { objects, versions: walk.versionsDone }
  if (live.isEqual && past.isEqual) return checked
  const sets = { live: live.collector(), past: past.collector() }
  await new RecordWalk({ ...pass, onProgress: () => undefined }, sets, true).run()
  await meetEntries(pass, sets.live, sets.past)
  for (const [set, what] of [
    [sets.live, 'an index entry'],
    [sets.past, 'a past index entry'],
  ] as const) {
    for (const { key, problem } of set.differences()) {
      pass.findings.add({
        what: `${what}${describeIndex(pass.catalog, key)}`,
        key,
        reason: `it is ${problem}`,
      })
    }
  }
  return checked
}

interface EntrySets {
  readonly live: FingerprintSet
  readonly past: FingerprintSet
}

/** Goes through all records once. `isRerun`: everything but the entries has been reported already. */
class RecordWalk {
  objects = 0
  readonly #pass: RecordPass
  readonly #isRerun: boolean
  readonly #current: KeyCursor
  readonly #counts = new Map<number, number>()
  readonly #runs: EntryRuns
  #previous: HistoryItem | undefined
  #version: RecordVersion | undefined
  versionsDone = 0

  constructor(pass: RecordPass, sets: EntrySets, isRerun = false) {
    this.#pass = pass
    this.#isRerun = isRerun
    this.#current = new KeyCursor(pass.reader, kindRange('record', mainBranch), 'a record', pass.findings)
    this.#runs = new EntryRuns(pass.hash, {
      live: (key, value) => sets.live.expect(key, value),
      past: (key, value) => sets.past.expect(key, value),
    })
  }

  async run(): Promise<void> {
    const history = new KeyCursor(
      this.#pass.reader,
      kindRange('history', mainBranch),
      'a history entry',
      this.#pass.findings,
    )
    let batch: HistoryItem[] = []
    for (let entry = history.peek(); ; entry = history.peek()) {
      const found = entry instanceof Promise ? await entry : entry
      if (found !== undefined) {
        batch.push(decodeHistory(found))
        history.advance()
      }
      if (batch.length === versionsPerRead || found === undefined) {
        await this.#batch(batch)
        batch = []
      }
      if (found === undefined) break
    }
    await this.#endRecord()
    await this.#surplusRecords(undefined)
    await this.#compareCounts()
  }

  async #batch(items: readonly HistoryItem[]): Promise<void> {
    const keys = items.map(({ seq, n }) => keyOf('version', seq, n))
    const payloads = await this.#read(keys)
    for (const [at, item] of items.entries()) {
      const isSame = this.#previous?.tableId === item.tableId && this.#previous.idKey.equals(item.idKey)
      if (!isSame) await this.#endRecord()
      this.#step(item, payloads[at])
    }
    this.versionsDone += items.length
    this.#pass.onProgress(this.versionsDone)
  }

  async #read(keys: readonly Buffer[]): Promise<(Buffer | undefined)[]> {
    try {
      return await this.#pass.reader.getMany(keys)
    } catch (error) {
      if (isEndOfReading(error)) throw error
      // Named by the first pass; here the others of the batch still count.
      const read = async (key: Buffer) => this.#pass.reader.get(key)
      return Promise.all(keys.map((key) => read(key).catch(() => undefined)))
    }
  }

  #step(item: HistoryItem, payload: Buffer | undefined): void {
    this.objects += 1
    const before = this.#previous?.isPut === true ? this.#previous : undefined
    if (item.prevSeq !== (before?.seq ?? 0) || item.prevN !== (before?.n ?? 0))
      this.#broken(`the history of ${this.#name(item)}`, item.key, 'it skips a version')
    if (this.#pass.branchCommits.has(item.seq))
      this.#broken(`the history of ${this.#name(item)}`, item.key, 'its commit is one on a branch')
    const version = payload === undefined ? undefined : this.#open(item, payload)
    const period = before && {
      ...storedInterval(this.#version),
      seq: before.seq,
      periodBefore: before.periodBefore,
    }
    const periodBefore = item.isPut ? periodBeforeOf(storedInterval(version), period) : 0
    if (item.periodBefore !== periodBefore)
      this.#broken(`the history of ${this.#name(item)}`, item.key, 'it leads to another period of valid time')
    if (!isVersionOf(item, version))
      this.#broken(`the history of ${this.#name(item)}`, item.key, 'it does not belong to its version')
    this.#previous = item
    this.#version = version
    this.#moveEntries(item, version)
  }

  #open(item: HistoryItem, payload: Buffer): RecordVersion | undefined {
    try {
      return openVersion(payload)
    } catch {
      this.#broken(`the history of ${this.#name(item)}`, item.key, 'its version cannot be read')
      return undefined
    }
  }

  /** Entries that the version ends go into the past; those that it begins are in force. */
  #moveEntries(item: HistoryItem, version: RecordVersion | undefined): void {
    const table = this.#pass.catalog.tableById(item.tableId)
    const indexes = table?.indexes.filter((index) => index.state === 'ready') ?? []
    if (table === undefined || indexes.length === 0) return
    const record = version?.bytes === undefined ? undefined : recordValue(table, item, version)
    this.#runs.step(indexes, item, record)
  }

  async #endRecord(): Promise<void> {
    const [item, version] = [this.#previous, this.#version]
    this.#previous = undefined
    this.#version = undefined
    if (item === undefined) return
    const { tableId, idKey } = item
    this.#runs.finish(idKey)
    const table = this.#pass.catalog.tableById(tableId)
    const key = recordKey(mainBranch, tableId, idKey)
    await this.#surplusRecords(key)
    const found = await this.#current.peek()
    const isThere = found?.key.equals(key) === true
    if (isThere) this.#current.advance()
    if (table === undefined) {
      if (isThere && !this.#pass.dropped.has(tableId))
        this.#broken(`record ${this.#name(item)}`, key, 'its table is gone')
      return
    }
    const bytes = version?.bytes
    if (item.isPut && bytes !== undefined) {
      this.#counts.set(tableId, (this.#counts.get(tableId) ?? 0) + 1)
      const { seq, n, periodBefore } = item
      const expected = encodeCurrentRecord({ seq, n, periodBefore, ...storedInterval(version), bytes })
      if (!isThere) this.#broken(`record ${this.#name(item)}`, key, 'it is missing')
      else if (!found?.value.equals(expected)) {
        this.#broken(`record ${this.#name(item)}`, key, 'it is not what its last commit wrote')
      }
    } else if (isThere)
      this.#broken(`record ${this.#name(item)}`, key, 'it was deleted and is there all the same')
    this.objects += 1
  }

  /** Current records before `key` have no history. */
  async #surplusRecords(key: Buffer | undefined): Promise<void> {
    for (;;) {
      const found = await this.#current.peek()
      if (found === undefined || (key !== undefined && Buffer.compare(found.key, key) >= 0)) return
      this.#current.advance()
      if (!this.#pass.dropped.has(tableOf(found.key)))
        this.#broken('a record', found.key, 'no commit wrote it')
    }
  }

  async #compareCounts(): Promise<void> {
    const cursor = new KeyCursor(
      this.#pass.reader,
      kindRange('count', mainBranch),
      'a count',
      this.#pass.findings,
    )
    const start = keyOf('count', mainBranch).length
    const seen = new Set<number>()
    for (let entry = await cursor.peek(); entry !== undefined; entry = await cursor.peek()) {
      cursor.advance()
      this.objects += 1
      const tableId = readUvarint(entry.key, start).value
      seen.add(tableId)
      if (!entry.key.equals(keyOf('count', mainBranch, tableId))) {
        this.#broken('the count of a table', entry.key, 'there is no such key')
        continue
      }
      const isDropped = this.#pass.catalog.tableById(tableId) === undefined
      const expected = this.#counts.get(tableId) ?? 0
      const { value } = readUvarint(entry.value, 0)
      if (!isDropped && value !== expected) {
        this.#broken('the count of a table', entry.key, `it says ${value}, there are ${expected}`)
      }
    }
    for (const tableId of this.#counts.keys()) {
      if (!seen.has(tableId))
        this.#broken('the count of a table', keyOf('count', mainBranch, tableId), 'it is missing')
    }
  }

  #name(item: HistoryItem): string {
    const table = this.#pass.catalog.tableById(item.tableId)?.name ?? `table ${item.tableId}`
    return recordName(table, item.idKey)
  }

  #broken(what: string, key: Uint8Array | undefined, reason: string): void {
    if (!this.#isRerun) this.#pass.findings.add({ what, key, reason })
  }
}

/** Hands every entry of the maintained indexes to the sets. */
async function meetEntries(pass: RecordPass, live: FingerprintSet, past: FingerprintSet): Promise<number> {
  const states = new Map<number, IndexDefinition['state']>()
  for (const table of pass.catalog.tables())
    for (const index of table.indexes) states.set(index.id, index.state)
  let objects = 0
  for (const [kind, set] of [
    ['index', live],
    ['pastIndex', past],
  ] as const) {
    const cursor = new KeyCursor(pass.reader, kindRange(kind, mainBranch), 'an index entry', pass.findings)
    for (let entry = cursor.peek(); ; entry = cursor.peek()) {
      const found = entry instanceof Promise ? await entry : entry
      if (found === undefined) break
      cursor.advance()
      objects += 1
      const indexId = tableOf(found.key)
      const state = states.get(indexId)
      if (state === 'ready') set.meet(found.key, found.value)
      else if (state === undefined && !pass.dropped.has(indexId)) {
        pass.findings.add({ what: 'an index entry', key: found.key, reason: 'there is no such index' })
      }
    }
  }
  return objects
}

function isVersionOf(item: HistoryItem, version: RecordVersion | undefined): boolean {
  if (version?.tableId !== item.tableId || (version.bytes !== undefined) !== item.isPut) return false
  return item.idKey.equals(encodeExact(version.key))
}

function recordValue(table: TableDefinition, item: HistoryItem, version: RecordVersion): ValueObject {
  const fields = decodeCanonical(version.bytes as Uint8Array) as ValueObject
  return makeRecord(new RecordId(table.name, version.key), item.idKey, item, fields).value
}

/** The number behind the branch: a table's or an index's. */
function tableOf(key: Uint8Array): number {
  return readUvarint(key, readUvarint(key, 1).end).value
}

function recordName(table: string, idKey: Uint8Array): string {
  try {
    return new RecordId(table, decodeExact(idKey, 0).value as RecordId['key']).toString()
  } catch {
    return `${table}:<${Buffer.from(idKey).toString('hex')}>`
  }
}

function describeIndex(catalog: StoredCatalog, key: Uint8Array): string {
  const id = tableOf(key)
  for (const table of catalog.tables()) {
    const index = table.indexes.find((each) => each.id === id)
    if (index !== undefined) return ` of ${table.name}.${index.name}`
  }
  return ''
}
