/**
 * Clauses that several statements share. A function that takes the node fills in its property when the clause
 * is there.
 */

import type {
  Expression,
  GroupClause,
  IdiomExpression,
  IndexHint,
  OrderClause,
  OrderKey,
  Projection,
  ProjectionItem,
} from './ast.ts'
import type { Mutable } from './mutable.ts'
import type { Parser } from './parser.ts'
import { opensValue, valueFollows } from './parser-lookahead.ts'

/** `*`, `a, b AS c`, `VALUE a`. */
export function parseProjection(p: Parser): Projection {
  if (opensValue(p)) {
    p.advance()
    return { value: true, items: [parseProjected(p)] }
  }
  return { value: false, items: p.list(parseItem) }
}

function parseItem(p: Parser): ProjectionItem {
  const { start } = p.token
  if (p.token.type !== '*') return parseProjected(p)
  p.advance()
  return { kind: 'all', span: p.span(start) }
}

function parseProjected(p: Parser): ProjectionItem {
  const { start } = p.token
  const expression = parseTrailingWhere(p, p.grammar.expression(p))
  const alias = p.eatKeyword('AS') ? parseAlias(p) : undefined
  return { kind: 'field', expression, ...(alias === undefined ? {} : { alias }), span: p.span(start) }
}

/** `->follows->user WHERE age > 25` before FROM: a condition on the reached records. */
function parseTrailingWhere(p: Parser, expression: Expression): Expression {
  const isTraversal = expression.kind === 'idiom' && expression.parts.some((part) => part.kind === 'graph')
  if (!isTraversal || p.token.keyword !== 'WHERE') return expression
  const { start } = p.advance()
  const condition = p.grammar.expression(p)
  const parts = [...expression.parts, { kind: 'where', condition, span: p.span(start) } as const]
  p.checkPathLength(parts.length)
  return { ...expression, parts, span: p.span(expression.span.start) }
}

/** `AS name`, `AS stats.total`. */
function parseAlias(p: Parser): IdiomExpression {
  const { start } = p.token
  const names = [parseAliasPart(p)]
  while (p.eat('.')) {
    names.push(parseAliasPart(p))
    p.checkPathLength(names.length)
  }
  return { kind: 'idiom', parts: names, span: p.span(start) }
}

function parseAliasPart(p: Parser): { kind: 'field'; name: string; span: IdiomExpression['span'] } {
  const { start } = p.token
  return { kind: 'field', name: p.name('a field name'), span: p.span(start) }
}

export function parseWhere(p: Parser, node: { where?: Expression }): void {
  if (p.eatKeyword('WHERE')) node.where = p.grammar.expression(p)
}

export function parseSplit(p: Parser, node: { split?: readonly IdiomExpression[] }): void {
  if (!p.eatKeyword('SPLIT')) return
  if (p.token.keyword === 'ON' && valueFollows(p)) p.advance()
  node.split = p.list(p.grammar.path)
}

/** `GROUP BY a, b`, `GROUP ALL`; BY may be left out. */
export function parseGroup(p: Parser, node: { group?: GroupClause }): void {
  if (!p.eatKeyword('GROUP')) return
  if (p.eatKeyword('ALL')) node.group = { type: 'all' }
  else {
    p.eatKeyword('BY')
    node.group = { type: 'by', keys: p.list(p.grammar.expression) }
  }
}

/** `ORDER BY a COLLATE NUMERIC DESC, b`, `ORDER BY RAND()`; BY may be left out. */
export function parseOrder(p: Parser, node: { order?: OrderClause }): void {
  if (!p.eatKeyword('ORDER')) return
  p.eatKeyword('BY')
  if (p.token.keyword === 'RAND' && p.peek().type === '(') {
    p.advance()
    p.expect('(')
    p.expect(')')
    node.order = { type: 'rand' }
  } else node.order = { type: 'by', keys: p.list(parseOrderKey) }
}

function parseOrderKey(p: Parser): OrderKey {
  const { start } = p.token
  const expression = p.grammar.expression(p)
  const collate = p.eatKeyword('COLLATE')
  const numeric = p.eatKeyword('NUMERIC')
  const descending = p.eatKeyword('DESC')
  if (!descending) p.eatKeyword('ASC')
  return { expression, descending, collate, numeric, span: p.span(start) }
}

/** `LIMIT [BY] n` and `START [AT] n` in either order. */
export function parseLimits(p: Parser, node: { limit?: Expression; skip?: Expression }): void {
  for (;;) {
    if (node.limit === undefined && p.eatKeyword('LIMIT')) {
      if (p.token.keyword === 'BY' && valueFollows(p)) p.advance()
      node.limit = p.grammar.expression(p)
    } else if (node.skip === undefined && p.eatKeyword('START')) {
      if (p.token.keyword === 'AT' && valueFollows(p)) p.advance()
      node.skip = p.grammar.expression(p)
    } else return
  }
}

export function parseFetch(p: Parser, node: { fetch?: readonly Expression[] }): boolean {
  if (node.fetch !== undefined || !p.eatKeyword('FETCH')) return false
  node.fetch = p.list(p.grammar.expression)
  return true
}

export function parseTimeout(p: Parser, node: { timeout?: Expression }): boolean {
  if (node.timeout !== undefined || !p.eatKeyword('TIMEOUT')) return false
  node.timeout = p.grammar.expression(p)
  return true
}

/** A flag such as PARALLEL, at most once. */
export function parseFlag<Flag extends 'parallel' | 'tempfiles'>(
  p: Parser,
  node: Mutable<{ readonly [Name in Flag]: boolean }>,
  flag: Flag,
): boolean {
  if (node[flag] || !p.eatKeyword(flag === 'parallel' ? 'PARALLEL' : 'TEMPFILES')) return false
  node[flag] = true
  return true
}

export function parseExplain(p: Parser, node: { explain?: 'plan' | 'full' }): boolean {
  if (node.explain !== undefined || !p.eatKeyword('EXPLAIN')) return false
  node.explain = p.eatKeyword('FULL') ? 'full' : 'plan'
  return true
}

/** `WITH INDEX a, b`, `WITH NOINDEX`. */
export function parseIndexHint(p: Parser, node: { index?: IndexHint }): void {
  if (!p.eatKeyword('WITH')) return
  if (p.expectOneOf(['NOINDEX', 'INDEX']) === 'NOINDEX') node.index = { type: 'noindex' }
  else node.index = { type: 'index', names: p.list(indexName) }
}

function indexName(p: Parser): string {
  return p.name('an index name')
}

interface TimeClauses {
  asOf?: Expression
  validAsOf?: Expression
}

/** `AS OF x`, `VALID AS OF x` and SurrealQL's `VERSION x`, each at most once and in any order. */
export function parseTime(p: Parser, node: TimeClauses): boolean {
  if (node.asOf === undefined && p.eatKeyword('AS')) {
    p.expectKeyword('OF')
    node.asOf = p.grammar.expression(p)
  } else if (node.asOf === undefined && p.eatKeyword('VERSION')) node.asOf = p.grammar.expression(p)
  else if (node.validAsOf === undefined && p.eatKeyword('VALID')) {
    p.expectKeyword('AS')
    p.expectKeyword('OF')
    node.validAsOf = p.grammar.expression(p)
  } else return false
  return true
}

/** `ONLY`, unless it is a table's name. */
export function parseOnly(p: Parser): boolean {
  if (p.token.keyword !== 'ONLY' || !valueFollows(p)) return false
  p.advance()
  return true
}
