/**
 * A database of a data folder, opened in this process, where both have to be there already: opening as such
 * would make them.
 */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Database, openEngine } from '@dendrodb/engine'
import { nearestWord } from '../arguments/nearest-word.ts'
import { cliErrors } from '../cli-errors.ts'

export interface FolderDatabase {
  readonly folder: string
  readonly name: string
  /** As the server has it in DDB_TMK. */
  readonly masterKey?: string | undefined
}

/** @throws CLI_DATA_MISSING, CLI_DATABASE_MISSING, STORAGE_LOCKED, … */
export async function withFolderDatabase<T>(
  { folder, name, masterKey }: FolderDatabase,
  use: (database: Database) => Promise<T>,
): Promise<T> {
  if (!existsSync(join(folder, 'databases'))) throw cliErrors.DATA_MISSING({ folder })
  const engine = await openEngine({ path: folder, ...(masterKey && { masterKey }) })
  try {
    if (!engine.hasDatabase(name)) {
      const near = nearestWord(name, await engine.databaseNames())
      const hint = near === undefined ? '' : `; did you mean ${near}?`
      throw cliErrors.DATABASE_MISSING({ name, folder, hint })
    }
    return await use(await engine.database(name))
  } finally {
    await engine.close()
  }
}
