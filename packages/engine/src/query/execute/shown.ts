/**
 * What leaves a query.
 */

import type { Value } from '@dendrodb/protocol'
import { Closure } from '../functions/closure.ts'
import { queryErrors } from '../query-errors.ts'

/** @throws QUERY_TYPE_EXPECTED for a closure, which is no value outside of the query */
export function shown(value: Value): Value {
  if ((value as unknown) instanceof Closure) {
    throw queryErrors.TYPE_EXPECTED({ clause: 'a result', expected: 'a value', found: 'a closure' })
  }
  return value
}
