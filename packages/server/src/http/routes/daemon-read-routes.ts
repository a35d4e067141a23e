/**
 * `/v1/databases/:name`: queries, the log, and what proves it.
 */

import type { Database, LogOptions, SessionLimits, VerifyReport } from '@dendrodb/engine'
import type { Value, ValueObject } from '@dendrodb/protocol'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { ServerMetrics } from '../../observability/server-metrics.ts'
import { sendValue } from '../answer.ts'
import type { DaemonDatabases, DatabasePath } from '../daemon/daemon-databases.ts'
import { entryBody } from '../daemon/log-bodies.ts'
import { findRecord, plainIdOf } from '../daemon/plain-ids.ts'
import { httpErrors } from '../http-errors.ts'
import { fieldError, objectBody, textField } from '../json-body.ts'
import {
  logAnswerBytesMax,
  logCommitsDefault,
  logCommitsMax,
  sinceCommitsDefault,
  sinceCommitsMax,
} from '../limits.ts'
import { queryNumber, seqBounds } from '../query-numbers.ts'
import { checkTable } from '../record-path.ts'
import { abortOf, sessionOf } from '../request-session.ts'

export interface DaemonReadOptions {
  readonly databases: DaemonDatabases
  readonly limits: SessionLimits
  readonly metrics: ServerMetrics
}

interface CollectionPath {
  readonly Params: { readonly name: string; readonly coll: string }
}

export function daemonReadRoutes(app: FastifyInstance, options: DaemonReadOptions): void {
  const { databases, limits, metrics } = options
  /** A database is gone through once at a time, however many ask. */
  const verifying = new Map<Database, Promise<VerifyReport>>()
  const verify = (database: Database): Promise<VerifyReport> => {
    const known = verifying.get(database)
    if (known !== undefined) return known
    const report = database.verify().finally(() => verifying.delete(database))
    verifying.set(database, report)
    return report
  }

  app.post<DatabasePath>('/v1/databases/:name/query', async (request, reply) => {
    const nql = textField(objectBody(request), 'nql')
    const database = await databases.of(request)
    const session = { ...sessionOf(request, limits), signal: abortOf(reply) }
    const startedAt = performance.now()
    const { rows, count, seq, head } = await database.nql(nql, { session })
    metrics.observeQuery('nql', (performance.now() - startedAt) / 1000)
    return sendValue(request, reply, { rows, count, seq, head })
  })

  app.get<DatabasePath>('/v1/databases/:name/verify', async (request, reply) => {
    const { isIntact, seq, head, objectsChecked, findings, findingsCount, durationMs } = await verify(
      await databases.of(request),
    )
    return sendValue(request, reply, {
      ok: isIntact,
      seq,
      head,
      tamper_evident: true,
      objects_checked: objectsChecked,
      tampered: findings.map(({ what, reason }) => `${what}: ${reason}`),
      tampered_count: findingsCount,
      duration_ms: Math.round(durationMs),
    })
  })

  app.get<DatabasePath>('/v1/databases/:name/log', async (request, reply) => {
    const limit = queryNumber(request, 'limit', { least: 1, most: logCommitsMax }) ?? logCommitsDefault
    const database = await databases.of(request)
    const { entries } = await pageOf(database, { newestFirst: true, limit }, reply)
    return sendValue(request, reply, { entries, count: entries.length, ...database.head() })
  })

  app.get<DatabasePath>('/v1/databases/:name/since', async (request, reply) => {
    const after = queryNumber(request, 'after_seq', seqBounds) ?? 0
    const limit = queryNumber(request, 'limit', { least: 1, most: sinceCommitsMax }) ?? sinceCommitsDefault
    const database = await databases.of(request)
    const { entries, lastSeq } = await pageOf(database, { after, limit }, reply)
    const { seq, head } = database.head()
    const next = lastSeq ?? Math.min(after, seq)
    const count = entries.length
    return sendValue(request, reply, { entries, count, next_seq: next, more: next < seq, seq, head })
  })

  app.get<DatabasePath>('/v1/databases/:name/tip', async (request, reply) => {
    const database = await databases.of(request)
    const { seq, head } = database.head()
    const info = seq === 0 ? undefined : await database.commitInfo(seq)
    return sendValue(request, reply, { seq, head, time: info?.time ?? null })
  })

  app.get<CollectionPath>('/v1/databases/:name/collections/:coll/tip', async (request, reply) => {
    const coll = checkTable(request.params.coll)
    const database = await databases.of(request)
    const seq = await database.newestCommitOf(coll, abortOf(reply))
    if (seq === undefined) return sendValue(request, reply, { coll, seq: 0, head: null, time: null })
    const { entries } = await pageOf(database, { after: seq - 1, limit: 1 }, reply)
    const { head, time } = entries[0] as ValueObject
    return sendValue(request, reply, { coll, seq, head: head ?? null, time: time ?? null })
  })

  app.post<DatabasePath>('/v1/databases/:name/checkpoint', async (request, reply) => {
    const database = await databases.of(request)
    const { text, size, root, head, key, time } = await database.checkpoint()
    return sendValue(request, reply, { ok: true, seq: size, head, root, time, key, checkpoint: text })
  })

  app.post<DatabasePath>('/v1/databases/:name/proof', async (request, reply) => {
    const body = objectBody(request)
    const database = await databases.of(request)
    return sendValue(request, reply, { ok: true, proof: await proofOf(database, body, abortOf(reply)) })
  })
}

/** By the hash that a row or a commit shows, or by the names of either. */
async function proofOf(database: Database, body: ValueObject, signal: AbortSignal): Promise<Value> {
  const { hash, coll, id, seq } = body
  if (typeof hash === 'string') {
    const found = await database.findHash(hash, signal)
    if (found === undefined) throw httpErrors.HASH_UNKNOWN({ hash })
    return found.record === undefined
      ? database.proof({ seq: found.seq })
      : database.proof({ record: found.record, asOf: { seq: found.seq } })
  }
  if (hash !== undefined) throw fieldError('hash', 'a text', 'type')
  const commit = seq === undefined || seq === null ? undefined : seq
  if (commit !== undefined && !(typeof commit === 'number' && Number.isSafeInteger(commit))) {
    throw fieldError('seq', 'the number of a commit', 'type')
  }
  if (coll !== undefined) {
    const record = await findRecord(plainIdOf(coll, id, ''), (each) => database.get(each))
    return database.proof({ record, ...(commit !== undefined && { asOf: { seq: commit } }) })
  }
  if (commit === undefined) throw fieldError('hash', 'a hash; or seq is given, or coll and id', 'required')
  return database.proof({ seq: commit })
}

/** Entries up to a number of bytes, so that no answer grows with the documents in it. */
async function pageOf(database: Database, options: LogOptions, reply: FastifyReply) {
  const signal = abortOf(reply)
  const entries: ValueObject[] = []
  let lastSeq: number | undefined
  let bytes = 0
  for await (const chunk of database.log(options)) {
    signal.throwIfAborted()
    for (const entry of chunk) {
      if (bytes > logAnswerBytesMax) return { entries, lastSeq }
      entries.push(entryBody(entry))
      lastSeq = entry.seq
      bytes += entry.bytes
    }
  }
  return { entries, lastSeq }
}
