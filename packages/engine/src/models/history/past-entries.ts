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
import type { KeyRange, KvEntry } from '../../storage/kv-store.ts'
import { rowsPerChunkMax } from '../document/limits.ts'
import { entryRange } from '../document/live-records.ts'
import { decodeId } from '../document/record-codec.ts'
import type { AdjacencyEntry } from '../graph/adjacency.ts'
import type { IndexRange, ScanIndexOptions } from '../model.ts'

/** Entries in the order of a scan at head, each with its indexed bytes. */
export async function* scanEntriesAt(
  reader: KvReader,
  seq: number,
  newestSeq: number,
  index: IndexDefinition,
  range: IndexRange,
  options: ScanIndexOptions = {},
): AsyncGenerator<readonly AdjacencyEntry[]> {
  const { reverse = false, limit = Number.POSITIVE_INFINITY } = options
  const keys = entryRange(index, range)
  if (Buffer.compare(keys.gte, keys.lt) >= 0) return
  const sources = [liveEntries(reader, seq, index, keys, reverse)]
  for (let level = 0, bucket = seq; level === 0 || newestSeq >= 2 ** (level - 1); level += 1) {
    sources.push(pastEntries(reader, seq, index, pastRange(keys, index, level, bucket), reverse))
    bucket = Math.floor(bucket / 2)
  }
  let chunk: AdjacencyEntry[] = []
  let given = 0
  for await (const entry of mergeSorted(sources, reverse)) {
    if (given === limit) break
    given += 1
    chunk.push(entry)
    if (chunk.length < rowsPerChunkMax) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}

/** The same bounds on the entry, under a node of the interval tree. */
function pastRange(live: KeyRange, index: IndexDefinition, level: number, bucket: number): KeyRange {
  const livePrefix = indexKey(mainBranch, index.id, new Uint8Array())
  const pastPrefix = keyOf('pastIndex', mainBranch, index.id, level, bucket)
  const move = (key: Uint8Array) => Buffer.concat([pastPrefix, key.subarray(livePrefix.length)])
  const isWhole = Buffer.compare(live.lt.subarray(0, livePrefix.length), livePrefix) !== 0
  return { gte: move(live.gte), lt: isWhole ? endOf(pastPrefix) : move(live.lt) }
}

function endOf(prefix: Buffer): Buffer {
  return Buffer.concat([prefix, Buffer.from([0xff])])
}

async function* liveEntries(
  reader: KvReader,
  seq: number,
  index: IndexDefinition,
  range: KeyRange,
  reverse: boolean,
): AsyncGenerator<AdjacencyEntry> {
  const start = tailOffset(mainBranch, index.id)
  for await (const chunk of reader.scan(range, { reverse })) {
    for (const { key, value } of chunk) {
      const { since, idKey: held, idBytes, isCut } = decodeLiveEntry(value)
      if (since > seq) continue
      const idKey = held ?? key.subarray(key.length - idBytes)
      const entry = key.subarray(start, key.length - idBytes)
      yield { id: decodeId(index.table, idKey), idKey, isCut, entry }
    }
  }
}

async function* pastEntries(
  reader: KvReader,
  seq: number,
  index: IndexDefinition,
  range: KeyRange,
  reverse: boolean,
): AsyncGenerator<AdjacencyEntry> {
  for await (const chunk of reader.scan(range, { reverse })) {
    for (const stored of chunk) {
      const entry = decodePast(index, stored, seq)
      if (entry !== undefined) yield entry
    }
  }
}

/** The entry, if it was in force at `seq`. */
function decodePast(
  index: IndexDefinition,
  { key, value }: KvEntry,
  seq: number,
): AdjacencyEntry | undefined {
  const { to, isCut, idBytes, fromBytes } = decodePastEntry(value)
  const from = readUvarint(key, key.length - fromBytes).value
  if (seq < from || seq >= to) return undefined
  const level = readUvarint(key, tailOffset(mainBranch, index.id))
  const start = readUvarint(key, level.end).end
  const idEnd = key.length - fromBytes
  const idKey = key.subarray(idEnd - idBytes, idEnd)
  return { id: decodeId(index.table, idKey), idKey, isCut, entry: key.subarray(start, idEnd - idBytes) }
}

/** Merges sorted sources; there are few, so the smallest is found by looking at all. */
async function* mergeSorted(
  sources: readonly AsyncGenerator<AdjacencyEntry>[],
  reverse: boolean,
): AsyncGenerator<AdjacencyEntry> {
  try {
    const heads = await Promise.all(
      sources.map(async (source) => (await source.next()).value as AdjacencyEntry | undefined),
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
      heads[smallest] = (await sources[smallest]?.next())?.value as AdjacencyEntry | undefined
    }
  } finally {
    for (const source of sources) await source.return(undefined)
  }
}

function compareEntries(a: AdjacencyEntry, b: AdjacencyEntry): number {
  return Buffer.compare(a.entry, b.entry) || Buffer.compare(a.idKey, b.idKey)
}
