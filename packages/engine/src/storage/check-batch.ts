/** What every store refuses alike, so that a batch that one of them takes is taken by all. */

import type { DbError } from '@dendrodb/protocol'
import type { KvOperation, KvStoreLimits } from './kv-store.ts'
import { storageErrors } from './storage-errors.ts'

/** @throws STORAGE_TOO_LARGE */
export function checkBatch(batch: readonly KvOperation[], limits: KvStoreLimits): void {
  let bytes = 0
  for (const operation of batch) {
    const keyBytes = operation.key.length
    const valueBytes = operation.type === 'put' ? operation.value.length : 0
    if (keyBytes > limits.keyBytesMax) throw tooLarge('key', keyBytes, limits.keyBytesMax)
    if (valueBytes > limits.valueBytesMax) throw tooLarge('value', valueBytes, limits.valueBytesMax)
    bytes += keyBytes + valueBytes
  }
  if (bytes > limits.batchBytesMax) throw tooLarge('batch', bytes, limits.batchBytesMax)
}

export interface Expectation {
  readonly key: Uint8Array
  /** `undefined`: the key is absent. */
  readonly value: Uint8Array | undefined
}

/** @throws STORAGE_FENCED unless `found` is what the writer expects. */
export function checkExpected(found: Uint8Array | undefined, { key, value }: Expectation): void {
  const isExpected =
    found === undefined || value === undefined ? found === value : Buffer.compare(found, value) === 0
  if (!isExpected) throw storageErrors.FENCED({ key: Buffer.from(key).toString('hex') })
}

function tooLarge(what: string, bytes: number, limit: number): DbError {
  return storageErrors.TOO_LARGE({ what, bytes, limit })
}
