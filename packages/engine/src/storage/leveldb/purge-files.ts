/**
 * Rewrites every table of a LevelDB, so that nothing deleted or overwritten before is in any of them.
 * Why rounds: LevelDB compacts what it finds below the range that it is told, file by file, and passes over
 * files that lie between two of those above. Tables that are older than the order say so by their number;
 * each is then covered exactly, from its first key to its last.
 * Invariant: when it resolves, every table in force was written since, from a state without old
 * versions.
 */

import { readdir } from 'node:fs/promises'
import { purgeRoundsMax } from '../limits.ts'
import { storageErrors } from '../storage-errors.ts'
import { readLiveFiles } from './manifest-file.ts'

export interface PurgedFiles {
  readonly folder: string
  /** Moves what is in memory into a table. */
  flush(): Promise<void>
  /** Rewrites a range, both ends included; everything where there are none. */
  compact(smallest?: Buffer, largest?: Buffer): Promise<void>
}

const tablePattern = /^(\d+)\.(?:ldb|sst)$/

/** @throws STORAGE_IO when LevelDB leaves a table alone whatever it is told */
export async function purgeFiles(files: PurgedFiles): Promise<void> {
  const { folder } = files
  await files.flush()
  const newest = Math.max(0, ...(await tableNumbers(folder)))
  await files.compact()
  for (let round = 0; ; round += 1) {
    const left = (await tableNumbers(folder)).filter((number) => number <= newest)
    if (left.length === 0) return
    if (round === purgeRoundsMax) {
      throw storageErrors.IO({ path: folder, reason: `${left.length} tables could not be rewritten` })
    }
    const live = await readLiveFiles(folder)
    const tables = live === undefined || 'reason' in live ? undefined : live.tables
    for (const number of left) {
      const table = tables?.get(number)
      if (table !== undefined) await files.compact(table.smallest, table.largest)
    }
    // Those that are in force no more go when the files are opened anew; a reader may be at them.
    if (tables !== undefined && left.every((number) => !tables.has(number))) return
    if (tables === undefined) await files.compact()
  }
}

async function tableNumbers(folder: string): Promise<number[]> {
  const names = await readdir(folder)
  return names.flatMap((name) => Number(tablePattern.exec(name)?.[1] ?? [])).filter((number) => number > 0)
}
