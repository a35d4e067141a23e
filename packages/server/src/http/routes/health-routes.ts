/**
 * What load balancers and people ask first: does it live, may it be sent requests, which version is it, how
 * does it do.
 */

import type { Database, Engine } from '@dendrodb/engine'
import { RecordId } from '@dendrodb/protocol'
import type { FastifyInstance } from 'fastify'
import { version } from '../../version.ts'
import { httpErrors } from '../http-errors.ts'
import type { InFlight } from '../in-flight.ts'
import { readyProbeMs } from '../limits.ts'
import type { CheckOperator } from '../operator-access.ts'
import { defaultDatabase } from '../request-database.ts'

export interface HealthOptions {
  readonly engine: Engine
  readonly inFlight: InFlight
  readonly isClosing: () => boolean
  readonly checkOperator: CheckOperator
  /** Whether new databases are sealed. */
  readonly isSealing: boolean
  /** Whether databases are still being opened for the first time. */
  readonly isStarting: () => boolean
}

const author = 'The DendroDB authors'

export function healthRoutes(app: FastifyInstance, options: HealthOptions): void {
  const { engine, inFlight, isClosing, checkOperator, isSealing, isStarting } = options
  app.get('/health', async () => ({
    status: 'ok',
    ok: true,
    service: 'dendrodb',
    engine: 'dendrodb',
    version,
    author,
    startup_ready: !isStarting() && !engine.isScanning,
    encrypted: isSealing,
  }))
  app.get('/live', async () => ({ status: 'ok' }))
  app.get('/ready', async () => {
    if (isClosing()) throw httpErrors.NOT_READY({ problem: 'it is shutting down' })
    await probeStore(engine)
    const [scanning] = engine.openDatabases().filter(({ scanProgress }) => scanProgress !== undefined)
    if (scanning !== undefined) throw notReady(scanning)
    if (isStarting()) throw httpErrors.NOT_READY({ problem: 'its databases are being verified' })
    return { status: 'ok' }
  })
  app.get('/health/full', async (request, reply) => {
    checkOperator(request)
    const database = await databaseHealth(engine)
    const isWell = database.status === 'ok' && !isClosing()
    const { rss, heapUsed, external } = process.memoryUsage()
    return reply.code(isWell ? 200 : 503).send({
      status: isWell ? 'ok' : 'degraded',
      service: 'dendrodb',
      version,
      uptime_secs: Math.round(process.uptime()),
      database,
      connections: { active: await countConnections(app), max: app.server.maxConnections },
      requests_in_flight: inFlight.size,
      memory: { resident_bytes: rss, heap_bytes: heapUsed, external_bytes: external },
    })
  })
}

/** Reads are served, writes are not yet. */
function notReady({ name, scanProgress, scanFailure }: Database): Error {
  if (scanFailure !== undefined) {
    return httpErrors.NOT_READY({ problem: `the first scan of ${name} has failed: ${scanFailure.message}` })
  }
  const { objects = 0, of = 0, rate = 0, eta_s = 0 } = scanProgress ?? {}
  const problem = `the first scan of ${name} has gone through ${objects} of ${of} objects`
  return httpErrors.NOT_READY({ problem, objects, of, rate, eta_s })
}

interface DatabaseHealth {
  readonly name: string
  readonly status: 'ok' | 'unreadable'
  readonly seq?: number
}

/** Of the database that every server has. */
async function databaseHealth(engine: Engine): Promise<DatabaseHealth> {
  try {
    await probeStore(engine)
    const { seq } = (await engine.database(defaultDatabase)).head()
    return { name: defaultDatabase, status: 'ok', seq }
  } catch {
    return { name: defaultDatabase, status: 'unreadable' }
  }
}

function countConnections({ server }: FastifyInstance): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)))
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
