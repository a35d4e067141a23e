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
      'there is a database {name} already: restore under another name, or say that it is to be replaced',
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
  DATABASES_OPEN: { status: 'resource_exceeded', message: 'more than {limit} databases are open' },
})
