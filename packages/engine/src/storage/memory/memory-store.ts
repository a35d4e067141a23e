/**
 * A store that lives in memory: for tests and for databases that may be gone with the process.
 * Why a B+ tree with copy on write: a snapshot is a clone that shares all nodes, O(1), and costs the writer
 * one copy of each node that it touches afterwards.
 * Keys are latin1 strings, whose order in JavaScript is the order of the bytes; a scan makes them bytes
 * again.
 * Values are not copied: the contract says that nobody changes them.
 * Invariant: a tree that a snapshot holds is never written to.
 */

import { createRequire } from 'node:module'
import { asBuffer } from '../as-buffer.ts'
import { checkBatch, checkExpected } from '../check-batch.ts'
import { keyText } from '../key-text.ts'
import type {
  CommitOptions,
  KeyRange,
  KvEntry,
  KvOperation,
  KvSnapshot,
  KvStore,
  KvStoreLimits,
  ScanOptions,
  StoreDamage,
} from '../kv-store.ts'
import { chunkEntriesMax, storeLimits } from '../limits.ts'
import { storageErrors } from '../storage-errors.ts'

export interface MemoryStoreOptions {
  readonly limits?: Partial<KvStoreLimits>
}

/** The package is CommonJS with a default export of its own, which importers see in different places. */
const { default: BTree } = createRequire(import.meta.url)('sorted-btree') as typeof import('sorted-btree')
type Tree = InstanceType<typeof BTree<string, Buffer>>

const noValue = Buffer.alloc(0)

/**
 * Opens an empty store.
 * @example
 * const store = openMemoryStore()
 * await store.commit([{ type: 'put', key: Buffer.from('a'), value: Buffer.from('1') }])
 */
export function openMemoryStore(options: MemoryStoreOptions = {}): MemoryStore {
  return new MemoryStore(options)
}

export class MemoryStore implements KvStore {
  readonly reads = 'sync'
  readonly limits: KvStoreLimits
  readonly #tree: Tree = new BTree<string, Buffer>(undefined, compareText)
  readonly #snapshots = new Set<MemorySnapshot>()
  #isClosed = false

  /** Made by `openMemoryStore`. */
  constructor(options: MemoryStoreOptions) {
    this.limits = { ...storeLimits, ...options.limits }
  }

  snapshot(): MemorySnapshot {
    this.#assertOpen()
    const snapshot = new MemorySnapshot(this.#tree.clone(), () => this.#snapshots.delete(snapshot))
    this.#snapshots.add(snapshot)
    return snapshot
  }

  async commit(batch: readonly KvOperation[], options: CommitOptions = {}): Promise<void> {
    this.#assertOpen()
    checkBatch(batch, this.limits)
    // Not in the call itself: nobody shall come to rely on what other stores do not do.
    await undefined
    const { expect } = options
    if (expect !== undefined) checkExpected(this.#tree.get(keyText(expect.key)), expect)
    for (const operation of batch) this.#apply(operation)
  }

  async sizeBytes(): Promise<number> {
    this.#assertOpen()
    return 0
  }

  async findDamage(): Promise<readonly StoreDamage[]> {
    this.#assertOpen()
    return []
  }

  async compact(): Promise<void> {
    this.#assertOpen()
  }

  async purge(): Promise<void> {
    this.#assertOpen()
  }

  /** Commits in flight are applied in microtasks that come before the caller's next one. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const snapshot of this.#snapshots) snapshot.close()
    await undefined
  }

  #apply(operation: KvOperation): void {
    const key = keyText(operation.key)
    if (operation.type === 'delete') this.#tree.delete(key)
    else this.#tree.set(key, asBuffer(operation.value))
  }

  #assertOpen(): void {
    if (this.#isClosed) throw storageErrors.CLOSED({ what: 'store' })
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
    return this.#openTree().get(keyText(key))
  }

  getMany(keys: readonly Uint8Array[]): (Buffer | undefined)[] {
    const tree = this.#openTree()
    return keys.map((key) => tree.get(keyText(key)))
  }

  async *scan(range: KeyRange, options: ScanOptions = {}): AsyncGenerator<readonly KvEntry[]> {
    const chunkEntries = Math.max(1, Math.min(options.chunkEntries ?? chunkEntriesMax, chunkEntriesMax))
    const entries = entriesIn(this.#openTree(), range, options.reverse === true)
    let left = options.limit ?? Number.POSITIVE_INFINITY
    while (left > 0) {
      const chunk: KvEntry[] = []
      while (chunk.length < Math.min(chunkEntries, left)) {
        const { done, value } = entries.next()
        if (done === true) break
        const [text, stored] = value
        const key = Buffer.from(text, 'latin1')
        chunk.push({ key, value: options.values === false ? noValue : stored })
      }
      if (chunk.length === 0) return
      left -= chunk.length
      yield chunk
      this.#openTree()
    }
  }

  close(): void {
    if (this.#tree === undefined) return
    this.#tree = undefined
    this.#onClose()
  }

  #openTree(): Tree {
    if (this.#tree === undefined) throw storageErrors.CLOSED({ what: 'snapshot' })
    return this.#tree
  }
}

function* entriesIn(tree: Tree, range: KeyRange, isReverse: boolean): Generator<[string, Buffer], undefined> {
  const gte = keyText(range.gte)
  const lt = keyText(range.lt)
  const pairs = isReverse ? tree.entriesReversed(lt, [], true) : tree.entries(gte, [])
  for (const [key, value] of pairs) {
    if (isReverse ? key < gte : key >= lt) return
    yield [key, value]
  }
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
