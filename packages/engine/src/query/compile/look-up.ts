/**
 * Parameters that are not the system's.
 */

import type { Value } from '@dendrodb/protocol'
import type { EvalContext } from './eval-context.ts'

/** LET and callers' variables hide what DEFINE PARAM has defined. An unknown parameter is NONE. */
export function lookUp(name: string, { scope, view }: EvalContext): Value {
  return scope.has(name) ? scope.get(name) : view.catalog.param(name)?.value
}
