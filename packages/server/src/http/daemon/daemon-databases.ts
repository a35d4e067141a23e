/**
 * The database that a path under `/v1/databases` names. None is made by naming it.
 */

import type { Database, Engine } from '@dendrodb/engine'
import { checkDatabaseName } from '@dendrodb/engine'
import type { FastifyRequest } from 'fastify'
import { httpErrors } from '../http-errors.ts'
import { retainFor } from '../request-leases.ts'

export interface DatabasePath {
  readonly Params: { readonly name: string }
}

export class DaemonDatabases {
  readonly #engine: Engine

  constructor(engine: Engine) {
    this.#engine = engine
  }

  /** Of a database that is there. @throws HTTP_DATABASE_UNKNOWN, ENGINE_DATABASE_NAME */
  nameOf(request: FastifyRequest): string {
    const name = checkDatabaseName((request.params as DatabasePath['Params']).name)
    if (!this.#engine.hasDatabase(name)) throw httpErrors.DATABASE_UNKNOWN({ name })
    return name
  }

  /** @throws HTTP_DATABASE_UNKNOWN, ENGINE_DATABASE_NAME, ENGINE_DATABASES_OPEN */
  async of(request: FastifyRequest): Promise<Database> {
    return retainFor(request, await this.#engine.database(this.nameOf(request)))
  }
}
