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

/** Texts and what they have been prepared to. */
export class TextCache<Prepared> {
  readonly #prepare: (text: string) => Prepared
  readonly #texts = new Map<string, Prepared>()
  #chars = 0
  #latest: { readonly text: string; readonly prepared: Prepared } | undefined

  constructor(prepare: (text: string) => Prepared) {
    this.#prepare = prepare
  }

  /** @throws the errors of parsing */
  get(text: string): Prepared {
    if (text === this.#latest?.text) return this.#latest.prepared
    let prepared = this.#texts.get(text)
    if (prepared === undefined) {
      prepared = this.#prepare(text)
      this.#keep(text, prepared)
    } else {
      // Most recently used last.
      this.#texts.delete(text)
      this.#texts.set(text, prepared)
    }
    this.#latest = { text, prepared }
    return prepared
  }

  get size(): number {
    return this.#texts.size
  }

  /**
   * A text that is a good part of the cache, such as a bulk insert, is not worth the others it would push
   * out.
   */
  #keep(text: string, prepared: Prepared): void {
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

/** Of DQL. */
export class QueryCache extends TextCache<PreparedText> {
  constructor() {
    super(prepare)
  }
}

function prepare(text: string): PreparedText {
  const compiler = createStatementCompiler()
  return parseDql(text).map((statement) => new PreparedStatement(statement, compiler))
}
