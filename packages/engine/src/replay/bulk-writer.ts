/**
 * Writes a lot into a store that nobody reads yet: batches of bounded size, one being written while the next
 * is filled, and one wait for the disk at the end.
 */

import type { KvOperation, KvStore } from '../storage/kv-store.ts'
import { batchBytesMax } from './limits.ts'

export class BulkWriter {
  readonly #store: KvStore
  #operations: KvOperation[] = []
  #bytes = 0
  #writing: Promise<void> = Promise.resolve()

  constructor(store: KvStore) {
    this.#store = store
  }

  /** Whether it is time to `flush`. */
  get isFull(): boolean {
    return this.#bytes >= batchBytesMax
  }

  put(key: Uint8Array, value: Uint8Array): void {
    this.#operations.push({ type: 'put', key, value })
    this.#bytes += key.length + value.length
  }

  /** Hands the batch over once the one before it is written. @throws what that one failed with */
  async flush(): Promise<void> {
    const operations = this.#operations
    this.#operations = []
    this.#bytes = 0
    await this.#writing
    this.#writing = this.#store.commit(operations, { durable: false })
    // Told to whoever flushes next.
    this.#writing.catch(() => undefined)
  }

  /** Resolves when the snapshots of the store show everything that was put. */
  async settle(): Promise<void> {
    await this.flush()
    await this.#writing
  }
}
