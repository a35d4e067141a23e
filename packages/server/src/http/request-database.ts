/**
 * The database a request is about: `database` in the body of a query, else the header `X-DDB-Database`, else
 * `main`.
 * Root makes a database by naming it, but not in order to read; for everybody else it has to be there, and be
 * the one of their token.
 */

import { checkDatabaseName, type Database, type Engine } from '@dendrodb/engine'
import type { FastifyRequest } from 'fastify'
import { authErrors } from '../auth/auth-errors.ts'
import { httpErrors } from './http-errors.ts'
import { retainFor } from './request-leases.ts'

export const defaultDatabase = 'main'

export class RequestDatabases {
  readonly #engine: Engine

  constructor(engine: Engine) {
    this.#engine = engine
  }

  /** @throws AUTH_TOKEN_DATABASE, HTTP_DATABASE_UNKNOWN, ENGINE_DATABASE_NAME, … */
  async of(request: FastifyRequest, named?: string): Promise<Database> {
    const { principal } = request
    const name = databaseNamed(request, named)
    if (principal.type === 'user' && principal.database !== name) {
      throw authErrors.TOKEN_DATABASE({ issuedFor: principal.database, asked: name })
    }
    const makes = principal.type === 'root' && request.method !== 'GET' && request.method !== 'HEAD'
    if (!makes && !this.#engine.hasDatabase(checkDatabaseName(name))) {
      throw httpErrors.DATABASE_UNKNOWN({ name })
    }
    return retainFor(request, await this.#engine.database(name))
  }

  /** Newest commit by database, of those that are open. */
  *commitCounts(): Iterable<readonly [string, number]> {
    for (const database of this.#engine.openDatabases()) yield [database.name, database.head().seq]
  }
}

/** The name alone, whether there is such a database or not. */
export function databaseNamed(request: FastifyRequest, named?: string): string {
  return named ?? headerName(request) ?? defaultDatabase
}

function headerName(request: FastifyRequest): string | undefined {
  const given = request.headers['x-ddb-database']
  return typeof given === 'string' ? given : undefined
}
