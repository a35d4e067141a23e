/**
 * Requests that are protected against being carried out twice, by an idempotency key or a nonce.
 * What is protected is the request and not each of its statements: it is one transaction, and whoever repeats
 * it is given its results. BEGIN and COMMIT around all of it are allowed. A request that writes nothing needs
 * no protection.
 */

import type { Value } from '@dendrodb/protocol'
import type { PreparedStatement, PreparedText } from '../query-cache.ts'
import { ownKinds } from './own-kinds.ts'
import type { RequestRun } from './request-run.ts'
import { runText } from './run-text.ts'
import { commitStatements } from './transaction.ts'

/** @param asked the request as a value */
export async function runOnce(request: RequestRun, text: PreparedText, asked: Value): Promise<void> {
  if (text.length === 1 && isOnItsOwn(text[0] as PreparedStatement)) return runText(request, text)
  const isWrapped = text[0]?.statement.kind === 'begin' && text.at(-1)?.statement.kind === 'commit'
  const body = isWrapped ? text.slice(1, -1) : text
  if (!body.some(mayWrite)) return runText(request, text)
  if (isWrapped) request.succeed(undefined, performance.now())
  await commitStatements(request, { body, firstNumber: isWrapped ? 2 : 1, hasCommit: isWrapped, asked })
}

/** These guard themselves. */
function isOnItsOwn({ statement: { kind } }: PreparedStatement): boolean {
  return ownKinds.has(kind)
}

/** What cannot be compiled is left to the transaction to refuse. */
function mayWrite(prepared: PreparedStatement): boolean {
  try {
    return prepared.compiled.isWrite
  } catch {
    return true
  }
}
