/**
 * The floor under ours: the same LevelDB through the storage seam, one key per record, no history, no hashes.
 */

import { join } from 'node:path'
import { encodeCanonical } from '@dendrodb/protocol'
import type { KvSnapshot, KvStore } from '../../packages/engine/src/storage/kv-store.ts'
import { openLevelStore } from '../../packages/engine/src/storage/leveldb/level-store.ts'
import { type Person, personOf } from '../dataset.ts'
import type { Subject } from './subject.ts'

export class RawStoreSubject implements Subject {
  readonly name = 'raw store'
  readonly #store: KvStore
  #snapshot: KvSnapshot

  private constructor(store: KvStore) {
    this.#store = store
    this.#snapshot = store.snapshot()
  }

  static async open(folder: string): Promise<RawStoreSubject> {
    return new RawStoreSubject(await openLevelStore({ path: join(folder, 'raw') }))
  }

  async load(from: number, to: number): Promise<void> {
    for (let at = from; at < to; at += 1_000) {
      const ids = Array.from({ length: Math.min(1_000, to - at) }, (_, index) => at + index)
      const puts = ids.map((id) => ({ type: 'put' as const, key: keyOf(id), value: bytesOf(personOf(id)) }))
      await this.#store.commit(puts)
    }
    this.#snapshot.close()
    this.#snapshot = this.#store.snapshot()
  }

  get(id: number) {
    return this.#snapshot.get(keyOf(id))
  }

  put(id: number, person: Person) {
    return this.#store.commit([{ type: 'put', key: keyOf(id), value: bytesOf(person) }])
  }

  diskBytes() {
    return this.#store.sizeBytes()
  }

  async close(): Promise<void> {
    this.#snapshot.close()
    await this.#store.close()
  }
}

function keyOf(id: number): Buffer {
  const key = Buffer.allocUnsafe(8)
  key.writeBigUInt64BE(BigInt(id))
  return key
}

function bytesOf(person: Person): Uint8Array {
  return encodeCanonical({ ...person })
}
