/**
 * Whether the process is about to run out of memory for values.
 * Why beside the bound of each statement: many at once may need more than there is, and a process that has
 * none left ends, with all its requests.
 */

import { getHeapStatistics } from 'node:v8'
import { queryLimits } from '../limits.ts'

/** Asking takes microseconds, and is done by every statement again and again. */
const askedEveryMs = 20

let askedAt = Number.NEGATIVE_INFINITY
let isShort = false

/** @param now of `performance.now()` */
export function isMemoryShort(now: number): boolean {
  if (now - askedAt < askedEveryMs) return isShort
  askedAt = now
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics()
  isShort = used > limit * queryLimits.heapShareMax
  return isShort
}
