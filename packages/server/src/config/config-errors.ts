/** Errors of reading the configuration. Texts and remedies: docs/errors.md. */

import { defineErrors } from '@dendrodb/protocol'

export const configErrors = defineErrors('CONFIG', {
  UNKNOWN_SETTING: { status: 'invalid_argument', message: '{where}: there is no setting {name}{hint}' },
  INVALID_VALUE: { status: 'invalid_argument', message: '{where}: {name} {problem}' },
  SYNTAX: { status: 'invalid_argument', message: '{where}: the file is not valid TOML: {problem}' },
  FLAG_VALUE_MISSING: { status: 'invalid_argument', message: 'the command line: {name} needs a value' },
  ARGUMENT_UNEXPECTED: {
    status: 'invalid_argument',
    message: 'the command line: "{argument}" is not an option; options begin with --',
  },
  FILE_MISSING: { status: 'not_found', message: '{where}: there is no file {file}' },
  FILE_UNREADABLE: { status: 'invalid_argument', message: 'the file {file} cannot be read: {problem}' },
})
