/**
 * What happens, as it happens: `/events` for all databases, and a subscription to one of them that can be
 * resumed.
 * Why a token for `/events`: names of databases and collections, and how much is written when, say something
 * of what is private. `events_access = "open"` lets anybody follow, as the daemon did.
 */

import type { Database, Engine, EngineEvent, LogEntry } from '@dendrodb/engine'
import { stringifyJson, type ValueObject } from '@dendrodb/protocol'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { DaemonDatabases, DatabasePath } from '../daemon/daemon-databases.ts'
import { entryBody } from '../daemon/log-bodies.ts'
import type { EventStream, EventStreams } from '../event-streams.ts'
import { fieldError } from '../json-body.ts'
import { subscriptionCommits } from '../limits.ts'
import { queryNumber, readNumber, seqBounds } from '../query-numbers.ts'

export interface DaemonEventOptions {
  readonly engine: Engine
  readonly databases: DaemonDatabases
  readonly streams: EventStreams
}

/** Admission is the caller's. */
export function eventRoutes(
  app: FastifyInstance,
  { engine, streams }: Omit<DaemonEventOptions, 'databases'>,
): void {
  app.get('/events', async (request, reply) => {
    const only = textOf(request, 'database')
    const isWanted = (name: string) => only === undefined || name === only
    const stream = streams.open(request, reply)
    const stop = engine.watch((event) => {
      if (isWanted(event.database)) for (const [name, data] of framesOf(event)) stream.send(name, data)
    })
    stream.signal.addEventListener('abort', stop)
    // Where each stands now; what happens from here on comes after it.
    for (const database of engine.openDatabases()) {
      if (isWanted(database.name))
        for (const [name, data] of framesOf(stateOf(database))) stream.send(name, data)
    }
    return reply
  })
}

export function subscriptionRoutes(app: FastifyInstance, options: DaemonEventOptions): void {
  const { engine, databases, streams } = options
  app.get<DatabasePath>('/v1/databases/:name/subscribe', async (request, reply) => {
    const collection = textOf(request, 'coll')
    const database = await databases.of(request)
    const after = startOf(request) ?? database.head().seq
    const stream = streams.open(request, reply)
    const onDropped = (wake: () => void) =>
      engine.watch((event) => {
        if (event.type === 'dropped' && event.database === database.name) wake()
      })
    follow(database, stream, { after, collection, onDropped }).catch((error: unknown) => {
      // The answer has begun: how it ended can only be told in it.
      const { code = 'INTERNAL_UNEXPECTED' } = error as { readonly code?: string }
      stream.send('end', JSON.stringify({ reason: code }))
      stream.end()
    })
    return reply
  })
}

interface Following {
  readonly after: number
  readonly collection: string | undefined
  /** Wakes who waits for the next commit, of which there will be none. */
  readonly onDropped: (wake: () => void) => () => void
}

/** Reads on from where the client is, at the client's pace: nothing waits in memory for it. */
async function follow(
  database: Database,
  stream: EventStream,
  { after, collection, onDropped }: Following,
): Promise<void> {
  let wake: () => void = () => undefined
  const stops = [database.onCommit(() => wake()), onDropped(() => wake())]
  const { signal } = stream
  signal.addEventListener('abort', () => wake())
  try {
    for (let next = after; !signal.aborted; ) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve
      })
      const entries = await entriesAfter(database, next)
      for (const entry of entries) {
        next = entry.seq
        const shown = entryOf(entry, collection)
        if (shown !== undefined) stream.send('write', stringifyJson(shown), entry.seq)
        await stream.drained()
        if (signal.aborted) return
      }
      if (entries.length === 0) await woken
    }
  } finally {
    for (const stop of stops) stop()
  }
}

/** A few, so that no snapshot is held while the client reads. */
async function entriesAfter(database: Database, after: number): Promise<readonly LogEntry[]> {
  const entries: LogEntry[] = []
  for await (const chunk of database.log({ after, limit: subscriptionCommits })) entries.push(...chunk)
  return entries
}

/** `undefined`: it wrote to other collections alone. */
function entryOf(entry: LogEntry, collection: string | undefined): ValueObject | undefined {
  if (collection === undefined) return entryBody(entry)
  const changes = entry.changes.filter(({ id }) => id.table === collection)
  return changes.length === 0 ? undefined : entryBody({ ...entry, changes })
}

/** One write frame per table that the commit wrote to. */
function framesOf(event: EngineEvent): readonly (readonly [name: string, data: string])[] {
  const { database } = event
  switch (event.type) {
    case 'commit': {
      const { seq, head, tables, branch } = event.commit
      return tables.map((coll) => ['write', JSON.stringify({ seq, coll, head, database, branch })])
    }
    case 'scan':
      return [['scan', JSON.stringify({ ...event.progress, database })]]
    case 'ready':
      return [['ready', JSON.stringify({ ...event.head, database })]]
    case 'scan_failed':
      return [['scan_failed', JSON.stringify({ database })]]
    case 'dropped':
      return [['dropped', JSON.stringify({ database })]]
    default:
      return event satisfies never
  }
}

function stateOf(database: Database): EngineEvent {
  const { name, scanProgress: progress } = database
  if (progress !== undefined) return { type: 'scan', database: name, progress }
  return { type: 'ready', database: name, head: database.head() }
}

/** Where a client that lost its connection was, or says that it is. */
function startOf(request: FastifyRequest): number | undefined {
  const { 'last-event-id': last } = request.headers
  if (typeof last === 'string' && last !== '') return readNumber(last, 'Last-Event-ID', seqBounds)
  return queryNumber(request, 'after_seq', seqBounds)
}

/** @throws HTTP_FIELD_INVALID */
function textOf(request: FastifyRequest, name: string): string | undefined {
  const value = (request.query as Readonly<Record<string, unknown>>)[name]
  if (value === undefined || typeof value === 'string') return value
  throw fieldError(name, 'given once', 'type')
}
