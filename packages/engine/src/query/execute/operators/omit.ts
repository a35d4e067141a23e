/**
 * OMIT: rows without some of their fields.
 */

import { type PlacePart, placeOf, removePart } from '../../compile/nested-fields.ts'
import type { OmitNode } from '../../plan/plan-node.ts'
import { mapBatches, type Operator } from '../operator.ts'

export function createOmit(node: OmitNode, input: Operator): Operator {
  const places: readonly (readonly PlacePart[])[] = node.fields.flatMap((field) => placeOf(field, 'OMIT'))
  return mapBatches(node, input, function* (batch) {
    return batch.map((row) => places.reduce(removePart, row))
  })
}
