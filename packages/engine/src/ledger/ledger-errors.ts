/** Errors of the ledger. Texts and remedies: docs/errors.md. */

import { DbError, defineErrors } from '@dendrodb/protocol'

export const ledgerErrors = defineErrors('LEDGER', {
  CONFLICT: {
    status: 'conflict',
    message: 'the transaction lost a race with another one {runs} times; run it again',
  },
  OVERLOADED: {
    status: 'unavailable',
    message: 'more than {limit} writes are waiting; try again later',
  },
  EXCLUSIVE_TIMEOUT: {
    status: 'timeout',
    message: 'the transaction ran alone and was still not done after {limitMs} ms; make it smaller',
  },
  REPLAY_MISMATCH: {
    status: 'conflict',
    message:
      'the idempotency key {key} was used for another request (commit {seq}); take a new key for a new request',
  },
  REPLAY_ANSWER_GONE: {
    status: 'conflict',
    message:
      'the request with the idempotency key {key} was carried out as commit {seq}; its answer is not kept: it was too large, an erasure came after it, or the database was made from its log since',
  },
  CLOCK_RANGE: {
    status: 'unavailable',
    message: 'the clock of this machine is beyond the year 2200; nothing is written until it is set',
  },
  NONCE_STALE: {
    status: 'conflict',
    message: 'the nonce {nonce} of {sender} is not above its last one, {last}',
  },
  PRECONDITION: {
    status: 'conflict',
    message: 'record {id} was expected {expected} and is {actual}',
  },
  VALID_TIME_INVALID: { status: 'invalid_argument', message: 'valid time: {bound} {reason}' },
  META_INVALID: { status: 'invalid_argument', message: 'write metadata: {field} {reason}' },
  CAUSE_UNKNOWN: {
    status: 'invalid_argument',
    message: 'a cause must be an earlier commit; there is no commit {asked} yet, the newest is {newest}',
  },
  RECORD_TOO_LARGE: {
    status: 'payload_too_large',
    message: 'record {id} has {bytes} bytes; the limit is {limit}',
  },
  TRANSACTION_TOO_LARGE: {
    status: 'payload_too_large',
    message: 'the transaction changes more than {limit} {unit}; split it',
  },
  FORMAT_TOO_NEW: {
    status: 'unavailable',
    message:
      'the files have format {found}; this version reads up to format {supported}: use a newer DendroDB',
  },
  FORMAT_TOO_OLD: {
    status: 'unavailable',
    message:
      'the files have format {found} and have to be upgraded to format {needed}: opening the database does that',
  },
  FORMAT_UNKNOWN: {
    status: 'corrupt',
    message:
      'the files in {path} hold keys but no format entry; they are not a DendroDB database or are damaged',
  },
  CORRUPT: { status: 'corrupt', message: '{what} is damaged: {reason}' },
  CLOSED: { status: 'unavailable', message: 'the database {name} is closed' },
  AS_OF_INVALID: { status: 'invalid_argument', message: 'AS OF takes a commit number or a datetime' },
  AS_OF_UNKNOWN: {
    status: 'invalid_argument',
    message: 'there is no commit {asked} yet; the newest is {newest}',
  },
})

/** What `read` gives; stored bytes that it cannot read are damaged. @throws LEDGER_CORRUPT */
export function orDamage<T>(what: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof DbError)) throw error
    throw ledgerErrors.CORRUPT({ what, reason: error.message }, { cause: error })
  }
}
