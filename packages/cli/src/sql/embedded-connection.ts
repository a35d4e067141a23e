/**
 * A data folder, opened in this process: no server, and nobody else may have the folder open.
 */

import { type Engine, type EngineOptions, openEngine } from '@dendrodb/engine'
import { DbError } from '@dendrodb/protocol'
import { hintFor } from '../arguments/nearest-word.ts'
import { cliErrors } from '../cli-errors.ts'
import { awaitFirstScan } from '../data/await-first-scan.ts'
import type { Connection, Outcome, RunOptions } from './connection.ts'

type Sealing = Pick<EngineOptions, 'masterKey' | 'onWarning'>

/** A server opens it first, so that whoever has it has the folder. */
const firstDatabase = 'main'

/**
 * @param folder path, or `:memory:`
 * @throws STORAGE_LOCKED when another process has it open, STORAGE_KEY_NEEDED, STORAGE_KEY_WRONG
 */
export async function openEmbedded(folder: string, sealing: Sealing = {}): Promise<Connection> {
  const engine = await openEngine(folder === ':memory:' ? {} : { path: folder, ...sealing })
  try {
    if (engine.hasDatabase(firstDatabase)) await engine.database(firstDatabase)
    return new EmbeddedConnection(engine, folder)
  } catch (error) {
    await engine.close()
    throw error
  }
}

class EmbeddedConnection implements Connection {
  readonly target: string
  readonly #engine: Engine
  readonly #folder: string

  constructor(engine: Engine, folder: string) {
    this.#engine = engine
    this.#folder = folder
    this.target = folder === ':memory:' ? 'memory' : folder
  }

  async run(text: string, { database: name, branch, signal }: RunOptions): Promise<readonly Outcome[]> {
    try {
      const database = await this.#engine.database(name)
      await awaitFirstScan(database)
      if (branch !== undefined) database.branches.open(branch)
      const session = { ...(signal && { signal }), ...(branch !== undefined && { branch }) }
      const { results } = await database.run(text, {}, { session })
      return results.map((result) => {
        if (result.status === 'error') return { ...result, error: withCause(result.error) }
        return { status: 'ok', value: result.result, timeMs: result.timeMs }
      })
    } catch (error) {
      throw signal?.aborted === true ? cliErrors.INTERRUPTED({}, { cause: error }) : error
    }
  }

  async expectDatabase(name: string): Promise<void> {
    if (this.#engine.hasDatabase(name)) return
    const hint = hintFor(name, await this.#engine.databaseNames())
    throw cliErrors.DATABASE_MISSING({ name, folder: this.#folder, hint })
  }

  close(): Promise<void> {
    return this.#engine.close()
  }
}

/** In this process nobody keeps a log that would have what lies behind an unexpected error. */
function withCause(error: DbError): DbError {
  if (error.status !== 'internal' || !(error.cause instanceof Error)) return error
  const { code, status, details, cause } = error
  return new DbError({ code, status, details, cause, message: `${error.message}: ${cause.message}` })
}
