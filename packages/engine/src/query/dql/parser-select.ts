/**
 * Reading statements: SELECT, COUNT, LIVE SELECT.
 * The clauses of SELECT come in SurrealQL's order. AS OF, VALID AS OF and TRACE stand after the targets or at
 * the end, where FETCH, TIMEOUT and the flags may stand in any order.
 */

import type { CountStatement, Expression, LiveStatement, SelectStatement } from './ast.ts'
import type { Mutable } from './mutable.ts'
import type { Parser } from './parser.ts'
import {
  parseExplain,
  parseFetch,
  parseFlag,
  parseGroup,
  parseIndexHint,
  parseLimits,
  parseOnly,
  parseOrder,
  parseProjection,
  parseSplit,
  parseTime,
  parseTimeout,
  parseWhere,
} from './parser-clauses.ts'

export function parseSelect(p: Parser): SelectStatement {
  const { start } = p.advance()
  const projection = parseProjection(p)
  const omit = p.eatKeyword('OMIT') ? p.list(p.grammar.path) : undefined
  p.expectKeyword('FROM')
  const node: Mutable<SelectStatement> = {
    kind: 'select',
    projection,
    ...(omit === undefined ? {} : { omit }),
    only: parseOnly(p),
    from: p.list(p.grammar.target),
    parallel: false,
    tempfiles: false,
    span: p.span(start),
  }
  parseTimes(p, node)
  parseIndexHint(p, node)
  parseTimes(p, node)
  parseWhere(p, node)
  parseSplit(p, node)
  parseGroup(p, node)
  if (p.eatKeyword('HAVING')) node.having = p.grammar.expression(p)
  parseOrder(p, node)
  parseLimits(p, node)
  while (parseTail(p, node));
  node.span = p.span(start)
  return node
}

function parseTimes(p: Parser, node: Mutable<SelectStatement>): void {
  while (parseTime(p, node) || parseTrace(p, node));
}

function parseTail(p: Parser, node: Mutable<SelectStatement>): boolean {
  return (
    parseFetch(p, node) ||
    parseTime(p, node) ||
    parseTrace(p, node) ||
    parseTimeout(p, node) ||
    parseFlag(p, node, 'parallel') ||
    parseFlag(p, node, 'tempfiles') ||
    parseExplain(p, node)
  )
}

/** `TRACE CAUSES`, `TRACE EFFECTS`; also `TRACE caused_by [REVERSE]`; each with `DEPTH n`. */
function parseTrace(p: Parser, node: Mutable<SelectStatement>): boolean {
  if (node.trace !== undefined || !p.eatKeyword('TRACE')) return false
  const word = p.expectOneOf(['CAUSES', 'EFFECTS', 'CAUSED_BY'])
  const isForward = word === 'EFFECTS' || (word === 'CAUSED_BY' && p.eatKeyword('REVERSE'))
  const depth = p.eatKeyword('DEPTH') ? p.grammar.expression(p) : undefined
  node.trace = { direction: isForward ? 'effects' : 'causes', ...(depth && { depth }) }
  return true
}

/** `COUNT t [WHERE …] [GROUP BY f]`. */
export function parseCount(p: Parser): CountStatement {
  const { start } = p.advance()
  const node: Mutable<CountStatement> = { kind: 'count', target: p.grammar.target(p), span: p.span(start) }
  while (parseTime(p, node));
  parseWhere(p, node)
  if (p.eatKeyword('GROUP')) {
    p.eatKeyword('BY')
    node.group = p.list(p.grammar.expression)
  }
  while (parseTime(p, node));
  node.span = p.span(start)
  return node
}

/** `LIVE SELECT * FROM t WHERE …`, `LIVE SELECT DIFF FROM t`. */
export function parseLive(p: Parser): LiveStatement {
  const { start } = p.advance()
  p.expectKeyword('SELECT')
  const isDiff = p.token.keyword === 'DIFF' && p.peek().keyword === 'FROM'
  if (isDiff) p.advance()
  const projection = isDiff ? undefined : parseProjection(p)
  p.expectKeyword('FROM')
  const from: Expression = p.grammar.target(p)
  const node: Mutable<LiveStatement> = {
    kind: 'live',
    ...(projection === undefined ? {} : { projection }),
    from,
    span: p.span(start),
  }
  parseWhere(p, node)
  parseFetch(p, node)
  node.span = p.span(start)
  return node
}
