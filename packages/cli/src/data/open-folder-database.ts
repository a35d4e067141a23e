/**
 * A data folder, opened in this process, with a database that has to be there already: opening as such would
 * make both.
 */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Database, type Engine, type EngineOptions, openEngine } from '@dendrodb/engine'
import { hintFor } from '../arguments/nearest-word.ts'
import { cliErrors } from '../cli-errors.ts'
import type { Progress } from '../output/progress-bar.ts'
import { awaitFirstScan } from './await-first-scan.ts'

export interface FolderDatabase extends Pick<EngineOptions, 'masterKey' | 'onWarning' | 'upgrades'> {
  readonly folder: string
  readonly name: string
  /** Told how far a first scan is. */
  readonly onProgress?: ((progress: Progress) => void) | undefined
}

/** @throws CLI_DATA_MISSING, CLI_DATABASE_MISSING, STORAGE_LOCKED, … */
export function withFolderDatabase<T>(
  given: FolderDatabase,
  use: (database: Database) => Promise<T>,
): Promise<T> {
  return withEngine(given, async (engine) => {
    const database = await engine.database(given.name)
    await awaitFirstScan(database, given.onProgress)
    return use(database)
  })
}

/** The database is not opened. @throws CLI_DATA_MISSING, CLI_DATABASE_MISSING */
export function checkFolderDatabase(given: FolderDatabase): Promise<void> {
  return withEngine(given, async () => {})
}

async function withEngine<T>(
  { folder, name, onProgress: _, ...sealing }: FolderDatabase,
  use: (engine: Engine) => Promise<T>,
): Promise<T> {
  if (!existsSync(join(folder, 'databases'))) throw cliErrors.DATA_MISSING({ folder })
  const engine = await openEngine({ path: folder, ...sealing })
  try {
    if (!engine.hasDatabase(name)) {
      const hint = hintFor(name, await engine.databaseNames())
      throw cliErrors.DATABASE_MISSING({ name, folder, hint })
    }
    return await use(engine)
  } finally {
    await engine.close()
  }
}
