/**
 * Errors of computing on values: operators and casts.
 */

import { defineErrors } from '@dendrodb/protocol'

export const operatorErrors = defineErrors('OPERATOR', {
  TYPE_MISMATCH: {
    status: 'type_mismatch',
    message: '{operator} cannot be applied to {left} and {right}',
  },
  OPERAND_TYPE: { status: 'type_mismatch', message: '{operator} cannot be applied to {operand}' },
  NEGATIVE_POWER: {
    status: 'invalid_argument',
    message:
      'the int {base} cannot be raised to the negative int {power}; make one of them a float or a decimal',
  },
  RESULT_TOO_LARGE: {
    status: 'resource_exceeded',
    message: 'the result of {operator} would exceed {maximum} {unit}',
  },
  LIKE_PATTERN_TOO_LONG: {
    status: 'invalid_argument',
    message: 'a pattern of LIKE has at most {maximum} characters',
  },
  GEOMETRY_TOO_COMPLEX: {
    status: 'query_too_complex',
    message: 'the two geometries have too many edges to be compared',
  },
})

export const castErrors = defineErrors('CAST', {
  IMPOSSIBLE: {
    status: 'type_mismatch',
    message: 'cannot convert {value} ({found}) into {expected}',
  },
  NOT_OF_TYPE: {
    status: 'type_mismatch',
    message: 'expected {expected}, found {value} ({found})',
  },
})
