/**
 * Merges sorted sources of index entries, of which many may be passed over.
 * Why by chunks: a promise per entry costs more than reading it. Sources are few, so the smallest head is
 * found by looking at all. A source is read on only where something before that head may be left in it, so
 * that the first entries do not cost a search for the next one of every source.
 */

import type { KvEntry } from '../../storage/kv-store.ts'
import type { AdjacencyEntry } from '../graph/adjacency.ts'

/** In the first chunk; each one after it has twice as many, as no more than those may be wanted. */
const firstEntriesWanted = 16

/** Where an entry stands in the order. */
export type EntryPlace = Pick<AdjacencyEntry, 'entry' | 'idKey'>

/** What a scan's entries are taken for. */
export interface EntryDecoder<Entry extends EntryPlace> {
  /** `undefined`: to be passed over. */
  decode(entry: KvEntry): Entry | undefined
  placeOf(entry: KvEntry): EntryPlace
}

/** A scan whose entries are decoded, or passed over, a chunk at a time. */
export class EntrySource<Entry extends EntryPlace> {
  readonly #chunks: AsyncIterator<readonly KvEntry[]>
  readonly #decoder: EntryDecoder<Entry>
  #entries: Entry[] = []
  #at = 0
  /** Everything that is not loaded yet comes behind it. */
  #readTo: EntryPlace | undefined
  #isAtEnd = false

  constructor(scan: AsyncIterable<readonly KvEntry[]>, decoder: EntryDecoder<Entry>) {
    this.#chunks = scan[Symbol.asyncIterator]()
    this.#decoder = decoder
  }

  /** The smallest entry left of those that are loaded. */
  get head(): Entry | undefined {
    return this.#entries[this.#at]
  }

  take(): void {
    this.#at += 1
  }

  get isDone(): boolean {
    return this.#isAtEnd && this.head === undefined
  }

  /** Whether an entry that is not loaded yet may come before `place`, or may be the first one there is. */
  mayPrecede(place: EntryPlace | undefined, reverse: boolean): boolean {
    if (this.#isAtEnd || this.head !== undefined) return false
    return place === undefined || this.#readTo === undefined || isBefore(this.#readTo, place, reverse)
  }

  async load(): Promise<void> {
    const { done, value } = await this.#chunks.next()
    this.#isAtEnd = done === true
    if (done === true) return
    const { decode, placeOf } = this.#decoder
    this.#entries = []
    this.#at = 0
    for (const each of value) {
      const entry = decode(each)
      if (entry !== undefined) this.#entries.push(entry)
    }
    this.#readTo = placeOf(value.at(-1) as KvEntry)
  }

  async close(): Promise<void> {
    await this.#chunks.return?.()
  }
}

export interface MergeOptions {
  readonly reverse: boolean
  readonly limit: number
  /** Entries of a chunk at most. */
  readonly chunkMax: number
}

export async function* mergeSources<Entry extends EntryPlace>(
  sources: readonly EntrySource<Entry>[],
  { reverse, limit, chunkMax }: MergeOptions,
): AsyncGenerator<readonly Entry[]> {
  try {
    let open = sources
    let left = limit
    let wanted = firstEntriesWanted
    while (open.length > 0 && left > 0) {
      const chunk: Entry[] = []
      while (chunk.length < Math.min(wanted, chunkMax, left)) {
        const source = smallest(open, reverse)
        const behind = open.filter((other) => other.mayPrecede(source?.head, reverse))
        if (behind.length > 0) {
          await Promise.all(behind.map((other) => other.load()))
          open = open.filter((other) => !other.isDone)
          continue
        }
        if (source === undefined) break
        chunk.push(source.head as Entry)
        source.take()
      }
      left -= chunk.length
      wanted *= 2
      if (chunk.length > 0) yield chunk
      else break
    }
  } finally {
    await Promise.all(sources.map((source) => source.close()))
  }
}

/** Of those that have a head. */
function smallest<Entry extends EntryPlace>(
  sources: readonly EntrySource<Entry>[],
  reverse: boolean,
): EntrySource<Entry> | undefined {
  let best: EntrySource<Entry> | undefined
  for (const source of sources) {
    const { head } = source
    if (head === undefined) continue
    if (best === undefined || isBefore(head, best.head as Entry, reverse)) best = source
  }
  return best
}

function isBefore(a: EntryPlace, b: EntryPlace, reverse: boolean): boolean {
  const order = compareEntries(a, b)
  return reverse ? order > 0 : order < 0
}

function compareEntries(a: EntryPlace, b: EntryPlace): number {
  return Buffer.compare(a.entry, b.entry) || Buffer.compare(a.idKey, b.idKey)
}
