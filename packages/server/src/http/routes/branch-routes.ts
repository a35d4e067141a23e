/**
 * `/api/branches`: branches made, listed, compared, merged and removed, by admins of the database and root.
 * A name with slashes is one part of the path, encoded.
 */

import type { BranchInfo, Database, MergeAnswer, RecordDiff } from '@dendrodb/engine'
import type { ValueObject } from '@dendrodb/protocol'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { authErrors } from '../../auth/auth-errors.ts'
import { mayAdminister } from '../../auth/principal.ts'
import { sendValue } from '../answer.ts'
import { changeBody } from '../change-body.ts'
import { fieldError, objectBody, optionalTextField, textField } from '../json-body.ts'
import { diffRecordsDefault, diffRecordsMax } from '../limits.ts'
import { queryNumber, seqBounds } from '../query-numbers.ts'
import type { RequestDatabases } from '../request-database.ts'
import { abortOf } from '../request-session.ts'
import { queryText, timeField } from '../request-times.ts'
import { adminMetaOf } from '../write-request.ts'

export interface BranchRouteOptions {
  readonly databases: RequestDatabases
}

interface BranchPath {
  readonly Params: { readonly name: string }
}

const conflictStatus = 409

export function branchRoutes(app: FastifyInstance, { databases }: BranchRouteOptions): void {
  const open = async (request: FastifyRequest): Promise<Database> => {
    if (!mayAdminister(request.principal)) throw authErrors.FORBIDDEN()
    return databases.of(request)
  }

  app.get('/api/branches', async (request, reply) => {
    const { branches } = await open(request)
    return sendValue(request, reply, { branches: branches.list().map(branchBody) })
  })

  app.post('/api/branches', async (request, reply) => {
    const { branches } = await open(request)
    const body = objectBody(request)
    const from = optionalTextField(body, 'from')
    const comment = optionalTextField(body, 'comment')
    const at = timeField(body.at, 'at')
    const { seq, head, ...info } = await branches.create(textField(body, 'name'), {
      ...(from !== undefined && { from }),
      ...(at && { at }),
      ...(comment !== undefined && { comment }),
      meta: adminMetaOf(request, body),
    })
    reply.code(201).header('location', `/api/branches/${encodeURIComponent(info.name)}`)
    return sendValue(request, reply, { ...branchBody(info), seq, head })
  })

  app.get<BranchPath>('/api/branches/:name', async (request, reply) => {
    const { branches } = await open(request)
    return sendValue(request, reply, branchBody(branches.info(request.params.name)))
  })

  app.get<BranchPath>('/api/branches/:name/diff', async (request, reply) => {
    const { branches } = await open(request)
    const limit = queryNumber(request, 'limit', { least: 1, most: diffRecordsMax }) ?? diffRecordsDefault
    const start = queryNumber(request, 'start', seqBounds) ?? 0
    const from = queryText(request, 'from')
    const tables = queryText(request, 'tables')
    const fromAt = queryNumber(request, 'from_at', seqBounds)
    if (from === undefined && fromAt !== undefined) throw fieldError('from', 'a branch', 'required')
    const diff = branches.diff({
      to: pointOf(request.params.name, queryNumber(request, 'at', seqBounds)),
      ...(from !== undefined && { from: pointOf(from, fromAt) }),
      ...(tables !== undefined && { tables: tables.split(',') }),
    })
    const { rows, hasMore } = await pageOf(diff, start, limit)
    return sendValue(request, reply, { changes: rows.map(changeBody), has_more: hasMore })
  })

  app.post<BranchPath>('/api/branches/:name/merge', async (request, reply) => {
    const { branches } = await open(request)
    const body = request.body === undefined ? {} : objectBody(request)
    const into = optionalTextField(body, 'into')
    const answer = await branches.merge(request.params.name, {
      strict: flagField(body, 'strict'),
      ...(into !== undefined && { into }),
      ...(body.resolve !== undefined && body.resolve !== null && { resolve: body.resolve }),
      meta: adminMetaOf(request, body),
      signal: abortOf(reply),
    })
    if (answer.status === 'conflicts') reply.code(conflictStatus)
    return sendValue(request, reply, mergeBody(answer))
  })

  app.delete<BranchPath>('/api/branches/:name', async (request, reply) => {
    const { branches } = await open(request)
    const { seq, head } = await branches.remove(request.params.name, {
      meta: adminMetaOf(request, request.query as ValueObject),
    })
    return reply.code(204).header('x-ddb-seq', seq).header('x-ddb-head', head).send()
  })
}

async function pageOf(diff: AsyncIterable<readonly RecordDiff[]>, start: number, limit: number) {
  const rows: RecordDiff[] = []
  let skipped = 0
  for await (const chunk of diff) {
    // One more than asked for tells whether there is another page.
    rows.push(...chunk.slice(Math.max(0, start - skipped)).slice(0, limit + 1 - rows.length))
    skipped += chunk.length
    if (rows.length > limit) break
  }
  return { rows: rows.slice(0, limit), hasMore: rows.length > limit }
}

function pointOf(branch: string, seq: number | undefined) {
  return seq === undefined ? { branch } : { branch, at: { seq } }
}

/** @throws HTTP_FIELD_INVALID */
function flagField(body: ValueObject, field: string): boolean {
  const value = body[field]
  if (value === undefined || value === null) return false
  if (typeof value === 'boolean') return value
  throw fieldError(field, 'true or false', 'type')
}

function branchBody({ name, number, parent, forkedAt, created, comment }: BranchInfo): ValueObject {
  return { name, number, parent, forked_at: forkedAt, created, ...(comment !== undefined && { comment }) }
}

function mergeBody(answer: MergeAnswer): ValueObject {
  const { status, source, target, changed, resolved, conflictCount, conflicts, seq, head } = answer
  return {
    status,
    source,
    target,
    changed,
    resolved,
    conflict_count: conflictCount,
    conflicts: conflicts.map(({ id, kind, base, ours, theirs, fields, records }) => ({
      id,
      kind,
      base: base ?? null,
      ours: ours ?? null,
      theirs: theirs ?? null,
      ...(fields && { fields }),
      ...(records && { records }),
    })),
    seq,
    head,
  }
}
