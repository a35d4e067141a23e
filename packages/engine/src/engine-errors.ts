/** Errors of the engine as a whole. Texts and remedies: docs/errors.md. */

import { defineErrors } from '@dendrodb/protocol'

export const engineErrors = defineErrors('ENGINE', {
  CLOSED: { status: 'unavailable', message: 'the engine is closed' },
  DATABASE_NAME: {
    status: 'invalid_argument',
    message:
      'not a database name: {name}; use segments of letters, digits, _ and - joined by /, at most {charsMax} characters',
  },
  DATABASE_NAME_TAKEN: {
    status: 'conflict',
    message: 'the name {name} is too much like that of the database {other}; choose another one',
  },
  COPY_DAMAGED: {
    status: 'corrupt',
    message: 'the copy of {name} is not intact ({what}), so it was not put into force; nothing has changed',
  },
  MASTER_KEY: {
    status: 'invalid_argument',
    message: 'the master key must be 32 bytes, or their 64 hexadecimal digits',
  },
  DATABASE_HASH: {
    status: 'conflict',
    message: 'the database {name} was made with the hash function {hash}, not {asked}, and keeps it',
  },
  HASH_UNKNOWN: { status: 'invalid_argument', message: 'not a hash function: {hash}; choose one of {known}' },
  DATABASE_EXISTS: {
    status: 'conflict',
    message:
      'there is a database {name} already: choose another name, or, for a restore, say that it is to be replaced',
  },
  DATABASE_DROPPED: { status: 'not_found', message: 'the database {name} has been dropped' },
  DATABASE_MISSING: { status: 'not_found', message: 'there is no database {name}' },
  INIT_INVALID: {
    status: 'invalid_argument',
    message: 'what the database is to begin with is not right: {field} must be {expected}',
  },
  DATABASE_UNKNOWN: { status: 'not_found', message: 'there is no database {name} in {path}' },
  NOT_INTACT: {
    status: 'corrupt',
    message:
      'what was made from the log does not verify, so it was thrown away; of {count} findings the first: {what}',
  },
  REBUILD_IMPOSSIBLE: {
    status: 'corrupt',
    message: 'the database {name} cannot be rebuilt from its own log, nothing was changed: {reason}',
  },
  SCANNING: {
    status: 'unavailable',
    message:
      'the database {name} takes no writes yet: its first scan has gone through {objects} of {of} objects; about {eta_s} s are left',
  },
  SCAN_FAILED: {
    status: 'corrupt',
    message: 'the database {name} takes no writes, because its first scan has failed: {reason}',
  },
  NOT_VERIFIED: {
    status: 'corrupt',
    message: 'the database {name} is not intact; of {count} findings the first: {what}',
  },
  DATABASES_OPEN: { status: 'unavailable', message: 'more than {limit} databases are open and in use' },
})
