/**
 * Work on the files of a database that nobody has open.
 */

import { existsSync } from 'node:fs'
import type { BuildProgress } from './database/build-store.ts'
import { databaseDirectory, storeOpener } from './database/database-files.ts'
import { checkDatabaseName } from './database/database-name.ts'
import { type RebuildReport, rebuildDatabase as rebuildIn } from './database/rebuild-database.ts'
import { engineErrors } from './engine-errors.ts'

export interface RebuildOptions {
  /** Folder of the data, as `openEngine` takes it. */
  readonly path: string
  /** The database. */
  readonly name: string
  readonly onProgress?: (progress: BuildProgress) => void
}

/**
 * Rebuilds a database whose records, indexes or counts are damaged from its own log, verifies what came out,
 * and puts it into force in one step; the head stays what it was. Until then the damaged one stays in force.
 * @throws ENGINE_REBUILD_IMPOSSIBLE, ENGINE_DATABASE_UNKNOWN, STORAGE_LOCKED, STORAGE_CORRUPT, STORAGE_FULL
 * @example await rebuildDatabase({ path: './data', name: 'shop' })
 */
export async function rebuildDatabase({ path, name, onProgress }: RebuildOptions): Promise<RebuildReport> {
  const directory = databaseDirectory(path, checkDatabaseName(name))
  if (!existsSync(directory)) throw engineErrors.DATABASE_UNKNOWN({ name, path })
  return rebuildIn({ directory, name, openStore: storeOpener(), onProgress })
}
