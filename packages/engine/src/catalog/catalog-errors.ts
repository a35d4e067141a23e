/** Errors of definitions. Texts and remedies: docs/errors.md. */

import { defineErrors } from '@dendrodb/protocol'

export const catalogErrors = defineErrors('CATALOG', {
  NOT_A_RELATION: {
    status: 'schema_conflict',
    message:
      'table {table} holds records that are no edges; use another table for edges, or define it TYPE RELATION while it is empty',
  },
  KIND_FIXED: {
    status: 'schema_conflict',
    message:
      'table {table} holds records, so it cannot change between relation and other kinds; move them first',
  },
})
