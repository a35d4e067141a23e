/** Errors of forgetting. Texts and remedies: docs/errors.md. */

import { defineErrors } from '@dendrodb/protocol'

export const forgettingErrors = defineErrors('FORGET', {
  UNKNOWN: {
    status: 'not_found',
    message: 'there is nothing of {id} to erase: it never existed, or it was erased before',
  },
  NOTHING: { status: 'invalid_argument', message: 'there is nothing to erase: no record is named' },
  SYSTEM_RECORD: {
    status: 'invalid_argument',
    message: 'records of system tables cannot be erased, {id} is one of them',
  },
  TOO_LARGE: {
    status: 'payload_too_large',
    message: 'erasing {id} takes more than {limit} versions out of the database; erase its edges first',
  },
  REASON: { status: 'invalid_argument', message: 'the reason of an erasure {problem}' },
  HISTORY_GONE: {
    status: 'invalid_argument',
    message:
      'the history of table {table} goes back to commit {since}; what it was at commit {asked} has been forgotten',
  },
  ON_BRANCH: {
    status: 'invalid_argument',
    message: '{statement} is for the whole database; run it on main, it reaches every branch',
  },
})
