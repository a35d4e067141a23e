/**
 * Checks a batch against a store's limits before anything of it is written.
 * Why: every implementation refuses the same batches with the same error.
 */

import type { KvOperation, KvStoreLimits } from './kv-store.ts'
import { storageErrors } from './storage-errors.ts'

/** @throws STORAGE_TOO_LARGE */
export function checkBatchSize(batch: readonly KvOperation[], limits: KvStoreLimits): void {
  let total = 0
  for (const operation of batch) {
    checkSize('key', operation.key.length, limits.keyBytesMax)
    total += operation.key.length
    if (operation.type === 'put') {
      checkSize('value', operation.value.length, limits.valueBytesMax)
      total += operation.value.length
    }
  }
  checkSize('batch', total, limits.batchBytesMax)
}

function checkSize(what: string, bytes: number, bytesMax: number): void {
  if (bytes > bytesMax) throw storageErrors.TOO_LARGE({ what, bytes, bytesMax })
}
