/**
 * ERASE and COMPACT. For administrators.
 * Why statements of the text alone and not of a transaction: an erasure is a commit of its own on every
 * branch at once, and compaction is none at all.
 */

import { RecordId, type Value } from '@dendrodb/protocol'
import { forgettingErrors } from '../../models/forgetting/forgetting-errors.ts'
import { accessErrors } from '../access-errors.ts'
import type { EraseOf, Expression, ForgettingStatementOf } from '../dql/ast.ts'
import type { ErasureOptions, ForgettingHost } from '../host.ts'
import { describeValue } from '../operators/describe-value.ts'
import { queryErrors } from '../query-errors.ts'
import { createStatementCompiler } from './compile-statement.ts'
import type { RequestRun } from './request-run.ts'

export async function runForgettingStatement(
  request: RequestRun,
  statement: ForgettingStatementOf<Expression>,
): Promise<void> {
  const startedAt = performance.now()
  const name = statement.kind.toUpperCase()
  try {
    if (!request.access.isUnrestricted) throw accessErrors.ADMIN_REQUIRED({ statement: name })
    request.checkWritable()
    const { forgetting } = await request.openDatabase()
    if (forgetting === undefined) throw forgettingErrors.ON_BRANCH({ statement: name })
    const done = statement.kind === 'erase' ? erase(request, forgetting, statement) : compact(forgetting)
    request.succeed(await done, startedAt)
  } catch (error) {
    request.fail(error, startedAt)
  }
}

async function erase(
  request: RequestRun,
  forgetting: ForgettingHost,
  { targets, reason }: EraseOf<Expression>,
): Promise<Value> {
  const ids: RecordId[] = []
  for (const target of targets) ids.push(...idsOf(await evaluate(request, target)))
  const because = reason && (await evaluate(request, reason))
  if (because !== undefined && typeof because !== 'string') {
    throw queryErrors.TYPE_EXPECTED({ clause: 'REASON', expected: 'a text', found: describeValue(because) })
  }
  const { meta } = request.session
  const options: ErasureOptions = {
    ...(because !== undefined && { reason: because }),
    ...(meta && { meta }),
  }
  const { id, seq, head, ...answer } = await forgetting.erase(ids, options)
  request.receipt = { seq, head }
  return { erasure: id, ...answer }
}

async function compact(forgetting: ForgettingHost): Promise<Value> {
  const { bytesBefore, bytesAfter } = await forgetting.compact()
  return { bytes_before: bytesBefore, bytes_after: bytesAfter }
}

function evaluate(request: RequestRun, expression: Expression): Promise<Value> {
  return request.evaluate(createStatementCompiler().expression(expression))
}

/** @throws QUERY_TYPE_EXPECTED */
function idsOf(value: Value): readonly RecordId[] {
  if (value instanceof RecordId) return [value]
  if (Array.isArray(value)) return value.flatMap(idsOf)
  throw queryErrors.TYPE_EXPECTED({ clause: 'ERASE', expected: 'record ids', found: describeValue(value) })
}
