/**
 * Errors of reading JSON.
 */

import { defineErrors } from './errors.ts'

export const jsonErrors = defineErrors('JSON', {
  SYNTAX: { status: 'bad_request', message: 'the text is not valid JSON: {problem}' },
  NUMBER: { status: 'bad_request', message: 'a number is too large for a float; send it as a string' },
  FIELD_REPEATED: { status: 'bad_request', message: 'an object has the field {field} twice' },
  TYPED: { status: 'bad_request', message: 'typed JSON: {problem}' },
})
