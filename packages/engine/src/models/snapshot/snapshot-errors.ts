/** Errors of snapshots. Texts and remedies: docs/errors.md. */

import { defineErrors } from '@dendrodb/protocol'

export const snapshotErrors = defineErrors('SNAPSHOT', {
  NAME: {
    status: 'invalid_argument',
    message: 'not a name for a snapshot: it has 1 to {charsMax} characters, none of them a control character',
  },
  UNKNOWN: { status: 'not_found', message: 'there is no snapshot {name}' },
  EXISTS: { status: 'conflict', message: 'there is a snapshot {name} already' },
  TOO_MANY: {
    status: 'resource_exceeded',
    message: 'the database has {limit} snapshots, which is all it may have; remove those that are done',
  },
  TABLES: {
    status: 'invalid_argument',
    message: 'the tables of a snapshot are a list of 1 to {limit} names of tables, not {found}',
  },
  TABLE_OTHER: {
    status: 'invalid_argument',
    message: 'the snapshot {name} is not about the table {table}',
  },
  TOO_LARGE: {
    status: 'resource_exceeded',
    message:
      'more than {limit} records would have to be put back, which is more than one commit takes; restore some tables at a time',
  },
  UNIQUE: {
    status: 'conflict',
    message: 'restoring the snapshot {name}: {id} holds a value that index {index} has for another record',
  },
  REFUSED: { status: 'conflict', message: 'restoring the snapshot {name}: {id} {reason}' },
})
