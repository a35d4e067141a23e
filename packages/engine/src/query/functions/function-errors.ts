/**
 * Errors of calling functions.
 */

import { defineErrors } from '@dendrodb/protocol'

export const functionErrors = defineErrors('FUNCTION', {
  UNKNOWN: { status: 'invalid_query', message: 'there is no function {name}{hint}' },
  CONSTANT_UNKNOWN: { status: 'invalid_query', message: 'there is no constant {name}{hint}' },
  METHOD_UNKNOWN: { status: 'invalid_query', message: 'there is no method {name} on {type}{hint}' },
  ARGUMENT_COUNT: { status: 'invalid_argument', message: '{name}() takes {expected}, found {found}' },
  ARGUMENT: {
    status: 'type_mismatch',
    message: 'argument {position} of {name}() must be {expected}, found {value} ({found})',
  },
  ARGUMENT_VALUE: { status: 'invalid_argument', message: '{name}(): {problem}' },
  RESULT_TOO_LARGE: {
    status: 'resource_exceeded',
    message: 'the result of {name}() would exceed {maximum} {unit}',
  },
  INPUT_TOO_LARGE: { status: 'resource_exceeded', message: 'the arguments of {name}() are too large' },
})
