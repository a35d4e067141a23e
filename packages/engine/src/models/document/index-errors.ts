/** Errors of indexes. Texts and remedies: docs/errors.md. */

import { type DbError, defineErrors, type RecordId } from '@dendrodb/protocol'
import type { IndexDefinition } from '../../catalog/definitions.ts'

export const indexErrors = defineErrors('INDEX', {
  UNIQUE_VIOLATION: {
    status: 'conflict',
    message: 'index {index} of table {table} already holds {value} for {holder}',
  },
  TOO_MANY_ENTRIES: {
    status: 'resource_exceeded',
    message: 'a record of table {table} has more than {limit} entries in index {index}',
  },
  BUILD_FAILED: {
    status: 'conflict',
    message: 'index {index} of table {table} could not be built: {reason}',
  },
  BUILD_TOO_LARGE: {
    status: 'resource_exceeded',
    message:
      'index {index} of table {table} has more than {limit} entries, too many to be built within a transaction',
  },
  UNKNOWN: { status: 'not_found', message: 'table {table} has no index {index}' },
})

/** A unique index cannot be built over the two. */
export function sameValueError({ name, table }: IndexDefinition, one: RecordId, other: RecordId): DbError {
  const reason = `records ${one} and ${other} hold the same value`
  return indexErrors.BUILD_FAILED({ index: name, table, reason })
}
