/** Errors of bringing back what was. Texts and remedies: docs/errors.md. */

import { defineErrors } from '@dendrodb/protocol'

export const historyErrors = defineErrors('HISTORY', {
  RECORD_UNKNOWN: {
    status: 'not_found',
    message: 'there is nothing of {id} to bring back: {reason}',
  },
  VERSION_UNKNOWN: {
    status: 'not_found',
    message: 'there is no version of {id} {when} that you may see and bring back',
  },
  NOT_DELETED: {
    status: 'conflict',
    message: 'the record {id} is not deleted; undo its newest change, or restore it to an earlier version',
  },
  REFUSED: { status: 'conflict', message: '{id} cannot be brought back: it {reason}' },
})
