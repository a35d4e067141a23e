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
  DATABASE_UNKNOWN: { status: 'not_found', message: 'there is no database {name} in {path}' },
  COPY_DAMAGED: {
    status: 'corrupt',
    message: 'the copy of {name} is not intact ({what}), so it was not put into force; nothing has changed',
  },
  MASTER_KEY: {
    status: 'invalid_argument',
    message: 'the master key must be 32 bytes, or their 64 hexadecimal digits',
  },
  DATABASES_OPEN: { status: 'resource_exceeded', message: 'more than {limit} databases are open' },
})
