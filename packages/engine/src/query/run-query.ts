/**
 * Running texts: the entry point of the query layer.
 * Statements run one after the other, each on its own view or in its own transaction, and each has a result; one that
 * fails does not keep the next from running. BEGIN … COMMIT makes one transaction of those in between.
 */

import type { Value } from '@dendrodb/protocol'
import { AccessRules } from '../access/access-rules.ts'
import { createStatementCompiler } from './execute/compile-statement.ts'
import { RequestRun, type StatementResult } from './execute/request-run.ts'
import type { QueryHost, Receipt } from './host.ts'
import { QueryCache } from './query-cache.ts'
import type { Session } from './session.ts'

export type { StatementResult } from './execute/request-run.ts'

export interface QueryAnswer {
  /** One per statement, in order. */
  readonly results: readonly StatementResult[]
  /** Of the last commit; not there when nothing was written. */
  readonly receipt?: Receipt
  /** The database after the text, which USE may have changed. */
  readonly database: string
}

/**
 * Runs the statements of a text. A text that does not parse is refused whole.
 * @throws DQL_SYNTAX and the other errors of parsing
 * @example
 * const { results } = await runQuery(host, session, 'SELECT * FROM user WHERE age > $age', { age: 30 })
 */
export async function runQuery(
  host: QueryHost,
  session: Session,
  text: string,
  vars?: Readonly<Record<string, Value>>,
): Promise<QueryAnswer> {
  const { cache, rules } = stateOf(host)
  const prepared = cache.get(text)
  const request = new RequestRun({ host, session, rules, ...(vars && { vars }) })
  await request.run(prepared)
  const { results, receipt, database } = request
  return receipt === undefined ? { results, database } : { results, receipt, database }
}

interface HostState {
  readonly cache: QueryCache
  readonly rules: AccessRules
}

const states = new WeakMap<QueryHost, HostState>()

function stateOf(host: QueryHost): HostState {
  let state = states.get(host)
  if (state === undefined) {
    state = { cache: new QueryCache(), rules: new AccessRules(createStatementCompiler) }
    states.set(host, state)
  }
  return state
}
