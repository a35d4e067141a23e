/**
 * `/api/admin/audit`: the chain for auditors: whether it holds, and proofs of records.
 * What does not hold is answered with 409 and the same body, so that a script sees it without reading on.
 */

import type { ChainReport, CommitReport, Database } from '@dendrodb/engine'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { receiptsDefault, receiptsMax } from '../../anchors/limits.ts'
import { type Receipt, ReceiptStore } from '../../anchors/receipt-store.ts'
import { authErrors } from '../../auth/auth-errors.ts'
import { mayAdminister } from '../../auth/principal.ts'
import { sendValue } from '../answer.ts'
import { auditProofsDefault, auditProofsMax } from '../limits.ts'
import { queryNumber, readNumber, seqBounds } from '../query-numbers.ts'
import type { RequestDatabases } from '../request-database.ts'
import { proofRecord } from './proof-routes.ts'

export interface AuditRouteOptions {
  readonly databases: RequestDatabases
}

interface CommitPath {
  readonly Params: { readonly tx_id: string }
}

interface EntityPath {
  readonly Params: { readonly entity_id: string }
}

const brokenStatus = 409

export function auditRoutes(app: FastifyInstance, { databases }: AuditRouteOptions): void {
  /** A whole chain is gone through once at a time, however many ask. */
  const running = new Map<Database, Promise<ChainReport>>()
  const chainOf = (database: Database): Promise<ChainReport> => {
    const known = running.get(database)
    if (known !== undefined) return known
    const report = database.verifyChain().finally(() => running.delete(database))
    running.set(database, report)
    return report
  }

  app.get<CommitPath>('/api/admin/audit/verify/:tx_id', async (request, reply) => {
    checkAdmin(request)
    const seq = readNumber(request.params.tx_id, 'tx_id', seqBounds)
    const report = await (await databases.of(request)).verifyCommit(seq)
    if (!report.isIntact) reply.code(brokenStatus)
    return sendValue(request, reply, commitBody(report))
  })

  app.get('/api/admin/audit/chain', async (request, reply) => {
    checkAdmin(request)
    const report = await chainOf(await databases.of(request))
    if (!report.isIntact) reply.code(brokenStatus)
    return sendValue(request, reply, chainBody(report))
  })

  app.get<EntityPath>('/api/admin/audit/proof/:entity_id', async (request, reply) => {
    checkAdmin(request)
    const id = proofRecord(request.params.entity_id, 'entity_id')
    const limit = queryNumber(request, 'limit', { least: 1, most: auditProofsMax }) ?? auditProofsDefault
    const proofs = await (await databases.of(request)).versionProofs(id, limit)
    return sendValue(request, reply, { entity_id: id.toString(), proofs })
  })

  app.get('/api/admin/audit/anchors', async (request, reply) => {
    checkAdmin(request)
    const limit = queryNumber(request, 'limit', { least: 1, most: receiptsMax }) ?? receiptsDefault
    const offset = queryNumber(request, 'offset', seqBounds) ?? 0
    const receipts = await new ReceiptStore(await databases.of(request)).list({ limit, offset })
    const count = receipts.length
    return sendValue(request, reply, { receipts: receipts.map(receiptBody), count, limit, offset })
  })
}

function receiptBody(receipt: Receipt) {
  const { fromSeq, toSeq, batchRoot, chain, status, createdAt, anchoredAt, progress, error } = receipt
  return {
    id: String(toSeq),
    batch_root: batchRoot,
    chain,
    tx_hash: progress.txHash ?? null,
    ipfs_cid: progress.ipfsCid ?? null,
    anchored_at: anchoredAt ?? null,
    status,
    tx_count: toSeq - fromSeq + 1,
    from_seq: fromSeq,
    to_seq: toSeq,
    created_at: createdAt,
    ...(error !== undefined && { error }),
  }
}

/** @throws AUTH_FORBIDDEN */
function checkAdmin({ principal }: FastifyRequest): void {
  if (!mayAdminister(principal)) throw authErrors.FORBIDDEN()
}

function commitBody({ isIntact, seq, storedHead, computedHead, fields, findings }: CommitReport) {
  return {
    tx_id: seq,
    valid: isIntact,
    detail: detailOf(findings),
    stored_root: storedHead ?? null,
    computed_root: computedHead ?? null,
    triple_count: fields,
  }
}

function chainBody({ isIntact, seq, head, firstBrokenSeq, findings }: ChainReport) {
  return {
    valid: isIntact,
    total_transactions: seq,
    first_broken_tx: firstBrokenSeq ?? null,
    detail: detailOf(findings),
    head,
  }
}

function detailOf([first]: CommitReport['findings']): string {
  return first === undefined ? 'intact' : `${first.what}: ${first.reason}`
}
