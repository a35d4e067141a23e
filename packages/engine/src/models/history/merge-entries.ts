/**
 * Merges sorted sources of index entries.
 * Why by chunks: a promise per entry costs more than reading it. Sources are few, so the smallest head is
 * found by looking at all.
 */

import type { KvEntry } from '../../storage/kv-store.ts'
import { firstChunkEntries } from '../../storage/limits.ts'
import type { AdjacencyEntry } from '../graph/adjacency.ts'

type SortedEntry = Pick<AdjacencyEntry, 'entry' | 'idKey'>

/** A scan whose entries are decoded, or passed over, a chunk at a time. */
export class EntrySource<Entry extends SortedEntry> {
  readonly #chunks: AsyncIterator<readonly KvEntry[]>
  readonly #decode: (entry: KvEntry) => Entry | undefined
  #entries: Entry[] = []
  #at = 0

  constructor(scan: AsyncIterable<readonly KvEntry[]>, decode: (entry: KvEntry) => Entry | undefined) {
    this.#chunks = scan[Symbol.asyncIterator]()
    this.#decode = decode
  }

  /** The smallest entry left of those that are loaded. */
  get head(): Entry | undefined {
    return this.#entries[this.#at]
  }

  take(): void {
    this.#at += 1
  }

  /** Until there is a head. `false`: there is none any more. */
  async load(): Promise<boolean> {
    while (this.#at >= this.#entries.length) {
      const { done, value } = await this.#chunks.next()
      if (done === true) return false
      this.#entries = []
      this.#at = 0
      for (const each of value) {
        const entry = this.#decode(each)
        if (entry !== undefined) this.#entries.push(entry)
      }
    }
    return true
  }

  async close(): Promise<void> {
    await this.#chunks.return?.()
  }
}

export interface MergeOptions {
  readonly reverse: boolean
  readonly limit: number
  /** Entries of a chunk at most; the first ones are smaller, as no more than those may be wanted. */
  readonly chunkMax: number
}

export async function* mergeSources<Entry extends SortedEntry>(
  sources: readonly EntrySource<Entry>[],
  { reverse, limit, chunkMax }: MergeOptions,
): AsyncGenerator<readonly Entry[]> {
  try {
    const loaded = await Promise.all(sources.map((source) => source.load()))
    let open = sources.filter((_, at) => loaded[at] === true)
    let left = limit
    let wanted = firstChunkEntries
    while (open.length > 0 && left > 0) {
      const chunk: Entry[] = []
      while (chunk.length < Math.min(wanted, chunkMax, left)) {
        const source = smallest(open, reverse)
        if (source === undefined) break
        chunk.push(source.head as Entry)
        source.take()
        if (source.head !== undefined || (await source.load())) continue
        open = open.filter((other) => other !== source)
      }
      left -= chunk.length
      wanted *= 2
      if (chunk.length > 0) yield chunk
    }
  } finally {
    await Promise.all(sources.map((source) => source.close()))
  }
}

function smallest<Entry extends SortedEntry>(
  sources: readonly EntrySource<Entry>[],
  reverse: boolean,
): EntrySource<Entry> | undefined {
  let best = sources[0]
  for (let at = 1; at < sources.length; at += 1) {
    const source = sources[at] as EntrySource<Entry>
    const order = compareEntries(source.head as Entry, best?.head as Entry)
    if (reverse ? order > 0 : order < 0) best = source
  }
  return best
}

function compareEntries(a: SortedEntry, b: SortedEntry): number {
  return Buffer.compare(a.entry, b.entry) || Buffer.compare(a.idKey, b.idKey)
}
