/**
 * Store in memory: tests and databases that need not outlive the process.
 * Why: the same semantics as on disk with nothing to clean up; tests above the seam use it instead of mocks.
 * How: a B+tree whose nodes are shared by copies, so that a snapshot is a clone in O(1) and the writer copies only the
 * nodes it changes. Keys are latin1 strings: a code unit per byte, whose string order is the order of the bytes.
 * Commits are applied in the call itself, so that their order is that of the calls.
 */

import BTreeModule from 'sorted-btree'
import { checkBatchSize } from '../batch-size.ts'
import type {
  CommitOptions,
  KeyRange,
  KvEntry,
  KvOperation,
  KvSnapshot,
  KvStore,
  ScanOptions,
} from '../kv-store.ts'
import { kvStoreLimits, storageLimits } from '../limits.ts'
import { storageErrors } from '../storage-errors.ts'

type Tree = BTreeModule.default<string, Buffer>

export function openMemoryStore(): KvStore {
  return new MemoryStore()
}

class MemoryStore implements KvStore {
  readonly reads = 'sync'
  readonly limits = kvStoreLimits
  readonly #tree: Tree = new BTreeModule.default<string, Buffer>(undefined, compareKeys)
  readonly #snapshots = new Set<MemorySnapshot>()
  #closed = false

  snapshot(): KvSnapshot {
    this.#checkOpen()
    const snapshot = new MemorySnapshot(this.#tree.clone(), () => this.#snapshots.delete(snapshot))
    this.#snapshots.add(snapshot)
    return snapshot
  }

  async commit(batch: readonly KvOperation[], options: CommitOptions = {}): Promise<void> {
    this.#checkOpen()
    checkBatchSize(batch, this.limits)
    if (options.expect !== undefined) this.#checkExpectation(options.expect)
    for (const operation of batch) {
      const key = keyText(operation.key)
      if (operation.type === 'put') this.#tree.set(key, asBuffer(operation.value))
      else this.#tree.delete(key)
    }
  }

  async sizeBytes(): Promise<number> {
    this.#checkOpen()
    return 0
  }

  async compact(): Promise<void> {
    this.#checkOpen()
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    for (const snapshot of this.#snapshots) snapshot.close()
    this.#tree.clear()
  }

  #checkOpen(): void {
    if (this.#closed) throw storageErrors.CLOSED({ what: 'store' })
  }

  #checkExpectation(expect: NonNullable<CommitOptions['expect']>): void {
    const found = this.#tree.get(keyText(expect.key))
    const holds = expect.value === undefined ? found === undefined : found?.equals(expect.value) === true
    if (!holds) throw storageErrors.FENCED({ key: Buffer.from(expect.key).toString('hex') })
  }
}

class MemorySnapshot implements KvSnapshot {
  #tree: Tree | undefined
  readonly #onClose: () => void

  constructor(tree: Tree, onClose: () => void) {
    this.#tree = tree
    this.#onClose = onClose
  }

  get(key: Uint8Array): Buffer | undefined {
    return this.#open().get(keyText(key))
  }

  getMany(keys: readonly Uint8Array[]): (Buffer | undefined)[] {
    const tree = this.#open()
    return keys.map((key) => tree.get(keyText(key)))
  }

  async *scan(range: KeyRange, options: ScanOptions = {}): AsyncIterable<readonly KvEntry[]> {
    const low = keyText(range.gte)
    const high = keyText(range.lt)
    const chunkMax = Math.max(1, Math.min(options.chunkEntries ?? 256, storageLimits.scanChunkEntriesMax))
    const empty = Buffer.alloc(0)
    let left = options.limit ?? Infinity
    const pairs =
      options.reverse === true
        ? this.#open().entriesReversed(high, undefined, true)
        : this.#open().entries(low)
    let chunk: KvEntry[] = []
    for (const [key, value] of pairs) {
      if (left <= 0 || (options.reverse === true ? key < low : key >= high)) break
      left -= 1
      chunk.push({ key: Buffer.from(key, 'latin1'), value: options.values === false ? empty : value })
      if (chunk.length < chunkMax) continue
      yield chunk
      chunk = []
      this.#open()
    }
    if (chunk.length > 0) yield chunk
  }

  close(): void {
    this.#tree = undefined
    this.#onClose()
  }

  #open(): Tree {
    if (this.#tree === undefined) throw storageErrors.CLOSED({ what: 'snapshot' })
    return this.#tree
  }
}

function compareKeys(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}

function keyText(key: Uint8Array): string {
  return asBuffer(key).latin1Slice(0, key.length)
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
