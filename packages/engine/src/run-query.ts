/**
 * Queries under the rules of access: where the two layers are put together.
 */

import { TableRules } from './access/access-rules.ts'
import { createRunQuery, type RunQuery } from './query/create-run-query.ts'

export type { QueryAnswer, StatementResult } from './query/create-run-query.ts'

/**
 * Runs the statements of a text. A text that does not parse is refused whole.
 * @throws DQL_SYNTAX and the other errors of parsing
 * @example
 * const { results } = await runQuery(host, session, 'SELECT * FROM user WHERE age > $age', { age: 30 })
 */
export const runQuery: RunQuery = createRunQuery((createCompiler) => new TableRules(createCompiler))
