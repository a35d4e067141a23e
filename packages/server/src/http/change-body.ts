/**
 * Differences of records in answers: a field that there was or is not is null.
 */

import type { RecordDiff } from '@dendrodb/engine'
import type { ValueObject } from '@dendrodb/protocol'

export function changeBody({ id, change, before, after, fields }: RecordDiff): ValueObject {
  if (change === 'added') return { id, change, after }
  if (change === 'removed') return { id, change, before }
  const changes = (fields ?? []).map(({ field, old, new: now }) => ({
    field,
    old: old ?? null,
    new: now ?? null,
  }))
  return { id, change, fields: changes }
}
