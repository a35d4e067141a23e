/** A store in which the values under some keys are damaged, as its checksums tell. */

import type { KeyRange, KvEntry, KvSnapshot, KvStore, ScanOptions } from '../../storage/kv-store.ts'
import { damaged } from '../../storage/leveldb/level-errors.ts'

export function damageValues(store: KvStore, keys: readonly Uint8Array[]): KvStore {
  const check = (key: Uint8Array) => {
    if (keys.some((each) => Buffer.compare(each, key) === 0))
      throw damaged('its checksum does not match', key)
  }
  return {
    reads: 'async',
    limits: store.limits,
    snapshot: () => damagedSnapshot(store.snapshot(), check),
    commit: (batch, options) => store.commit(batch, options),
    sizeBytes: (range) => store.sizeBytes(range),
    compact: (range) => store.compact(range),
    purge: (options) => store.purge(options),
    findDamage: () => store.findDamage(),
    close: () => store.close(),
  }
}

function damagedSnapshot(snapshot: KvSnapshot, check: (key: Uint8Array) => void): KvSnapshot {
  return {
    async get(key) {
      check(key)
      return snapshot.get(key)
    },
    async getMany(keys) {
      for (const key of keys) check(key)
      return snapshot.getMany(keys)
    },
    async *scan(range: KeyRange, options: ScanOptions = {}): AsyncGenerator<readonly KvEntry[]> {
      for await (const chunk of snapshot.scan(range, options)) {
        for (const entry of chunk) {
          if (options.values !== false) check(entry.key)
          yield [entry]
        }
      }
    },
    close: () => snapshot.close(),
  }
}
