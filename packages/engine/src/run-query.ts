/**
 * Queries under the rules of access: where the two layers are put together.
 */

import { TableRules } from './access/access-rules.ts'
import type { Compiler } from './query/compile/compiler.ts'
import { createRunQuery, type RunQuery } from './query/create-run-query.ts'
import { createRunNql, type RunNql } from './query/nql/create-run-nql.ts'

export type { QueryAnswer, StatementResult } from './query/create-run-query.ts'

/**
 * Runs the statements of a text. A text that does not parse is refused whole.
 * @throws DQL_SYNTAX and the other errors of parsing
 * @example
 * const { results } = await runQuery(host, session, 'SELECT * FROM user WHERE age > $age', { age: 30 })
 */
export const runQuery: RunQuery = createRunQuery(createRules)

/**
 * Runs a query of NQL.
 * @throws NQL_SYNTAX, and the errors of queries
 * @example
 * const { rows } = await runNql(host, session, 'FROM user WHERE age > 30 ORDER BY name LIMIT 10')
 */
export const runNql: RunNql = createRunNql(createRules)

function createRules(createCompiler: () => Compiler): TableRules {
  return new TableRules(createCompiler)
}
