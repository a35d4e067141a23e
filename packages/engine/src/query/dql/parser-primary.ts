/**
 * Single values: literals, parameters, names, calls, record ids and whatever stands in parentheses, brackets
 * or bars.
 */

import { Float, Geometry, toFloat } from '@dendrodb/protocol'
import type { Expression, FunctionParam, MockExpression } from './ast.ts'
import type { Parser } from './parser.ts'
import { numberLiteral, stringLiteral } from './parser-literal.ts'
import { opensClause, opensStatement, opensValueStatement } from './parser-lookahead.ts'
import { parseArray, parseBlock, parseBrace } from './parser-object.ts'
import { parseArguments, parseEdgePath } from './parser-path.ts'
import { parseRecordId, parseRecordString, startsRecordId } from './parser-record-id.ts'
import { parseParamType, parseType } from './parser-type.ts'

export function parsePrimary(p: Parser): Expression {
  const { token } = p
  const { start } = token
  switch (token.type) {
    case 'word':
      return parseWord(p)
    case 'escaped':
      return startsRecordId(p) ? parseRecordId(p) : parseName(p)
    case 'param':
      p.advance()
      return { kind: 'param', name: token.text, span: p.span(start) }
    case 'number':
      return numberLiteral(p)
    case 'string':
    case 'datetime':
    case 'uuid':
    case 'bytes':
      return stringLiteral(p)
    case 'record':
      return parseRecordString(p)
    case '(':
      return parseParentheses(p)
    case '[':
      return parseArray(p)
    case '{':
      return parseBrace(p)
    case '|':
    case '||':
      return parseBars(p)
    case '->':
    case '<-':
    case '<->':
      return parseEdgePath(p)
    case '@':
      p.advance()
      return { kind: 'param', name: 'this', span: p.span(start) }
    default:
      throw p.unexpected(p.namesAreTables ? 'a table, a record id or another value' : 'an expression')
  }
}

function parseWord(p: Parser): Expression {
  const { token } = p
  const { start } = token
  const named = namedLiteral(p)
  if (named !== undefined) return named
  if (startsRecordId(p)) return parseRecordId(p)
  const next = p.peek().type
  if (next === '::') return parseNamespaced(p)
  if (opensValueStatement(p))
    return { kind: 'subquery', statement: p.grammar.statement(p), span: p.span(start) }
  if (opensClause(p)) throw p.unexpected('an expression')
  if (next !== '(') return parseName(p)
  p.advance()
  return { kind: 'call', name: token.text.toLowerCase(), args: parseArguments(p), span: p.span(start) }
}

function namedLiteral(p: Parser): Expression | undefined {
  const { start, keyword, text } = p.token
  const literal = (value: undefined | null | boolean | number): Expression => {
    p.advance()
    return { kind: 'literal', value, span: p.span(start) }
  }
  switch (keyword) {
    case 'NONE':
      return literal(undefined)
    case 'NULL':
      return literal(null)
    case 'TRUE':
      return literal(true)
    case 'FALSE':
      return literal(false)
  }
  if (text === 'NaN') return literal(Number.NaN)
  return text === 'Infinity' ? literal(Number.POSITIVE_INFINITY) : undefined
}

function parseName(p: Parser): Expression {
  const { start, text } = p.advance()
  const span = p.span(start)
  if (p.namesAreTables) return { kind: 'table', name: text, span }
  return { kind: 'idiom', parts: [{ kind: 'field', name: text, span }], span }
}

/** `string::len(x)`, `fn::greet()`, `math::pi`. Only names under `fn::` keep their case. */
function parseNamespaced(p: Parser): Expression {
  const { start, text } = p.advance()
  const isOwn = text.toLowerCase() === 'fn'
  const parts = [text.toLowerCase()]
  while (p.eat('::')) {
    const part = p.name('a function name')
    parts.push(isOwn ? part : part.toLowerCase())
    p.checkPathLength(parts.length)
  }
  const name = parts.join('::')
  if (p.token.type === '(') return { kind: 'call', name, args: parseArguments(p), span: p.span(start) }
  if (isOwn) throw p.unexpected('(')
  return { kind: 'constant', name, span: p.span(start) }
}

/** `(SELECT …)`, `(a + b)`, or a point `(-0.12, 51.5)`. */
function parseParentheses(p: Parser): Expression {
  const { start } = p.expect('(')
  if (opensStatement(p)) {
    const statement = p.grammar.statement(p)
    p.expect(')')
    return { kind: 'subquery', statement, span: p.span(start) }
  }
  const expression = p.namesAreTables ? p.grammar.target(p) : p.grammar.expression(p)
  const longitude = coordinateOf(expression)
  if (longitude !== undefined && p.eat(',')) return parseLatitude(p, longitude, start)
  p.expect(')')
  p.closed = expression
  return expression
}

function parseLatitude(p: Parser, longitude: number, start: number): Expression {
  const expression = p.grammar.expression(p)
  const latitude = coordinateOf(expression)
  if (latitude === undefined) throw p.invalid(expression.span, 'invalid point', ['a number'])
  p.expect(')')
  return { kind: 'literal', value: Geometry.point(longitude, latitude), span: p.span(start) }
}

function coordinateOf(expression: Expression): number | undefined {
  if (expression.kind !== 'literal') return undefined
  const { value } = expression
  if (typeof value !== 'number' && !(value instanceof Float)) return undefined
  const n = toFloat(value)
  return Number.isFinite(n) ? n : undefined
}

/** `|$a| …`, `|| …`, or generated ids `|person:10|`. */
function parseBars(p: Parser): Expression {
  const { start } = p.token
  if (p.token.type === '|' && p.peek().type !== 'param' && p.peek().type !== '|') return parseMock(p)
  const params = parseClosureParams(p)
  const returns = p.eat('->') ? parseType(p) : undefined
  const body = returns === undefined ? p.grammar.expression(p) : parseBlock(p)
  return { kind: 'closure', params, ...(returns === undefined ? {} : { returns }), body, span: p.span(start) }
}

function parseClosureParams(p: Parser): readonly FunctionParam[] {
  const params: FunctionParam[] = []
  if (p.advance().type === '||') return params
  while (!p.eat('|')) {
    const { start } = p.token
    const name = p.param()
    const type = p.eat(':') ? parseParamType(p) : undefined
    params.push({ name, ...(type === undefined ? {} : { type }), span: p.span(start) })
    if (!p.eat(',') && !p.at('|')) throw p.unexpected()
  }
  return params
}

/** `|person:10|`, `|person:1..10|`, `|person:1..=10|`. */
function parseMock(p: Parser): MockExpression {
  const { start } = p.expect('|')
  const table = p.name('a table name')
  p.expect(':')
  const count = p.integer('a number of records')
  const isClosed = p.eat('..=')
  const isRange = isClosed || p.eat('..')
  const amount = isRange ? { from: count, to: lastOfMock(p, count, isClosed) } : { count }
  p.expect('|')
  return { kind: 'mock', table, amount, span: p.span(start) }
}

/** Before the first where the range is empty. */
function lastOfMock(p: Parser, first: number, isClosed: boolean): number {
  const end = p.integer('a number')
  return Math.max(first - 1, isClosed ? end : end - 1)
}
