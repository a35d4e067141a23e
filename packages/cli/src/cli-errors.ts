/** Errors of the command itself. Texts and remedies: docs/errors.md. */

import { defineErrors } from '@dendrodb/protocol'

export const cliErrors = defineErrors('CLI', {
  COMMAND_UNKNOWN: {
    status: 'invalid_argument',
    message: 'there is no command {name}{hint}; "ddb help" lists them',
  },
  OPTION_UNKNOWN: {
    status: 'invalid_argument',
    message: 'ddb {command} has no option {name}{hint}; "ddb {command} --help" lists them',
  },
  OPTION_VALUE_MISSING: {
    status: 'invalid_argument',
    message: 'the option {name} needs a value: {name} {value}',
  },
  OPTION_VALUE_UNEXPECTED: {
    status: 'invalid_argument',
    message: 'the option {name} is a switch and takes no value',
  },
  OPTION_VALUE: { status: 'invalid_argument', message: '{name} {problem}' },
  ARGUMENT_UNEXPECTED: {
    status: 'invalid_argument',
    message: 'ddb {command} does not know what to do with "{argument}"; see "ddb {command} --help"',
  },
  OPERAND_MISSING: {
    status: 'invalid_argument',
    message: 'ddb {command} needs a {operand}; see "ddb {command} --help"',
  },
  OPTIONS_CLASH: { status: 'invalid_argument', message: '{one} and {other} cannot be used together' },
  FILE_UNREADABLE: { status: 'not_found', message: 'the file {file} cannot be read: {problem}' },
  FILE_UNWRITABLE: { status: 'unavailable', message: 'the file {file} cannot be written: {problem}' },
  PROOF_SUBJECT: {
    status: 'invalid_argument',
    message: 'name what to prove: a record such as user:ada, --seq N, --from N, or --public-key',
  },
  PROOF_FILE: {
    status: 'invalid_argument',
    message: 'name the file with the proof, or - for standard input',
  },
  SERVER_UNREACHABLE: {
    status: 'unavailable',
    message:
      'no DendroDB server answers at {url} ({problem}); start one with "ddb start", or name another with --url',
  },
  SERVER_ANSWER: {
    status: 'unavailable',
    message: 'what answers at {url} does not seem to be a DendroDB server: {problem}',
  },
  TOKEN_MISSING: {
    status: 'unauthenticated',
    message:
      'the server at {url} wants a token: give --token or --user, or the data folder of the server with --data',
  },
  DOT_COMMAND_UNKNOWN: {
    status: 'invalid_argument',
    message: 'there is no command {name}{hint}; .help lists them',
  },
  DOT_COMMAND_USAGE: { status: 'invalid_argument', message: 'usage: {name} {usage}' },
  VARIABLE_TOO_LARGE: {
    status: 'resource_exceeded',
    message: 'the value of {name} is too large to be kept: more than {limit} characters as a literal',
  },
  MERGE_CONFLICTS: {
    status: 'conflict',
    message:
      'conflicts: {count}; nothing was written. Decide all of them with --resolve ours or --resolve theirs, or one with --resolve ID=ours',
  },
  NOT_CONFIRMED: {
    status: 'invalid_argument',
    message: 'erasing {what} cannot be undone; say --yes to do it',
  },
  ERASURE_FAILED: {
    status: 'unavailable',
    message:
      'it is erased, but its bytes are still in the files, which could not be rewritten: {reason}. It will be tried again',
  },
  INTERRUPTED: {
    status: 'cancelled',
    message: 'interrupted; a write that was under way may have taken effect',
  },
  VERIFY_KILLED: {
    status: 'resource_exceeded',
    message: 'the process that verifies was killed, perhaps because the machine has too little memory',
  },
  MASTER_KEY_MISSING: {
    status: 'invalid_argument',
    message: 'a master key is needed, in the environment: {names}',
  },
  DATA_MISSING: { status: 'not_found', message: 'there is no DendroDB data in {folder}' },
  DATA_UNUSABLE: { status: 'unavailable', message: 'the data folder {folder} cannot be used: {problem}' },
  DATABASE_UNKNOWN: { status: 'not_found', message: 'the server at {url} has no database {name}' },
  RECORD_UNKNOWN: { status: 'not_found', message: 'there is and was no record {id} that you may see' },
  DATABASE_MISSING: { status: 'not_found', message: 'there is no database {name} in {folder}{hint}' },
  DATABASE_DAMAGED: { status: 'corrupt', message: 'the database {name} is damaged: {what}' },
})
