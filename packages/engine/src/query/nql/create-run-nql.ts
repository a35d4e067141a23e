/**
 * Running NQL: a query, as a text or as data, on the session's database and under its rules.
 */

import type { ValueObject } from '@dendrodb/protocol'
import type { CompiledStatement } from '../compile/compiled.ts'
import type { Compiler } from '../compile/compiler.ts'
import type { AccessRules } from '../compile/eval-context.ts'
import { createStatementCompiler } from '../execute/compile-statement.ts'
import { RequestRun } from '../execute/request-run.ts'
import type { QueryHost } from '../host.ts'
import { TextCache } from '../query-cache.ts'
import type { Session } from '../session.ts'
import { compileNql } from './compile-nql.ts'
import type { NqlQuery } from './nql-query.ts'
import { parseNql } from './parse-nql.ts'

export interface NqlAnswer {
  /** With EXPLAIN a single one, the plan. */
  readonly rows: readonly ValueObject[]
  readonly count: number
  /** The newest commit, and the hash that stands for all history up to it. */
  readonly seq: number
  readonly head: string
}

export type RunNql = (host: QueryHost, session: Session, query: string | NqlQuery) => Promise<NqlAnswer>

/** As `createRunQuery`. */
export function createRunNql(createRules: (createCompiler: () => Compiler) => AccessRules): RunNql {
  const states = new WeakMap<QueryHost, HostState>()
  function stateOf(host: QueryHost): HostState {
    let state = states.get(host)
    if (state === undefined) {
      const cache = new TextCache((text: string) => compileNql(parseNql(text)))
      state = { cache, rules: createRules(createStatementCompiler) }
      states.set(host, state)
    }
    return state
  }
  return async function runNql(host, session, query) {
    const { cache, rules } = stateOf(host)
    const compiled = typeof query === 'string' ? cache.get(query) : compileNql(query)
    const request = new RequestRun({ host, session, rules })
    await request.runStatement({ compiled })
    const [result] = request.results
    if (result?.status !== 'ok') throw result?.error
    const rows = (Array.isArray(result.result) ? result.result : [result.result]) as readonly ValueObject[]
    const { seq, head } = (await request.openDatabase()).head()
    return { rows, count: rows.length, seq, head }
  }
}

interface HostState {
  readonly cache: TextCache<CompiledStatement>
  readonly rules: AccessRules
}
