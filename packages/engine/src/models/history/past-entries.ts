/**
 * Index entries as they were in force at a commit: those still in force since before it, and those that have
 * gone, found in the nodes of the trees over time that hold the commit (key-space.ts, timeNode).
 * Cost: two scans per level, all of them begun at once. Of what they meet a third was in force, on average
 * over how long entries last; of one record there are few in a node.
 */

import type { IndexDefinition } from '../../catalog/definitions.ts'
import { decodeLiveEntry, decodePastEntry, wasInForce } from '../../ledger/index-entry.ts'
import {
  indexKey,
  keyOf,
  mainBranch,
  type TimeNode,
  tailOffset,
  timeNodesAt,
} from '../../ledger/key-space.ts'
import type { KvReader } from '../../ledger/overlay.ts'
import type { VersionPlace } from '../../ledger/record-version.ts'
import { readUvarint } from '../../ledger/uvarint.ts'
import type { KeyRange, ScanOptions } from '../../storage/kv-store.ts'
import { rowsPerChunkMax } from '../document/limits.ts'
import { entryRange, isLong } from '../document/live-records.ts'
import { decodeId } from '../document/record-codec.ts'
import type { AdjacencyEntry } from '../graph/adjacency.ts'
import type { IndexRange, ScanIndexOptions } from '../model.ts'
import { type EntryDecoder, type EntryPlace, EntrySource, mergeSources } from './merge-entries.ts'

/** An entry that was in force. */
export interface PastIndexEntry extends AdjacencyEntry {
  /** The last version of its record that had it; `undefined`: it is in force still. */
  readonly last: VersionPlace | undefined
}

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
export function scanEntriesAt(
  at: EntriesAt,
  index: IndexDefinition,
  range: IndexRange,
  options?: ScanIndexOptions,
): AsyncGenerator<readonly PastIndexEntry[]> {
  return scanAt(at, index.id, entryRange(index, range), options, (entry, idKey, _cut, _claims, last) => {
    return { id: decodeId(index.table, idKey), idKey, isLong: isLong(entry.length), entry, last }
  })
}

/** @param keys of the index's entries in force */
export function scanRawEntriesAt(
  at: EntriesAt,
  indexId: number,
  keys: KeyRange,
  options?: RawScanOptions,
): AsyncGenerator<readonly RawEntry[]> {
  return scanAt(at, indexId, keys, options, (entry, idKey, isCut, claims) => {
    return { entry, idKey, isCut, claims }
  })
}

type RawScanOptions = ScanIndexOptions & Pick<ScanOptions, 'chunkEntries'>

/** What a scan gives of an entry. */
type MakeEntry<Entry> = (
  entry: Uint8Array,
  idKey: Uint8Array,
  isCut: boolean,
  claims: boolean | undefined,
  last: VersionPlace | undefined,
) => Entry

async function* scanAt<Entry extends Pick<RawEntry, 'entry' | 'idKey'>>(
  { reader, seq, newestSeq }: EntriesAt,
  indexId: number,
  keys: KeyRange,
  options: RawScanOptions = {},
  make: MakeEntry<Entry>,
): AsyncGenerator<readonly Entry[]> {
  const { reverse = false, limit = Number.POSITIVE_INFINITY, chunkEntries = rowsPerChunkMax } = options
  if (Buffer.compare(keys.gte, keys.lt) >= 0 || limit <= 0) return
  const open = (scanned: KeyRange, decoder: EntryDecoder<Entry>) => {
    return new EntrySource(reader.scan(scanned, { reverse }), decoder)
  }
  const sources = [open(keys, liveDecoder(indexId, seq, make))]
  const past = pastDecoder(indexId, seq, make)
  for (const node of timeNodesAt(seq, newestSeq)) sources.push(open(pastRange(keys, indexId, node), past))
  yield* mergeSources(sources, { reverse, limit, chunkMax: Math.min(chunkEntries, rowsPerChunkMax) })
}

/** The same bounds on the entry, under a node. */
function pastRange(live: KeyRange, indexId: number, { level, bucket }: TimeNode): KeyRange {
  const livePrefix = indexKey(mainBranch, indexId, new Uint8Array())
  const pastPrefix = keyOf('pastIndex', mainBranch, indexId, level, bucket)
  const move = (key: Uint8Array) => Buffer.concat([pastPrefix, key.subarray(livePrefix.length)])
  const isWhole = Buffer.compare(live.lt.subarray(0, livePrefix.length), livePrefix) !== 0
  return { gte: move(live.gte), lt: isWhole ? endOf(pastPrefix) : move(live.lt) }
}

function endOf(prefix: Buffer): Buffer {
  return Buffer.concat([prefix, Buffer.from([0xff])])
}

/** Entries in force at head, if they were at `seq`. */
function liveDecoder<Entry extends EntryPlace>(
  indexId: number,
  seq: number,
  make: MakeEntry<Entry>,
): EntryDecoder<Entry> {
  const start = tailOffset(mainBranch, indexId)
  const split = (key: Buffer, held: Uint8Array | undefined, idBytes: number) => ({
    entry: key.subarray(start, key.length - idBytes),
    idKey: held ?? key.subarray(key.length - idBytes),
  })
  return {
    decode: ({ key, value }) => {
      const { since, idKey: held, idBytes, isCut } = decodeLiveEntry(value)
      if (since > seq) return undefined
      const { entry, idKey } = split(key, held, idBytes)
      return make(entry, idKey, isCut, held !== undefined, undefined)
    },
    placeOf: ({ key, value }) => {
      const { idKey: held, idBytes } = decodeLiveEntry(value)
      return split(key, held, idBytes)
    },
  }
}

/** Entries that have gone, if they were in force at `seq`. */
function pastDecoder<Entry extends EntryPlace>(
  indexId: number,
  seq: number,
  make: MakeEntry<Entry>,
): EntryDecoder<Entry> {
  const levelStart = tailOffset(mainBranch, indexId)
  const split = (key: Buffer, idBytes: number, fromBytes: number) => {
    const start = readUvarint(key, readUvarint(key, levelStart).end).end
    const idEnd = key.length - fromBytes
    return { entry: key.subarray(start, idEnd - idBytes), idKey: key.subarray(idEnd - idBytes, idEnd) }
  }
  return {
    decode: ({ key, value }) => {
      if (!wasInForce(key, value, seq)) return undefined
      const { isCut, idBytes, fromBytes, lastSeq, lastN } = decodePastEntry(value)
      const { entry, idKey } = split(key, idBytes, fromBytes)
      return make(entry, idKey, isCut, undefined, { seq: lastSeq, n: lastN })
    },
    placeOf: ({ key, value }) => {
      const { idBytes, fromBytes } = decodePastEntry(value)
      return split(key, idBytes, fromBytes)
    },
  }
}
