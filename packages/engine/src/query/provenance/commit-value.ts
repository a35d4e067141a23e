/**
 * What a commit says of itself, as a value. What it does not say, or what has been erased, is left out; keys
 * against replay are nobody's business.
 */

import type { Value, ValueObject } from '@dendrodb/protocol'
import type { CommitInfo, StoredRecord } from '../../models/model.ts'

export function commitValue({ seq, time, meta }: CommitInfo): ValueObject {
  const { actor, causedBy = [], evidence, confidence } = meta
  return {
    seq,
    time,
    ...(actor !== undefined && { actor }),
    ...(causedBy.length > 0 && { caused_by: causedBy }),
    ...(evidence !== undefined && { evidence }),
    ...(confidence !== undefined && { confidence }),
  }
}

/** When a version holds; only the bounds it has. */
export function validValue({ validFrom, validTo }: StoredRecord): ValueObject {
  const bounds: Record<string, Value> = {}
  if (validFrom !== undefined) bounds.from = validFrom
  if (validTo !== undefined) bounds.to = validTo
  return bounds
}
