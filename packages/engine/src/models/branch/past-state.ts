/**
 * The live keys of a state as they were at a commit: what a branch finds where it has written nothing itself.
 * Why keys and values as they would be stored: whoever reads them need not know that they were not.
 * Keys are written as those of main, whichever branch the state is of. Entries count as in force since the
 * commit.
 * Invariant: never changes, as nothing changes history.
 */

import { encodeCollation, must, skipCollation, skipExact } from '@dendrodb/protocol'
import type { IndexDefinition } from '../../catalog/definitions.ts'
import { withKind } from '../../ledger/branch-keys.ts'
import {
  encodeCurrentRecord,
  seqOfCurrentRecord,
  withoutEarlierVersions,
} from '../../ledger/current-record.ts'
import type { LedgerHash } from '../../ledger/hash.ts'
import { decodeLiveEntry, encodeLiveEntry } from '../../ledger/index-entry.ts'
import {
  indexKey,
  keyOf,
  mainBranch,
  prefixEnd,
  prefixRange,
  recordKey,
  tailOffset,
} from '../../ledger/key-space.ts'
import { ledgerErrors } from '../../ledger/ledger-errors.ts'
import type { KvReader } from '../../ledger/overlay.ts'
import { openVersion, storedInterval } from '../../ledger/record-version.ts'
import { readUvarint, uvarintBytes, writeUvarint } from '../../ledger/uvarint.ts'
import { chain } from '../../storage/chain.ts'
import { keyText } from '../../storage/key-text.ts'
import type { KeyRange, KvEntry, MaybePromise, ScanOptions } from '../../storage/kv-store.ts'
import { entriesOf } from '../document/index-entries.ts'
import { decodeId, decodeStoredRecord } from '../document/record-codec.ts'
import type { VersionRef } from '../history/load-version.ts'
import { type RawEntry, scanRawEntriesAt } from '../history/past-entries.ts'
import { findVersions } from '../history/past-records.ts'
import { newestVersion } from '../history/record-at.ts'

export interface PastStateOptions {
  /** The state as it is now, or any later one of it. */
  readonly reader: KvReader
  readonly hash: LedgerHash
  readonly seq: number
  /** Newest commit that the reader shows. */
  readonly newestSeq: number
  readonly indexById: (id: number) => IndexDefinition | undefined
}

/** Versions of one record passed over before the scan jumps behind them. */
const versionsPassedMax = 64
const noneByte = encodeCollation(undefined)[0]
const nullByte = encodeCollation(null)[0]

export class PastState {
  readonly seq: number
  readonly #options: PastStateOptions

  constructor(options: PastStateOptions) {
    this.#options = options
    this.seq = options.seq
  }

  /** The value under an `R` key; without versions before it, as later writes take the list along. */
  record(key: Uint8Array): MaybePromise<Buffer | undefined> {
    return chain(this.#options.reader.get(key), (stored) => {
      const isOfThen = stored !== undefined && seqOfCurrentRecord(stored) <= this.seq
      return isOfThen ? withoutEarlierVersions(stored) : this.#pastRecord(key)
    })
  }

  /** The value under an `H` key. */
  version(key: Uint8Array): MaybePromise<Buffer | undefined> {
    const { seq } = historyPlace(key, idStart(key))
    return seq <= this.seq ? this.#options.reader.get(key) : undefined
  }

  /** The value under an `I` key. */
  entry(key: Uint8Array): MaybePromise<Buffer | undefined> {
    return chain(this.#options.reader.get(key), (stored) => {
      if (stored === undefined) return this.#pastEntry(key)
      const { since, isCut, idKey, idBytes } = decodeLiveEntry(stored)
      if (since > this.seq) return this.#pastEntry(key)
      return encodeLiveEntry(this.seq, isCut, idKey !== undefined, idKey ?? lastBytes(key, idBytes))
    })
  }

  /** Values under `R` keys of one table. */
  async *records(range: KeyRange, options: ScanOptions): AsyncGenerator<KvEntry[]> {
    const { reader } = this.#options
    const history = { gte: withKind('history', range.gte), lt: withKind('history', range.lt) }
    const prefix = Buffer.from(range.gte.subarray(0, idStart(range.gte)))
    for await (const found of findVersions(reader, this.seq, history, options)) {
      const keys = found.map(({ idKey }) => Buffer.concat([prefix, idKey]))
      if (options.values === false) {
        yield keys.map((key) => ({ key, value: Buffer.alloc(0) }))
        continue
      }
      const payloads = await reader.getMany(found.map(({ seq, n }) => keyOf('version', seq, n)))
      yield found.map((ref, at) => ({ key: keys[at] as Buffer, value: storedRecord(ref, payloads[at]) }))
    }
  }

  /** Values under `I` keys of one index. */
  async *entries(range: KeyRange, { reverse, chunkEntries }: ScanOptions): AsyncGenerator<KvEntry[]> {
    const indexId = readUvarint(range.gte, 2).value
    const index = this.#options.indexById(indexId)
    const options = { reverse: reverse === true, ...(chunkEntries !== undefined && { chunkEntries }) }
    for await (const raw of scanRawEntriesAt(this.#options, indexId, range, options)) {
      const chunk: KvEntry[] = []
      for (const each of raw) {
        const claimed = each.claims ?? (index?.unique === true && this.#claims(index, each))
        chunk.push(this.#stored(indexId, each, claimed instanceof Promise ? await claimed : claimed))
      }
      yield chunk
    }
  }

  /** Values under `H` keys of one table. */
  async *versions(range: KeyRange, options: ScanOptions): AsyncGenerator<KvEntry[]> {
    const { reader } = this.#options
    const start = idStart(range.gte)
    let rest: KeyRange | undefined = range
    let passed = 0
    while (rest !== undefined) {
      const part: KeyRange = rest
      rest = undefined
      for await (const chunk of reader.scan(part, options)) {
        const kept: KvEntry[] = []
        let last: Buffer | undefined
        for (const entry of chunk) {
          const { seq, idEnd } = historyPlace(entry.key, start)
          passed = seq <= this.seq ? 0 : passed + 1
          if (passed === 0) kept.push(entry)
          last = entry.key.subarray(0, idEnd)
        }
        if (kept.length > 0) yield kept
        if (passed < versionsPassedMax || last === undefined) continue
        rest = this.#behind(last, part, options.reverse === true)
        passed = 0
        break
      }
    }
  }

  /** What is left of a range behind the later versions of a record. */
  #behind(prefix: Buffer, { gte, lt }: KeyRange, reverse: boolean): KeyRange {
    if (!reverse) return { gte: prefixEnd(prefix), lt }
    const end = Buffer.allocUnsafe(prefix.length + uvarintBytes(this.seq + 1))
    end.set(prefix)
    writeUvarint(end, prefix.length, this.seq + 1)
    return { gte, lt: end }
  }

  async #pastRecord(key: Uint8Array): Promise<Buffer | undefined> {
    const { reader } = this.#options
    const ref = await newestVersion(reader, this.seq, withKind('history', key))
    return ref && storedRecord(ref, await reader.get(keyOf('version', ref.seq, ref.n)))
  }

  async #pastEntry(key: Uint8Array): Promise<Buffer | undefined> {
    const indexId = readUvarint(key, 2).value
    const start = tailOffset(mainBranch, indexId)
    for await (const chunk of scanRawEntriesAt(this.#options, indexId, prefixRange(key))) {
      for (const { entry, idKey, isCut } of chunk) {
        const isClaim = start + entry.length === key.length
        if (isClaim || start + entry.length + idKey.length === key.length) {
          return encodeLiveEntry(this.seq, isCut, isClaim, idKey)
        }
      }
    }
    return undefined
  }

  #stored(indexId: number, { entry, idKey, isCut }: RawEntry, isClaim: boolean): KvEntry {
    return {
      key: indexKey(mainBranch, indexId, entry, isClaim ? undefined : idKey),
      value: encodeLiveEntry(this.seq, isCut, isClaim, idKey),
    }
  }

  /** Whether the entry of a unique index claims its key: none of its values is NONE or NULL. */
  #claims(index: IndexDefinition, raw: RawEntry): MaybePromise<boolean> {
    if (raw.isCut) return this.#claimsByRecord(index, raw)
    for (let at = 0; at < raw.entry.length; at = skipCollation(raw.entry, at)) {
      if (raw.entry[at] === noneByte || raw.entry[at] === nullByte) return false
    }
    return true
  }

  /** What stands behind the cut is known from the record alone. */
  async #claimsByRecord(index: IndexDefinition, { entry, idKey }: RawEntry): Promise<boolean> {
    const stored = must(await this.record(recordKey(mainBranch, index.tableId, idKey)), 'an indexed record')
    const { value } = decodeStoredRecord(decodeId(index.table, idKey), idKey, stored)
    const text = keyText(entry)
    return entriesOf(this.#options.hash, index, value).some((each) => each.text === text && each.isUnique)
  }
}

/** Where the id, or the entry, begins in a key of main. */
function idStart(key: Uint8Array): number {
  return readUvarint(key, 2).end
}

function historyPlace(key: Uint8Array, start: number): { readonly idEnd: number; readonly seq: number } {
  const idEnd = skipExact(key, start)
  return { idEnd, seq: readUvarint(key, idEnd).value }
}

function lastBytes(key: Uint8Array, bytes: number): Uint8Array {
  return key.subarray(key.length - bytes)
}

/** The version as its `R` key holds it. @throws LEDGER_CORRUPT */
function storedRecord({ seq, n, periodBefore }: VersionRef, payload: Buffer | undefined): Buffer {
  const version = payload && openVersion(payload)
  if (version?.bytes === undefined) {
    throw ledgerErrors.CORRUPT({ what: `version ${seq}/${n}`, reason: 'its payload is missing' })
  }
  const { bytes } = version
  return encodeCurrentRecord({ seq, n, periodBefore, ...storedInterval(version), bytes })
}
