/**
 * The newest changes, sorted, in memory: what the log holds and no segment does yet.
 * Keys are latin1 text; values lie one behind the other in large chunks, as an object for each would take
 * more than most values do.
 * Invariant: what was written stays as it is, so that a snapshot is a clone of the tree, which shares all
 * nodes, and needs no copy of the values.
 */

import { createRequire } from 'node:module'
import { keyText } from '../key-text.ts'
import type { KvOperation } from '../kv-store.ts'

/** The package is CommonJS with a default export of its own, which importers see in different places. */
const { default: BTree } = createRequire(import.meta.url)('sorted-btree') as typeof import('sorted-btree')
type Tree = InstanceType<typeof BTree<string, number>>

const chunkBytes = 256 * 1024
/** A longer value gets a chunk of its own. */
const sharedBytesMax = 64 * 1024
/** Tree, text and length of an entry, beside its key and its value. */
const entryOverheadBytes = 64
const deleted = -1

/** What a table says about a key: `null` that it is deleted. A view. */
export type Change = Buffer | null

/** A table as it was at one moment. */
export class ChangeReader {
  readonly #tree: Tree
  readonly #values: ValueChunks

  constructor(tree: Tree, values: ValueChunks) {
    this.#tree = tree
    this.#values = values
  }

  get isEmpty(): boolean {
    return this.#tree.isEmpty
  }

  keyRange(): { readonly firstKey: string; readonly lastKey: string } | undefined {
    const firstKey = this.#tree.minKey()
    const lastKey = this.#tree.maxKey()
    return firstKey === undefined || lastKey === undefined ? undefined : { firstKey, lastKey }
  }

  /** `undefined`: it says nothing. */
  find(key: string): Change | undefined {
    const place = this.#tree.get(key)
    return place === undefined ? undefined : this.change(place)
  }

  /** Keys not below `key`, ascending, each with the place of its change. */
  from(key: string): IterableIterator<[string, number]> {
    return this.#tree.entries(key, [])
  }

  /** Keys below `key`, descending. */
  below(key: string): IterableIterator<[string, number]> {
    return this.#tree.entriesReversed(key, [], true)
  }

  change(place: number): Change {
    return place === deleted ? null : this.#values.at(place)
  }
}

export class ChangeTable {
  readonly #tree: Tree = new BTree<string, number>(undefined, compareText)
  readonly #values = new ValueChunks()
  #bytes = 0

  /** What it takes in memory, by estimate. */
  get bytes(): number {
    return this.#bytes
  }

  apply(batch: readonly KvOperation[]): void {
    for (const operation of batch) {
      const key = keyText(operation.key)
      const isPut = operation.type === 'put'
      const isNew = this.#tree.set(key, isPut ? this.#values.add(operation.value) : deleted)
      if (isNew) this.#bytes += key.length + entryOverheadBytes
      if (isPut) this.#bytes += operation.value.length
    }
  }

  /** Sees what is there now; later changes are hidden from it. */
  snapshot(): ChangeReader {
    return new ChangeReader(this.#tree.clone(), this.#values)
  }

  /** For a table that will not change any more, or readers that are done before it does. */
  reader(): ChangeReader {
    return new ChangeReader(this.#tree, this.#values)
  }
}

/** A place is a chunk and where in it the length of the value stands. */
class ValueChunks {
  readonly #chunks: Buffer[] = []
  #sharedAt = -1
  #sharedEnd = chunkBytes

  add(value: Uint8Array): number {
    const bytes = 4 + value.length
    if (bytes > sharedBytesMax) return write(this.#push(bytes), 0, value) + this.#lastStart()
    if (this.#sharedEnd + bytes > chunkBytes) {
      this.#push(chunkBytes)
      this.#sharedAt = this.#chunks.length - 1
      this.#sharedEnd = 0
    }
    const start = this.#sharedEnd
    this.#sharedEnd += bytes
    return write(this.#chunks[this.#sharedAt] as Buffer, start, value) + this.#sharedAt * chunkBytes
  }

  at(place: number): Buffer {
    const chunk = this.#chunks[Math.floor(place / chunkBytes)] as Buffer
    const start = (place % chunkBytes) + 4
    return chunk.subarray(start, start + chunk.readUInt32LE(start - 4))
  }

  #push(bytes: number): Buffer {
    const chunk = Buffer.allocUnsafeSlow(bytes)
    this.#chunks.push(chunk)
    return chunk
  }

  #lastStart(): number {
    return (this.#chunks.length - 1) * chunkBytes
  }
}

/** Gives `start` back. */
function write(chunk: Buffer, start: number, value: Uint8Array): number {
  chunk.writeUInt32LE(value.length, start)
  chunk.set(value, start + 4)
  return start
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
