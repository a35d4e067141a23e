/**
 * Counts how often in a row a process ended soon after it had opened the store.
 * Why: LevelDB verifies no checksums, and stops the process when damage breaks an assumption of its own,
 * above all when it compacts, which it takes up again at every start. After two such ends the next opening
 * checks all files first, and says which one is damaged instead of going down a third time. A power cut or a
 * kill costs such a check at most.
 * The count is a file that is removed when the store is closed, or has been open for a minute.
 */

import { unlinkSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const fileName = 'OPENED'

/** Ends in a row after which an opening checks all files. */
export const earlyEndsMax = 2
export const settledAfterMs = 60_000

export async function countEarlyEnds(folder: string): Promise<number> {
  const text = await readFile(join(folder, fileName), 'latin1').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '0'
    throw error
  })
  const count = Number(text)
  return Number.isSafeInteger(count) ? count : earlyEndsMax
}

/** Counts the present process as ended early until it proves otherwise. */
export async function noteOpening(folder: string, earlyEnds: number): Promise<void> {
  await writeFile(join(folder, fileName), String(earlyEnds + 1))
}

/** At once, because the folder may be gone a moment later. */
export function noteSettled(folder: string): void {
  try {
    unlinkSync(join(folder, fileName))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
