/**
 * A text of NQL → a query. After FROM the clauses come in any order, each once at most.
 */

import type { Datetime, DbError, Value } from '@dendrodb/protocol'
import { toInstant } from '../../ledger/valid-time.ts'
import { isStatementKeyword } from '../dql/keywords.ts'
import type { Mutable } from '../dql/mutable.ts'
import { type NqlToken, readTokens } from './lexer.ts'
import { nqlLimits } from './limits.ts'
import { nqlSyntaxError } from './nql-errors.ts'
import {
  type FieldPath,
  type NqlCondition,
  type NqlGroup,
  type NqlOperator,
  type NqlQuery,
  nqlAggregates,
  nqlOperators,
} from './nql-query.ts'

/** @throws NQL_SYNTAX, NQL_TOO_LONG */
export function parseNql(text: string): NqlQuery {
  refuseDql(text)
  return new NqlParser(text).query()
}

/** Whoever sends it here would be told of its first sign that NQL does not know. */
function refuseDql(text: string): void {
  const [, space = '', word = ''] = /^(\s*)(\w*)/.exec(text) ?? []
  const keyword = word.toUpperCase()
  if (beginnings.includes(keyword) || !isStatementKeyword(keyword)) return
  const problem = `${keyword} begins a statement of DQL, and this is a query of NQL`
  const start = space.length
  throw nqlSyntaxError(text, { problem, start, end: start + word.length, expected: beginnings })
}

const constants: ReadonlyMap<string, Value> = new Map([
  ['TRUE', true],
  ['FALSE', false],
  ['NULL', null],
])

const beginnings: readonly string[] = ['FROM', 'EXPLAIN']

class NqlParser {
  readonly #text: string
  readonly #tokens: readonly NqlToken[]
  #at = 0
  /** What would have been right at the current token. */
  readonly #expected = new Set<string>()

  constructor(text: string) {
    this.#text = text
    this.#tokens = readTokens(text)
  }

  query(): NqlQuery {
    const explain = this.#eat('EXPLAIN') ? (this.#eat('ANALYZE') ? 'analyze' : 'plan') : undefined
    this.#expect('FROM')
    const query: Mutable<NqlQuery> = { from: this.#name('a collection'), ...(explain && { explain }) }
    while (this.#clause(query)) {}
    if (this.#token.type !== 'end') throw this.#unexpected()
    return query
  }

  #clause(query: Mutable<NqlQuery>): boolean {
    if (query.asOf === undefined && this.#eat('AS')) {
      this.#expect('OF')
      query.asOf = this.#transactionTime()
    } else if (query.validAsOf === undefined && this.#eat('VALID')) {
      this.#expect('AS')
      this.#expect('OF')
      query.validAsOf = this.#instant()
    } else if (query.where === undefined && this.#eat('WHERE')) {
      query.where = this.#conditions()
    } else if (query.search === undefined && this.#eat('SEARCH')) {
      query.search = this.#string('a text in quotes').text
    } else if (query.orderBy === undefined && this.#eat('ORDER')) {
      this.#expect('BY')
      const field = this.#field()
      query.orderBy = { field, descending: !this.#eat('ASC') && this.#eat('DESC') }
    } else if (query.traverse === undefined && this.#eat('TRAVERSE')) {
      query.traverse = this.#name('a relation')
    } else if (query.trace === undefined && this.#eat('TRACE')) {
      query.trace = this.#trace()
    } else if (query.groupBy === undefined && this.#eat('GROUP')) {
      this.#expect('BY')
      query.groupBy = this.#group()
    } else if (query.limit === undefined && this.#eat('LIMIT')) {
      query.limit = this.#count()
    } else {
      return false
    }
    return true
  }

  #transactionTime(): number | Datetime {
    return this.#token.type === 'number' ? this.#count() : this.#instant('the number of a commit')
  }

  #instant(...others: readonly string[]): Datetime {
    const token = this.#string(...others, 'a date or datetime in quotes')
    const instant = toInstant(token.text)
    if (instant === undefined) throw this.#invalid(token, 'text that is neither a date nor a datetime')
    return instant
  }

  #conditions(): readonly NqlCondition[] {
    const conditions: NqlCondition[] = []
    do {
      if (conditions.length >= nqlLimits.conditionsMax) {
        throw this.#invalid(this.#token, `more than ${nqlLimits.conditionsMax} conditions`)
      }
      conditions.push({ field: this.#field(), operator: this.#operator(), value: this.#value() })
    } while (this.#eat('AND'))
    return conditions
  }

  #operator(): NqlOperator {
    const found = nqlOperators.find((each) => this.#isSymbol(each))
    if (found === undefined) throw this.#unexpected(...nqlOperators)
    this.#advance()
    return found
  }

  /** A word that is not a constant stands for itself. */
  #value(): Value {
    const token = this.#token
    if (token.type === 'end' || token.type === 'symbol' || token.type === 'name') {
      throw this.#unexpected('a value')
    }
    this.#advance()
    if (token.type === 'number') return token.value
    const name = token.text.toUpperCase()
    return token.type === 'word' && constants.has(name) ? constants.get(name) : token.text
  }

  #trace(): NonNullable<NqlQuery['trace']> {
    const direction = this.#eat('EFFECTS') ? 'effects' : this.#eat('CAUSES') ? 'causes' : this.#causedBy()
    return this.#eat('DEPTH') ? { direction, depth: this.#count() } : { direction }
  }

  #causedBy(): 'causes' | 'effects' {
    this.#expect('CAUSED_BY', 'caused_by')
    return this.#eat('REVERSE') ? 'effects' : 'causes'
  }

  #group(): NqlGroup {
    const field = this.#field()
    if (this.#eat('COUNT')) return { field }
    const name = nqlAggregates.find((each) => this.#eat(each))
    return name === undefined ? { field } : { field, aggregate: { name, field: this.#field() } }
  }

  #count(): number {
    const { type, value } = this.#token
    if (type !== 'number' || typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
      throw this.#unexpected('an integer from 0 on')
    }
    this.#advance()
    return value
  }

  #field(): FieldPath {
    const names = [this.#name('a field')]
    while (this.#isSymbol('.')) {
      if (names.length >= nqlLimits.fieldNamesMax) {
        throw this.#invalid(this.#token, `path of more than ${nqlLimits.fieldNamesMax} names`)
      }
      this.#advance()
      names.push(this.#name('a field'))
    }
    return names
  }

  /** Any word, keywords too, or anything in backticks. */
  #name(what: string): string {
    const { type, text } = this.#token
    if (type !== 'word' && type !== 'name') throw this.#unexpected(what)
    if (text === '') throw this.#invalid(this.#token, 'empty name')
    this.#advance()
    return text
  }

  #string(...what: readonly string[]): NqlToken {
    const token = this.#token
    if (token.type !== 'string') throw this.#unexpected(...what)
    this.#advance()
    return token
  }

  get #token(): NqlToken {
    return this.#tokens[this.#at] as NqlToken
  }

  #advance(): void {
    this.#at += 1
    this.#expected.clear()
  }

  #eat(keyword: string): boolean {
    const { type, text } = this.#token
    const isHere = type === 'word' && text.toUpperCase() === keyword
    if (isHere) this.#advance()
    else this.#expected.add(keyword)
    return isHere
  }

  #expect(keyword: string, printed: string = keyword): void {
    if (this.#eat(keyword)) return
    this.#expected.delete(keyword)
    throw this.#unexpected(printed)
  }

  #isSymbol(symbol: string): boolean {
    const { type, text } = this.#token
    return type === 'symbol' && text === symbol
  }

  #unexpected(...expected: readonly string[]): DbError {
    const { start, end } = this.#token
    return nqlSyntaxError(this.#text, { start, end, expected: [...expected, ...this.#expected] })
  }

  #invalid({ start, end }: NqlToken, problem: string): DbError {
    return nqlSyntaxError(this.#text, { problem, start, end })
  }
}
