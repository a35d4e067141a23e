/**
 * A database without a manifest goes through its log before it takes writes. A command that opens it does its
 * work and leaves, so that it has to wait: it would find the scan begun anew each time.
 */

import { setTimeout } from 'node:timers/promises'
import type { Database } from '@dendrodb/engine'
import type { Progress } from '../output/progress-bar.ts'

const tellEveryMs = 100

/**
 * Resolves when the scan has ended, well or not; at once where there is none.
 * @param onProgress may throw to give up waiting
 */
export async function awaitFirstScan(
  database: Database,
  onProgress: (progress: Progress) => void = () => undefined,
): Promise<void> {
  if (database.scanProgress === undefined) return
  const ended = database.scanned().then(() => true)
  while (!(await Promise.race([ended, setTimeout(tellEveryMs, false)]))) {
    const { scanProgress: scan } = database
    if (scan !== undefined) onProgress({ phase: 'first scan', done: scan.objects, total: scan.of })
  }
}
