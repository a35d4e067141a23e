/**
 * What leaves a query, to its caller or into the database.
 */

import type { Value } from '@dendrodb/protocol'
import type { RequestContext } from '../compile/eval-context.ts'
import { holdsClosure } from '../functions/closure.ts'
import { queryErrors } from '../query-errors.ts'

/**
 * The value, if it is one outside of the query as well. Looked into only where the request has made a
 * closure.
 * @throws QUERY_TYPE_EXPECTED for a closure and what holds one
 */
export function shown(value: Value, { hasClosures }: RequestContext, clause = 'a result'): Value {
  if (!hasClosures || !holdsClosure(value)) return value
  throw queryErrors.TYPE_EXPECTED({ clause, expected: 'a value', found: 'a closure' })
}
