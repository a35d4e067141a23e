/**
 * Index entries as they were in force at a commit: those still in force since before it, and those that have
 * gone, found by walking the interval tree over seqs (key-space.ts, timeNode).
 * Cost: one scan per level, all of them begun at once; of each record fewer entries per level are looked at
 * in vain than a node has children.
 */

import type { IndexDefinition } from '../../catalog/definitions.ts'
import { decodeLiveEntry, decodePastEntry } from '../../ledger/index-entry.ts'
import { indexKey, keyOf, mainBranch, tailOffset, timeNodeFanout } from '../../ledger/key-space.ts'
import type { KvReader } from '../../ledger/overlay.ts'
import { readUvarint } from '../../ledger/uvarint.ts'
import type { KeyRange, KvEntry } from '../../storage/kv-store.ts'
import type { VersionPlace } from '../document/index-diff.ts'
import { rowsPerChunkMax } from '../document/limits.ts'
import { entryRange } from '../document/live-records.ts'
import { decodeId } from '../document/record-codec.ts'
import type { AdjacencyEntry } from '../graph/adjacency.ts'
import type { IndexRange, ScanIndexOptions } from '../model.ts'
import { EntrySource, mergeSources } from './merge-entries.ts'

/** An entry that was in force. */
export interface PastIndexEntry extends AdjacencyEntry {
  /** The last version of its record that had it; `undefined`: it is in force still. */
  readonly last: VersionPlace | undefined
}

/** Entries in the order of a scan at head, each with its indexed bytes. */
export async function* scanEntriesAt(
  reader: KvReader,
  seq: number,
  newestSeq: number,
  index: IndexDefinition,
  range: IndexRange,
  options: ScanIndexOptions = {},
): AsyncGenerator<readonly PastIndexEntry[]> {
  const { reverse = false, limit = Number.POSITIVE_INFINITY } = options
  const keys = entryRange(index, range)
  if (Buffer.compare(keys.gte, keys.lt) >= 0 || limit <= 0) return
  const open = (scanned: KeyRange, decode: (entry: KvEntry) => PastIndexEntry | undefined) => {
    return new EntrySource(reader.scan(scanned, { reverse }), decode)
  }
  const sources = [open(keys, liveDecoder(index, seq))]
  const decodePast = pastDecoder(index, seq)
  for (let level = 0, bucket = seq; level === 0 || newestSeq >= timeNodeFanout ** (level - 1); level += 1) {
    sources.push(open(pastRange(keys, index, level, bucket), decodePast))
    bucket = Math.floor(bucket / timeNodeFanout)
  }
  yield* mergeSources(sources, { reverse, limit, chunkMax: rowsPerChunkMax })
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

/** Entries in force at head, if they were at `seq`. */
function liveDecoder(index: IndexDefinition, seq: number): (entry: KvEntry) => PastIndexEntry | undefined {
  const start = tailOffset(mainBranch, index.id)
  return ({ key, value }) => {
    const { since, idKey: held, idBytes, isCut } = decodeLiveEntry(value)
    if (since > seq) return undefined
    const idKey = held ?? key.subarray(key.length - idBytes)
    const entry = key.subarray(start, key.length - idBytes)
    return { id: decodeId(index.table, idKey), idKey, isCut, entry, last: undefined }
  }
}

/** Entries that have gone, if they were in force at `seq`. */
function pastDecoder(index: IndexDefinition, seq: number): (entry: KvEntry) => PastIndexEntry | undefined {
  const levelStart = tailOffset(mainBranch, index.id)
  return ({ key, value }) => {
    const { to, isCut, idBytes, fromBytes, lastSeq, lastN } = decodePastEntry(value)
    if (seq >= to || seq < readUvarint(key, key.length - fromBytes).value) return undefined
    const start = readUvarint(key, readUvarint(key, levelStart).end).end
    const idEnd = key.length - fromBytes
    const idKey = key.subarray(idEnd - idBytes, idEnd)
    const entry = key.subarray(start, idEnd - idBytes)
    return { id: decodeId(index.table, idKey), idKey, isCut, entry, last: { seq: lastSeq, n: lastN } }
  }
}
