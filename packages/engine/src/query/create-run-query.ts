/**
 * Running texts: the entry point of the query layer.
 * Statements run one after the other, each on its own view or in its own transaction, and each has a
 * result; one that fails does not keep the next from running. BEGIN … COMMIT makes one transaction of those
 * in between.
 */

import type { Value } from '@dendrodb/protocol'
import type { Compiler } from './compile/compiler.ts'
import type { AccessRules } from './compile/eval-context.ts'
import { createStatementCompiler } from './execute/compile-statement.ts'
import { RequestRun, type StatementResult } from './execute/request-run.ts'
import { runOnce } from './execute/run-once.ts'
import { runText } from './execute/run-text.ts'
import { holdsClosure } from './functions/closure.ts'
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
  /** What LET has set, for a connection that keeps its parameters from text to text. */
  readonly variables?: Readonly<Record<string, Value>>
}

/** Runs the statements of a text. A text that does not parse is refused whole. */
export type RunQuery = (
  host: QueryHost,
  session: Session,
  text: string,
  vars?: Readonly<Record<string, Value>>,
) => Promise<QueryAnswer>

/** `createRules` makes the rules that sessions are under; they compile conditions with the compiler given. */
export function createRunQuery(createRules: (createCompiler: () => Compiler) => AccessRules): RunQuery {
  const states = new WeakMap<QueryHost, HostState>()
  function stateOf(host: QueryHost): HostState {
    let state = states.get(host)
    if (state === undefined) {
      state = { cache: new QueryCache(), rules: createRules(createStatementCompiler) }
      states.set(host, state)
    }
    return state
  }
  return async function runQuery(host, session, text, vars) {
    const { cache, rules } = stateOf(host)
    const prepared = cache.get(text)
    const request = new RequestRun({ host, session, rules, ...(vars && { vars }) })
    // What the session's key or nonce protects is the request, not each of its statements.
    const isOnce = session.meta?.idempotencyKey !== undefined || session.meta?.nonce !== undefined
    const running = isOnce
      ? runOnce(request, prepared, session.request ?? [text, vars])
      : runText(request, prepared)
    if (running instanceof Promise) await running
    return answerOf(request)
  }
}

/** A closure ends with its text. */
function withoutClosures(variables: Readonly<Record<string, Value>> = {}): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(variables).filter(([, value]) => !holdsClosure(value)))
}

interface HostState {
  readonly cache: QueryCache
  readonly rules: AccessRules
}

function answerOf({ results, receipt, database, scope, hasClosures }: RequestRun): QueryAnswer {
  const variables = hasClosures ? withoutClosures(scope.own) : scope.own
  if (receipt === undefined && variables === undefined) return { results, database }
  return { results, database, ...(receipt && { receipt }), ...(variables && { variables }) }
}
