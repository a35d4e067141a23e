/**
 * Index entries as they were in force at a commit: those still in force since before it, and those that have
 * gone, found by walking the interval tree over seqs (key-space.ts, timeNode).
 * Cost: one scan per level, log2 of the newest seq; of each record at most one entry per level is looked at
 * in vain.
 */

import type { IndexDefinition } from '../../catalog/definitions.ts'
import { decodeLiveEntry, decodePastEntry } from '../../ledger/index-entry.ts'
import { indexKey, keyOf, mainBranch, tailOffset } from '../../ledger/key-space.ts'
import type { KvReader } from '../../ledger/overlay.ts'
import { readUvarint } from '../../ledger/uvarint.ts'
import type { KeyRange, KvEntry, ScanOptions } from '../../storage/kv-store.ts'
import { rowsPerChunkMax } from '../document/limits.ts'
import { entryRange } from '../document/live-records.ts'
import { decodeId } from '../document/record-codec.ts'
import type { AdjacencyEntry } from '../graph/adjacency.ts'
import type { IndexRange, ScanIndexOptions } from '../model.ts'

/** An entry as its keys have it. */
export interface RawEntry {
  /** What was indexed, cut where too long. */
  readonly entry: Uint8Array
  readonly idKey: Uint8Array
  readonly isCut: boolean
  /** Whether it claims its key for one record alone; `undefined`: past entries do not say. */
  readonly claims: boolean | undefined
}

export interface EntriesAt {
  readonly reader: KvReader
  readonly seq: number
  /** Newest commit that the reader shows. */
  readonly newestSeq: number
}

/** Entries in the order of a scan at head, each with its indexed bytes. */
export async function* scanEntriesAt(
  at: EntriesAt,
  index: IndexDefinition,
  range: IndexRange,
  options: ScanIndexOptions = {},
): AsyncGenerator<readonly AdjacencyEntry[]> {
  for await (const chunk of scanRawEntriesAt(at, index.id, entryRange(index, range), options)) {
    yield chunk.map(({ entry, idKey, isCut }) => {
      return { id: decodeId(index.table, idKey), idKey, isCut, entry }
    })
  }
}

/** @param keys of the index's entries in force */
export async function* scanRawEntriesAt(
  at: EntriesAt,
  indexId: number,
  keys: KeyRange,
  options: ScanIndexOptions & Pick<ScanOptions, 'chunkEntries'> = {},
): AsyncGenerator<readonly RawEntry[]> {
  const { reverse = false, limit = Number.POSITIVE_INFINITY, chunkEntries = rowsPerChunkMax } = options
  if (Buffer.compare(keys.gte, keys.lt) >= 0) return
  const sources = [liveEntries(at, indexId, keys, reverse)]
  for (let level = 0, bucket = at.seq; level === 0 || at.newestSeq >= 2 ** (level - 1); level += 1) {
    sources.push(pastEntries(at, indexId, pastRange(keys, indexId, level, bucket), reverse))
    bucket = Math.floor(bucket / 2)
  }
  let chunk: RawEntry[] = []
  let given = 0
  for await (const entry of mergeSorted(sources, reverse)) {
    if (given === limit) break
    given += 1
    chunk.push(entry)
    if (chunk.length < Math.min(chunkEntries, rowsPerChunkMax)) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}

/** The same bounds on the entry, under a node of the interval tree. */
function pastRange(live: KeyRange, indexId: number, level: number, bucket: number): KeyRange {
  const livePrefix = indexKey(mainBranch, indexId, new Uint8Array())
  const pastPrefix = keyOf('pastIndex', mainBranch, indexId, level, bucket)
  const move = (key: Uint8Array) => Buffer.concat([pastPrefix, key.subarray(livePrefix.length)])
  const isWhole = Buffer.compare(live.lt.subarray(0, livePrefix.length), livePrefix) !== 0
  return { gte: move(live.gte), lt: isWhole ? endOf(pastPrefix) : move(live.lt) }
}

function endOf(prefix: Buffer): Buffer {
  return Buffer.concat([prefix, Buffer.from([0xff])])
}

async function* liveEntries(
  { reader, seq }: EntriesAt,
  indexId: number,
  range: KeyRange,
  reverse: boolean,
): AsyncGenerator<RawEntry> {
  const start = tailOffset(mainBranch, indexId)
  for await (const chunk of reader.scan(range, { reverse })) {
    for (const { key, value } of chunk) {
      const { since, idKey: held, idBytes, isCut } = decodeLiveEntry(value)
      if (since > seq) continue
      const idKey = held ?? key.subarray(key.length - idBytes)
      const entry = key.subarray(start, key.length - idBytes)
      yield { idKey, isCut, entry, claims: held !== undefined }
    }
  }
}

async function* pastEntries(
  { reader, seq }: EntriesAt,
  indexId: number,
  range: KeyRange,
  reverse: boolean,
): AsyncGenerator<RawEntry> {
  for await (const chunk of reader.scan(range, { reverse })) {
    for (const stored of chunk) {
      const entry = decodePast(indexId, stored, seq)
      if (entry !== undefined) yield entry
    }
  }
}

/** The entry, if it was in force at `seq`. */
function decodePast(indexId: number, { key, value }: KvEntry, seq: number): RawEntry | undefined {
  const { to, isCut, idBytes, fromBytes } = decodePastEntry(value)
  const from = readUvarint(key, key.length - fromBytes).value
  if (seq < from || seq >= to) return undefined
  const level = readUvarint(key, tailOffset(mainBranch, indexId))
  const start = readUvarint(key, level.end).end
  const idEnd = key.length - fromBytes
  const idKey = key.subarray(idEnd - idBytes, idEnd)
  return { idKey, isCut, entry: key.subarray(start, idEnd - idBytes), claims: undefined }
}

/** Merges sorted sources; there are few, so the smallest is found by looking at all. */
async function* mergeSorted(
  sources: readonly AsyncGenerator<RawEntry>[],
  reverse: boolean,
): AsyncGenerator<RawEntry> {
  try {
    const heads = await Promise.all(
      sources.map(async (source) => (await source.next()).value as RawEntry | undefined),
    )
    for (;;) {
      let smallest = -1
      for (const [at, head] of heads.entries()) {
        if (head === undefined) continue
        const other = smallest < 0 ? undefined : heads[smallest]
        if (other === undefined || compareEntries(head, other) < 0 !== reverse) smallest = at
      }
      const head = heads[smallest]
      if (head === undefined) return
      yield head
      heads[smallest] = (await sources[smallest]?.next())?.value as RawEntry | undefined
    }
  } finally {
    for (const source of sources) await source.return(undefined)
  }
}

function compareEntries(a: RawEntry, b: RawEntry): number {
  return Buffer.compare(a.entry, b.entry) || Buffer.compare(a.idKey, b.idKey)
}
