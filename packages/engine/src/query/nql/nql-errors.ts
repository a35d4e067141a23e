/**
 * Errors of a text of NQL; `syntax-error.ts` of DQL says what a syntax error tells.
 */

import { type DbError, defineErrors } from '@dendrodb/protocol'
import { type SyntaxProblem, syntaxDetails } from '../dql/syntax-error.ts'

export const nqlErrors = defineErrors('NQL', {
  SYNTAX: { status: 'invalid_query', message: '{problem} at line {line}, column {column}{hint}' },
  TOO_LONG: {
    status: 'payload_too_large',
    message: 'the query text is longer than {limit} characters',
  },
  QUERY_INVALID: { status: 'invalid_argument', message: '{part} of a query {reason}' },
})

export function nqlSyntaxError(text: string, problem: SyntaxProblem): DbError {
  return nqlErrors.SYNTAX({ ...syntaxDetails(text, problem) })
}
