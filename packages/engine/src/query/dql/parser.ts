/**
 * The state that all parts of the parser share: the current token and one ahead, what would have been right
 * here, and how deep we are.
 * Why hooks: expressions hold statements and statements hold expressions; the parts meet in `Grammar`, filled
 * in by parse-dql.ts, so that no file imports its own importer.
 * Invariant: every token that is looked for and not found is noted until the next token is taken, so an error
 * can say what was expected.
 */

import type { DbError } from '@dendrodb/protocol'
import type { Expression, IdiomExpression, Statement } from './ast.ts'
import type { Span } from './ast-type.ts'
import type { Keyword } from './keywords.ts'
import { Lexer } from './lexer.ts'
import type { DqlLimits } from './limits.ts'
import { dqlErrors, positionOf, suggestStatement, syntaxError } from './syntax-error.ts'
import type { SymbolType, Token, TokenType } from './token.ts'

export interface Grammar {
  /** A whole expression; a bare name is a field. */
  readonly expression: (p: Parser) => Expression
  /** A whole expression; a bare name is a table. */
  readonly target: (p: Parser) => Expression
  /**
   * One value without operators and path: a literal, a parameter, something in parentheses. A bare name is a
   * table.
   */
  readonly primary: (p: Parser) => Expression
  readonly statement: (p: Parser) => Statement
  /** A path that starts with a field or an edge. */
  readonly path: (p: Parser) => IdiomExpression
}

/** What `enter` gives and `leave` takes back. */
type OuterHeight = number

export class Parser {
  readonly text: string
  readonly limits: DqlLimits
  readonly grammar: Grammar
  token: Token
  /** Whether a bare name in front is a table (`FROM person`) or a field. */
  namesAreTables = false
  /** What was last read in parentheses, which hold together what operators may not chain. */
  closed: Expression | undefined
  readonly #lexer: Lexer
  #following: Token | undefined
  /** End of the last token taken. */
  #end = 0
  /** The first `#expectedCount` are of the current token; emptying a list for each token would cost more. */
  readonly #expected: string[] = []
  #expectedCount = 0
  #depth: number
  /** Levels of the tree built so far below the node that is being built. */
  #height: OuterHeight = 0
  #statements = 0
  #suspect: Token | undefined

  constructor(text: string, limits: DqlLimits, grammar: Grammar, depth = 0) {
    this.text = text
    this.limits = limits
    this.grammar = grammar
    this.#depth = depth
    this.#lexer = new Lexer(text)
    this.token = this.#lexer.next()
  }

  get depth(): number {
    return this.#depth
  }

  get height(): number {
    return this.#height
  }

  // Tokens

  /** Takes the current token. */
  advance(): Token {
    const taken = this.token
    this.#end = taken.end
    this.token = this.#following ?? this.#lexer.next()
    this.#following = undefined
    this.#expectedCount = 0
    return taken
  }

  /** The token after the current one. */
  peek(): Token {
    this.#following ??= this.#lexer.next()
    return this.#following
  }

  at(type: TokenType): boolean {
    if (this.token.type === type) return true
    this.wanted(type === 'end' ? 'the end of the query' : type)
    return false
  }

  eat(type: SymbolType): boolean {
    if (!this.at(type)) return false
    this.advance()
    return true
  }

  expect(type: SymbolType): Token {
    if (!this.at(type)) throw this.unexpected()
    return this.advance()
  }

  atKeyword(keyword: Keyword): boolean {
    if (this.token.keyword === keyword) return true
    this.wanted(keyword)
    return false
  }

  eatKeyword(keyword: Keyword): boolean {
    if (!this.atKeyword(keyword)) return false
    this.advance()
    return true
  }

  expectKeyword(keyword: Keyword): void {
    if (!this.eatKeyword(keyword)) throw this.unexpected()
  }

  /** The one of `words` that is next; takes it. */
  expectOneOf<Word extends Keyword>(words: readonly Word[]): Word {
    for (const word of words) if (this.eatKeyword(word)) return word
    throw this.unexpected()
  }

  /** Whether the next token touches the current one. */
  isAdjacent(): boolean {
    return this.peek().start === this.token.end
  }

  /** Whether the current token touches the last one taken. */
  get touchesLast(): boolean {
    return this.token.start === this.#end
  }

  /** From `start` to the end of the last token taken. */
  span(start: number): Span {
    return { start, end: this.#end }
  }

  /**
   * Leaves the first `length` characters of the current symbol as taken: the `>` that closes a type may stand
   * in `>=`.
   */
  splitSymbol(length: number): void {
    const { start, end, text } = this.token
    this.#end = start + length
    const rest = text.slice(length) as SymbolType
    this.token = { type: rest, start: start + length, end, text: rest, keyword: '' }
    this.#expectedCount = 0
  }

  // Names

  /** A bare or escaped name; any word will do. `what` for the error: `a table name`. */
  name(what: string): string {
    const { type } = this.token
    if (type !== 'word' && type !== 'escaped') throw this.unexpected(what)
    return this.advance().text
  }

  param(): string {
    if (this.token.type !== 'param') throw this.unexpected('a parameter such as $name')
    return this.advance().text
  }

  /** A string literal, such as a comment. */
  string(what: string): string {
    if (this.token.type !== 'string') throw this.unexpected(what)
    return this.advance().text
  }

  /** A whole number without a sign. */
  integer(what: string): number {
    const n =
      this.token.type === 'number' && /^\d+$/.test(this.token.text) ? Number(this.token.text) : Number.NaN
    if (!Number.isSafeInteger(n)) throw this.unexpected(what)
    this.advance()
    return n
  }

  /** `one`, and further ones after commas. */
  list<Item>(one: (p: Parser) => Item): Item[] {
    const items = [one(this)]
    while (this.eat(',')) items.push(one(this))
    return items
  }

  // Nesting

  /**
   * One level deeper. Every way from an expression, a path, a block or a type back to itself passes here.
   * @throws DQL_TOO_DEEP
   */
  enter(): OuterHeight {
    if (this.#depth >= this.limits.depthMax)
      throw this.#tooDeep('levels within one another', this.limits.depthMax)
    this.#depth += 1
    const outer = this.#height
    this.#height = 0
    return outer
  }

  leave(outer: OuterHeight): void {
    this.#depth -= 1
    this.grow()
    this.#height = Math.max(outer, this.#height)
  }

  /** The operand of an operator begins: its height counts from zero. */
  enterOperand(): OuterHeight {
    const outer = this.#height
    this.#height = 0
    return outer
  }

  leaveOperand(outer: OuterHeight): void {
    this.#height = Math.max(outer, this.#height)
  }

  /** A node was put above what was parsed. @throws DQL_TOO_DEEP */
  grow(): void {
    this.#height += 1
    if (this.#height > this.limits.heightMax) {
      throw this.#tooDeep('operators in one expression', this.limits.heightMax)
    }
  }

  /** What was parsed apart from this parser belongs below the current node. */
  raise(height: number): void {
    this.#height = Math.max(this.#height, height)
  }

  checkPathLength(parts: number): void {
    if (parts > this.limits.pathPartsMax) throw this.#tooDeep('parts in one path', this.limits.pathPartsMax)
  }

  /** @throws DQL_TOO_MANY_STATEMENTS */
  countStatement(): void {
    this.#statements += 1
    const limit = this.limits.statementsMax
    if (this.#statements > limit) throw dqlErrors.TOO_MANY_STATEMENTS({ limit })
  }

  #tooDeep(what: string, limit: number): DbError {
    const { start } = this.token
    return dqlErrors.TOO_DEEP({
      what: `too many ${what}`,
      limit,
      offset: start,
      ...positionOf(this.text, start),
    })
  }

  // Errors

  /** Notes something that would have been right here. */
  wanted(what: string): void {
    this.#expected[this.#expectedCount] = what
    this.#expectedCount += 1
  }

  /** The current token is wrong; `what` (or anything noted) would have been right. */
  unexpected(what?: string): DbError {
    if (what !== undefined) this.wanted(what)
    const suspect = this.#suspect
    if (suspect !== undefined && suggestStatement(suspect.text) !== undefined) return this.#misspelt(suspect)
    const { start, end } = this.token
    return syntaxError(this.text, { start, end, expected: this.#expected.slice(0, this.#expectedCount) })
  }

  /** Something is wrong with what stands at `token`, beyond being in the wrong place. */
  invalid(token: Span, problem: string, expected: readonly string[] = []): DbError {
    return syntaxError(this.text, { problem, start: token.start, end: token.end, expected })
  }

  /**
   * A statement begins with a bare name. When it then fails the name is likely a misspelt keyword (`SELEC *
   * FROM t` reads as a product until `t`), so the error is told there. Returns what `trust` puts back.
   */
  suspect(token: Token | undefined): Token | undefined {
    const outer = this.#suspect
    this.#suspect = token
    return outer
  }

  trust(outer: Token | undefined): void {
    this.#suspect = outer
  }

  #misspelt(token: Token): DbError {
    return syntaxError(this.text, { start: token.start, end: token.end, expected: ['a statement'] })
  }
}
