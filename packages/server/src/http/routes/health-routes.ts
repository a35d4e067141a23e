/**
 * What load balancers and people ask first: does it live, may it be sent requests, which version is it.
 */

import type { Engine } from '@dendrodb/engine'
import { RecordId } from '@dendrodb/protocol'
import type { FastifyInstance } from 'fastify'
import { version } from '../../version.ts'
import { httpErrors } from '../http-errors.ts'
import { readyProbeMs } from '../limits.ts'
import { defaultDatabase } from '../request-database.ts'

export interface HealthOptions {
  readonly engine: Engine
  readonly isClosing: () => boolean
}

export function healthRoutes(app: FastifyInstance, { engine, isClosing }: HealthOptions): void {
  app.get('/health', async () => ({ status: 'ok', version }))
  app.get('/live', async () => ({ status: 'ok' }))
  app.get('/ready', async () => {
    if (isClosing()) throw httpErrors.NOT_READY({ problem: 'it is shutting down' })
    await probeStore(engine)
    return { status: 'ok' }
  })
}

/** A record of the catalog that is never there: the read goes to the store and back. */
const probe = new RecordId('$table', ' ready?')

async function probeStore(engine: Engine): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    const problem = `the store did not answer within ${readyProbeMs} ms`
    timer = setTimeout(() => reject(httpErrors.NOT_READY({ problem })), readyProbeMs)
  })
  try {
    await Promise.race([engine.database(defaultDatabase).then((database) => database.get(probe)), late])
  } catch (error) {
    const { code } = error as { readonly code?: string }
    if (code === 'HTTP_NOT_READY') throw error
    throw httpErrors.NOT_READY({ problem: 'the store cannot be read' }, { cause: error })
  } finally {
    clearTimeout(timer)
  }
}
