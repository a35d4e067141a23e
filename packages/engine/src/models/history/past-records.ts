/**
 * Rows of a table as they were at a commit, from the history of its records.
 */

import { decodeExact, must, RecordId, type RecordKey, skipExact } from '@dendrodb/protocol'
import type { TableDefinition } from '../../catalog/definitions.ts'
import { decodeHistoryEntry, type HistoryEntry } from '../../ledger/history-entry.ts'
import { historyPrefix, keyOf, mainBranch, prefixEnd, tailOffset } from '../../ledger/key-space.ts'
import type { KvReader } from '../../ledger/overlay.ts'
import { readUvarint } from '../../ledger/uvarint.ts'
import type { KeyRange, KvEntry } from '../../storage/kv-store.ts'
import { tableRange } from '../document/live-records.ts'
import type { ScanTableOptions, StoredRecord } from '../model.ts'
import { versionsPassedMax } from './limits.ts'
import { makeVersion, type VersionRef } from './load-version.ts'
import { newestVersion } from './record-at.ts'

interface FoundVersion extends VersionRef {
  readonly idKey: Uint8Array
}

/** Rows of the table as they were at `seq`, in the order of their ids. */
export async function* scanRecordsAt(
  reader: KvReader,
  seq: number,
  table: TableDefinition,
  options: ScanTableOptions = {},
): AsyncGenerator<readonly StoredRecord[]> {
  let left = options.limit ?? Number.POSITIVE_INFINITY
  for await (const found of findVersions(reader, seq, table, options)) {
    const wanted = found.length > left ? found.slice(0, left) : found
    left -= wanted.length
    if (wanted.length > 0) {
      const payloads = await reader.getMany(wanted.map((ref) => keyOf('version', ref.seq, ref.n)))
      yield wanted.map((ref, at) => {
        const id = new RecordId(table.name, decodeExact(ref.idKey, 0).value as RecordKey)
        return makeVersion(id, ref.idKey, ref, payloads[at])
      })
    }
    if (left <= 0) return
  }
}

/** The versions in force at `seq`, a chunk per chunk of history. */
async function* findVersions(
  reader: KvReader,
  seq: number,
  table: TableDefinition,
  options: ScanTableOptions,
): AsyncGenerator<FoundVersion[]> {
  const { reverse = false } = options
  const finder = new VersionFinder(table, seq)
  let rest: KeyRange | undefined = historyRange(table, options)
  while (rest !== undefined) {
    const range: KeyRange = rest
    rest = undefined
    for await (const chunk of reader.scan(range, { reverse })) {
      const found: FoundVersion[] = []
      for (const entry of chunk) finder.add(entry, found)
      if (found.length > 0) yield found
      if (finder.passed < versionsPassedMax) continue
      const idKey = finder.skip()
      const newest = await newestVersion(reader, seq, table, idKey)
      if (newest !== undefined) yield [{ ...newest, idKey }]
      const prefix = historyPrefix(mainBranch, table.id, idKey)
      rest = reverse ? { gte: range.gte, lt: prefix } : { gte: prefixEnd(prefix), lt: range.lt }
      break
    }
  }
  const last = finder.take()
  if (last !== undefined) yield [last]
}

/**
 * Goes through history entries in key order and picks, of each record, the newest that is not newer than
 * `seq`.
 */
class VersionFinder {
  readonly #seq: number
  readonly #idStart: number
  #idKey: Uint8Array | undefined
  #best: (VersionRef & HistoryEntry) | undefined
  #passed = 0

  constructor(table: TableDefinition, seq: number) {
    this.#seq = seq
    this.#idStart = tailOffset(mainBranch, table.id)
  }

  /** Entries of the present record gone through. */
  get passed(): number {
    return this.#passed
  }

  add(entry: KvEntry, found: FoundVersion[]): void {
    if (!this.#isOfPresent(entry.key)) {
      const previous = this.take()
      if (previous !== undefined) found.push(previous)
      this.#idKey = entry.key.subarray(this.#idStart, skipExact(entry.key, this.#idStart))
    }
    this.#passed += 1
    const seq = readUvarint(entry.key, this.#idStart + (this.#idKey?.length ?? 0)).value
    if (seq > this.#seq || (this.#best !== undefined && this.#best.seq > seq)) return
    this.#best = { seq, ...decodeHistoryEntry(entry.value) }
  }

  /** No id is the beginning of another one, so that equal bytes are the whole of it. */
  #isOfPresent(key: Buffer): boolean {
    const idKey = this.#idKey
    if (idKey === undefined) return false
    const idEnd = this.#idStart + idKey.length
    return idEnd <= key.length && key.compare(idKey, 0, idKey.length, this.#idStart, idEnd) === 0
  }

  /** The record just gone through, if it was there. */
  take(): FoundVersion | undefined {
    const [idKey, best] = [this.#idKey, this.#best]
    this.#forget()
    return idKey === undefined || best === undefined || !best.isPut
      ? undefined
      : { idKey, seq: best.seq, n: best.n, periodBefore: best.periodBefore }
  }

  /** Gives up on the present record, whose id it is. */
  skip(): Uint8Array {
    const idKey = must(this.#idKey, 'a record with versions')
    this.#forget()
    return idKey
  }

  #forget(): void {
    this.#idKey = undefined
    this.#best = undefined
    this.#passed = 0
  }
}

function historyRange(table: TableDefinition, options: ScanTableOptions): KeyRange {
  const records = tableRange(table, options)
  const swapKind = (key: Uint8Array) => Buffer.concat([keyOf('history').subarray(0, 1), key.subarray(1)])
  return { gte: swapKind(records.gte), lt: swapKind(records.lt) }
}
