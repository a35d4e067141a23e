/**
 * The HTTP door: fastify with one encapsulated part per area, and the rules that hold for all of them.
 * A request goes through: its id, security headers, CORS → who asks and rate limit (under `/api`) → body →
 * route → log and metrics.
 */

import type { Server } from 'node:http'
import type { Engine, SessionLimits } from '@dendrodb/engine'
import { AssertionError } from '@dendrodb/protocol'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { AuthService } from '../auth/auth-service.ts'
import { RootToken } from '../auth/root-token.ts'
import type { Config } from '../config/settings.ts'
import type { Log } from '../observability/log.ts'
import { ServerMetrics } from '../observability/server-metrics.ts'
import { admitDaemon } from './admit-daemon.ts'
import { BodyBudget } from './body-budget.ts'
import { connectionLimit } from './connection-limit.ts'
import { CrossOrigin } from './cors.ts'
import { DaemonDatabases } from './daemon/daemon-databases.ts'
import { sendDaemonError } from './daemon-error-answers.ts'
import { answerClientError, answerSocket, createErrorHandler, sendError } from './error-answers.ts'
import { EventStreams } from './event-streams.ts'
import { httpErrors } from './http-errors.ts'
import { admitAnyone, admitSignedIn, type IdentifyOptions } from './identify.ts'
import { InFlight } from './in-flight.ts'
import { acceptJsonBodies } from './json-body.ts'
import { KnownRoutes } from './known-routes.ts'
import {
  headerBytesMax,
  keepAliveMs,
  lastRequestsMs,
  pathPartCharsMax,
  pathShownCharsMax,
  slowClientsCheckMs,
} from './limits.ts'
import { ambiguityOf } from './one-meaning.ts'
import { createOperatorCheck } from './operator-access.ts'
import { RateLimiter } from './rate-limiter.ts'
import { isRefusing } from './refused-body.ts'
import { RequestDatabases } from './request-database.ts'
import { requestIdOf } from './request-id.ts'
import { releaseAtEnd } from './request-leases.ts'
import { RequestLog } from './request-log.ts'
import { adminRoutes } from './routes/admin-routes.ts'
import { auditRoutes } from './routes/audit-routes.ts'
import { accountRoutes, signInRoutes } from './routes/auth-routes.ts'
import { backupRoutes } from './routes/backup-routes.ts'
import { branchRoutes } from './routes/branch-routes.ts'
import { daemonDatabaseRoutes } from './routes/daemon-database-routes.ts'
import { eventRoutes, subscriptionRoutes } from './routes/daemon-event-routes.ts'
import { daemonMongoRoutes } from './routes/daemon-mongo-routes.ts'
import { daemonReadRoutes } from './routes/daemon-read-routes.ts'
import { daemonRecordRoutes } from './routes/daemon-record-routes.ts'
import { dataRoutes } from './routes/data-routes.ts'
import { forgettingRoutes } from './routes/forgetting-routes.ts'
import { healthRoutes } from './routes/health-routes.ts'
import { historyRoutes } from './routes/history-routes.ts'
import { metricsRoutes } from './routes/metrics-routes.ts'
import { nqlRoutes } from './routes/nql-routes.ts'
import { proofRoutes } from './routes/proof-routes.ts'
import { queryRoutes } from './routes/query-routes.ts'
import { snapshotRoutes } from './routes/snapshot-routes.ts'
import { transferRoutes } from './routes/transfer-routes.ts'
import { securityHeaders, strictTransportHeader } from './security-headers.ts'

export interface TlsFiles {
  readonly cert: Buffer
  readonly key: Buffer
}

export interface HttpOptions {
  readonly config: Config
  readonly engine: Engine
  readonly auth: AuthService
  /** 64 hexadecimal digits; backups are encrypted with it. */
  readonly masterKey: string | undefined
  readonly log: Log
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly tls: TlsFiles | undefined
  /** Whether databases are still being opened for the first time. */
  readonly isStarting: () => boolean
}

export interface HttpServer {
  readonly app: FastifyInstance
  readonly metrics: ServerMetrics
}

export function createHttpServer(options: HttpOptions): HttpServer {
  const { config, engine, auth, log, now, isStarting } = options
  const app = createApp(options)
  const databases = new RequestDatabases(engine)
  const metrics = new ServerMetrics(() => databases.commitCounts())
  const inFlight = new InFlight(config.requestTimeoutMs)
  const streams = new EventStreams()
  let isClosing = false

  acceptJsonBodies(app, new BodyBudget(config.bodiesBytesMax, config.bodyBytesMax))
  app.decorateRequest('principal')
  app.decorateRequest('releases')
  app.setErrorHandler(createErrorHandler(log))
  app.addHook('preClose', async () => {
    isClosing = true
    inFlight.endConnections()
    await readArrived()
    streams.close()
  })
  const sweep = setInterval(() => {
    inFlight.cutOffStalled(performance.now())
    streams.cutOffStalled(performance.now())
  }, slowClientsCheckMs).unref()
  app.addHook('onClose', async () => clearInterval(sweep))
  const requestLog = new RequestLog(log, metrics)
  app.addHook('onRequest', (request, reply, done) => {
    // What comes behind a refused body is left without an answer; its connection ends.
    if (isRefusing(request.raw.socket)) return void reply.hijack()
    requestLog.watch(request, reply)
    inFlight.watch(reply.raw)
    releaseAtEnd(request, reply)
    done()
  })
  answerUnknownRoutes(app, new CrossOrigin(config.corsOrigins), options.tls !== undefined)

  const checkOperator = createOperatorCheck({
    allowedIps: config.metricsAllowedIps,
    trustedProxies: config.trustedProxies,
  })
  const isSealing = options.masterKey !== undefined
  healthRoutes(app, { engine, inFlight, isClosing: () => isClosing, checkOperator, isSealing, isStarting })
  metricsRoutes(app, { metrics, checkOperator })
  const admission: IdentifyOptions = {
    auth,
    userLimiter: new RateLimiter(config.userRequestsPerMinute, now),
    addressLimiter: new RateLimiter(config.anonymousRequestsPerMinute, now),
  }
  app.register(async (open) => {
    open.addHook('onRequest', admitAnyone(admission))
    signInRoutes(open, { auth, databases })
  })
  app.register(async (signedIn) => {
    signedIn.addHook('onRequest', admitSignedIn(admission))
    const limits = queryLimitsOf(config)
    queryRoutes(signedIn, { engine, databases, limits, log, metrics })
    nqlRoutes(signedIn, { databases, limits, metrics })
    dataRoutes(signedIn, { databases, limits, metrics })
    historyRoutes(signedIn, { databases, limits, metrics })
    accountRoutes(signedIn, { auth, databases })
    adminRoutes(signedIn, { auth, databases })
    auditRoutes(signedIn, { databases })
    proofRoutes(signedIn, { databases, limits })
    const masterKey = options.masterKey === undefined ? undefined : Buffer.from(options.masterKey, 'hex')
    backupRoutes(signedIn, { engine, masterKey })
    transferRoutes(signedIn, { engine, databases })
    branchRoutes(signedIn, { databases })
    snapshotRoutes(signedIn, { databases })
    forgettingRoutes(signedIn, { auth, databases })
  })
  daemonDoor(app, { options, admission, metrics, streams })
  return { app, metrics }
}

interface DaemonParts {
  readonly options: HttpOptions
  readonly admission: IdentifyOptions
  readonly metrics: ServerMetrics
  readonly streams: EventStreams
}

/** `/v1` and `/events`, with their own admission and their own errors. */
function daemonDoor(app: FastifyInstance, { options, admission, metrics, streams }: DaemonParts): void {
  const { config, engine, log } = options
  const { daemonToken: token } = config
  const daemonToken = token === undefined ? undefined : new RootToken(token)
  const admit = admitDaemon({ ...admission, daemonToken })
  const databases = new DaemonDatabases(engine)
  app.register(async (events) => {
    if (config.eventsAccess === 'token') events.addHook('onRequest', admit)
    events.setErrorHandler(createErrorHandler(log, sendDaemonError))
    eventRoutes(events, { engine, streams })
  })
  app.register(async (daemon) => {
    daemon.addHook('onRequest', admit)
    daemon.setErrorHandler(createErrorHandler(log, sendDaemonError))
    daemonDatabaseRoutes(daemon, { engine, databases })
    daemonRecordRoutes(daemon, { databases })
    const limits = queryLimitsOf(config)
    daemonReadRoutes(daemon, { databases, limits, metrics })
    daemonMongoRoutes(daemon, { databases, limits, metrics })
    subscriptionRoutes(daemon, { engine, databases, streams })
  })
}

function createApp({ config, log, tls }: HttpOptions): FastifyInstance {
  const { requestTimeoutMs } = config
  const connections = {
    maxHeaderSize: headerBytesMax,
    // Looked at with the others that must not be missing or repeated, so that the answer is like any other.
    requireHostHeader: false,
    headersTimeout: requestTimeoutMs,
    connectionsCheckingInterval: Math.min(requestTimeoutMs, slowClientsCheckMs),
  }
  const app = Fastify({
    logger: false,
    genReqId: requestIdOf,
    bodyLimit: config.bodyBytesMax,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveMs,
    // Requests in flight are finished; connections without one are closed at once.
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    trustProxy: config.trustedProxies.length === 0 ? false : [...config.trustedProxies],
    routerOptions: { maxParamLength: pathPartCharsMax },
    // Our routes read values, not schemas; without this the start loads a compiler for them.
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    frameworkErrors: (error, request, reply) => {
      setCommonHeaders(request, reply)
      createErrorHandler(log)(error, request, reply)
    },
    clientErrorHandler: answerClientError,
    ...(tls === undefined ? { http: connections } : { https: { ...tls, ...connections } }),
  })
  refuseByProtocol(app.server)
  app.server.maxConnections = connectionLimit(config.connectionsMax)
  return app as unknown as FastifyInstance
}

/** Waits until what clients have sent by now is read, so that it is answered. */
async function readArrived(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, lastRequestsMs))
  // However late the timer was: sockets are read between one turn and the next.
  for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

/** What Node answers without a request, or not at all. */
function refuseByProtocol(server: Server): void {
  // An expectation that nobody knows may be ignored (RFC 9110, 10.1.1).
  server.on('checkExpectation', (request, answer) => server.emit('request', request, answer))
  server.on('connect', (_, socket) => {
    const details = { path: 'this server', method: 'CONNECT', allowed: 'no tunnels' }
    answerSocket(socket, httpErrors.METHOD_NOT_ALLOWED(details))
  })
}

function noSchemas(): never {
  throw new AssertionError('a route declares a schema')
}

/** Headers of every answer, and what is answered where there is no route. */
function answerUnknownRoutes(app: FastifyInstance, crossOrigin: CrossOrigin, isTls: boolean): void {
  const known = new KnownRoutes()
  app.addHook('onRoute', ({ url, method }) => known.add(url, [method].flat()))
  app.addHook('onRequest', (request, reply, done) => {
    setCommonHeaders(request, reply)
    if (isTls) reply.header('strict-transport-security', strictTransportHeader)
    crossOrigin.allow(request, reply)
    const ambiguity = ambiguityOf(request.raw)
    if (ambiguity !== undefined) reply.header('connection', 'close')
    done(ambiguity)
  })
  app.setNotFoundHandler((request, reply) => {
    const [path = ''] = request.url.split('?')
    const methods = known.methodsOf(path)
    const shown = path.slice(0, pathShownCharsMax)
    const send = isDaemonPath(path) ? sendDaemonError : sendError
    if (methods.length === 0) return send(reply, httpErrors.ROUTE_UNKNOWN({ path: shown }))
    const allowed = methods.join(', ')
    reply.header('allow', allowed)
    if (request.method !== 'OPTIONS') {
      return send(reply, httpErrors.METHOD_NOT_ALLOWED({ path: shown, method: request.method, allowed }))
    }
    crossOrigin.allowPreflight(reply, methods)
    return reply.code(204).send()
  })
}

/** Of the daemon API, which words its errors in its own way. */
function isDaemonPath(path: string): boolean {
  return path === '/v1' || path.startsWith('/v1/') || path === '/events'
}

function setCommonHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('x-request-id', request.id)
  reply.headers(securityHeaders)
}

function queryLimitsOf({ queryTimeoutMs, queryMemoryBytes, queryRowsMax }: Config): SessionLimits {
  return { timeoutMs: queryTimeoutMs, memoryBytes: queryMemoryBytes, resultRows: queryRowsMax }
}
