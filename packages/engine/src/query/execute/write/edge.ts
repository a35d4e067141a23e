/**
 * What a relation table asks of its edges.
 */

import { RecordId, type Value, type ValueObject } from '@dendrodb/protocol'
import type { TableDefinition } from '../../../catalog/definitions.ts'
import type { EvalContext } from '../../compile/eval-context.ts'
import { queryErrors } from '../../query-errors.ts'
import { type Task, wait } from '../task.ts'

export interface EdgeEnds {
  readonly in: RecordId
  readonly out: RecordId
}

/** @throws QUERY_EDGE_ENDS */
export function edgeEnds(table: string, from: Value, to: Value): EdgeEnds {
  if (from instanceof RecordId && to instanceof RecordId) return { in: from, out: to }
  throw queryErrors.EDGE_ENDS({ table })
}

/** @throws QUERY_EDGE_FIXED, QUERY_EDGE_ENDPOINT, QUERY_ENDPOINT_MISSING */
export function* checkEdge(
  table: TableDefinition,
  edge: ValueObject,
  ends: EdgeEnds | undefined,
  ctx: EvalContext,
): Task<void> {
  if (ends === undefined || table.kind.type !== 'relation') return
  const isKept = isSame(edge.in, ends.in) && isSame(edge.out, ends.out)
  if (!isKept) throw queryErrors.EDGE_FIXED({ id: String(edge.id) })
  const { from, to, enforced } = table.kind
  checkTable(table.name, 'from', from, ends.in)
  checkTable(table.name, 'to', to, ends.out)
  if (!enforced) return
  for (const end of [ends.in, ends.out]) {
    // One that the session may not see is none, so that edges cannot be used to find out what exists.
    const record = yield* wait(ctx.readRecord(end))
    if (record === undefined) throw queryErrors.ENDPOINT_MISSING({ id: end.toString(), table: table.name })
  }
}

function checkTable(
  table: string,
  direction: 'from' | 'to',
  allowed: readonly string[],
  end: RecordId,
): void {
  if (allowed.length > 0 && !allowed.includes(end.table)) {
    throw queryErrors.EDGE_ENDPOINT({ table, direction, found: end.toString() })
  }
}

function isSame(value: Value, end: RecordId): boolean {
  return value instanceof RecordId && value.equals(end)
}
