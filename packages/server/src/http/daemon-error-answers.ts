/**
 * Errors of the daemon API: `{error, code, …}`, whose `error` is a text, as its clients expect.
 * Why another body than under `/api`: clients that exist read `error` as the message.
 */

import { type DbError, errorStatusTable } from '@dendrodb/protocol'
import type { FastifyReply } from 'fastify'
import { publicError } from './answer.ts'
import { sendErrorText } from './error-answers.ts'

/** What a client of the daemon acts on by its text; everything else is told in a sentence. */
const words: ReadonlyMap<string, string> = new Map([['LEDGER_PRECONDITION', 'precondition_failed']])

export function sendDaemonError(reply: FastifyReply, error: DbError): FastifyReply {
  const { code: kind, reason, message, status, ...details } = publicError(error)
  const retryAfter = error.details.retry_after_secs
  if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter))
  if (status === errorStatusTable.unauthenticated.http) reply.header('www-authenticate', 'Bearer')
  const body = { error: words.get(error.code) ?? message, code: reason, kind, message, status, ...details }
  return sendErrorText(reply.code(status), error, JSON.stringify(body))
}
