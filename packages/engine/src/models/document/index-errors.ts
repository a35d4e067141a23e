/** Errors of indexes. Texts and remedies: docs/errors.md. */

import { defineErrors } from '@dendrodb/protocol'

export const indexErrors = defineErrors('INDEX', {
  UNIQUE_VIOLATION: {
    status: 'conflict',
    message: 'index {index} of table {table} already holds this value for another record',
  },
  TOO_MANY_ENTRIES: {
    status: 'resource_exceeded',
    message: 'a record of table {table} has more than {limit} entries in index {index}',
  },
  BUILD_FAILED: {
    status: 'conflict',
    message: 'index {index} of table {table} could not be built: {reason}',
  },
  UNKNOWN: { status: 'not_found', message: 'table {table} has no index {index}' },
})
