/**
 * Parsed and compiled texts, the least recently used dropped first.
 * What is kept depends on the text alone: parameters, sessions and catalogs come in when it is run, and plans
 * that depend on a catalog are kept within (see `PreparedPlan`).
 */

import type { CompiledStatement } from './compile/compiled.ts'
import type { Compiler } from './compile/compiler.ts'
import type { Statement } from './dql/ast.ts'
import { parseDql } from './dql/parse-dql.ts'
import { createStatementCompiler } from './execute/compile-statement.ts'
import { queryLimits } from './limits.ts'

export class PreparedStatement {
  readonly statement: Statement
  readonly #compiler: Compiler
  #compiled: CompiledStatement | undefined

  constructor(statement: Statement, compiler: Compiler) {
    this.statement = statement
    this.#compiler = compiler
  }

  /**
   * Compiled when it is first run, so that an error in one statement does not keep those before it from
   * running.
   */
  get compiled(): CompiledStatement {
    this.#compiled ??= this.#compiler.statement(this.statement)
    return this.#compiled
  }
}

export type PreparedText = readonly PreparedStatement[]

export class QueryCache {
  readonly #texts = new Map<string, PreparedText>()
  #chars = 0
  #latestText = ''
  #latest: PreparedText = []

  /** @throws the errors of parsing */
  get(text: string): PreparedText {
    if (text === this.#latestText) return this.#latest
    let prepared = this.#texts.get(text)
    if (prepared === undefined) {
      prepared = prepare(text)
      this.#keep(text, prepared)
    } else {
      // Most recently used last.
      this.#texts.delete(text)
      this.#texts.set(text, prepared)
    }
    this.#latestText = text
    this.#latest = prepared
    return prepared
  }

  get size(): number {
    return this.#texts.size
  }

  /**
   * A text that is a good part of the cache, such as a bulk insert, is not worth the others it would push
   * out.
   */
  #keep(text: string, prepared: PreparedText): void {
    if (text.length > queryLimits.planCacheCharsMax / 16) return
    this.#texts.set(text, prepared)
    this.#chars += text.length
    for (const oldest of this.#texts.keys()) {
      const isOver =
        this.#texts.size > queryLimits.planCacheEntriesMax || this.#chars > queryLimits.planCacheCharsMax
      if (!isOver) return
      this.#texts.delete(oldest)
      this.#chars -= oldest.length
    }
  }
}

function prepare(text: string): PreparedText {
  const compiler = createStatementCompiler()
  return parseDql(text).map((statement) => new PreparedStatement(statement, compiler))
}
