/**
 * Deep values, for the tests of the depth limit.
 */

import type { Value } from '../values.ts'

/** The int 1 inside `levels` arrays. */
export function nested(levels: number): Value {
  let value: Value = 1
  for (let i = 0; i < levels; i += 1) value = [value]
  return value
}
