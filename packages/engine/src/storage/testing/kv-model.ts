/** A store as slow and as simple as can be: a sorted array, copied for each snapshot. */

import type { KeyRange, KvEntry, KvOperation, ScanOptions } from '../kv-store.ts'

export class KvModel {
  readonly entries: readonly KvEntry[]

  constructor(entries: readonly KvEntry[] = []) {
    this.entries = entries
  }

  after(batch: readonly KvOperation[]): KvModel {
    let entries = [...this.entries]
    for (const operation of batch) {
      const key = Buffer.from(operation.key)
      entries = entries.filter((entry) => Buffer.compare(entry.key, key) !== 0)
      if (operation.type === 'put') entries.push({ key, value: Buffer.from(operation.value) })
    }
    return new KvModel(entries.sort((left, right) => Buffer.compare(left.key, right.key)))
  }

  get(key: Uint8Array): Buffer | undefined {
    return this.entries.find((entry) => Buffer.compare(entry.key, key) === 0)?.value
  }

  scan({ gte, lt }: KeyRange, { reverse, limit, values }: ScanOptions): KvEntry[] {
    const found = this.entries.filter(
      ({ key }) => Buffer.compare(key, gte) >= 0 && Buffer.compare(key, lt) < 0,
    )
    if (reverse === true) found.reverse()
    const limited = found.slice(0, limit)
    return values === false ? limited.map(({ key }) => ({ key, value: Buffer.alloc(0) })) : limited
  }
}
