/**
 * Writing statements: CREATE, INSERT, UPDATE, UPSERT, DELETE, RELATE. Each may end with RETURN, TIMEOUT,
 * PARALLEL and what the write says about itself (VALID FROM, CAUSED BY, EVIDENCE, CONFIDENCE), in any order.
 */

import type {
  Assignment,
  CreateStatement,
  DataClause,
  DeleteStatement,
  Expression,
  IdiomExpression,
  InsertSource,
  InsertStatement,
  OutputClause,
  RelateStatement,
  UpdateStatement,
  WriteClauses,
  WriteMetaClause,
} from './ast.ts'
import type { Mutable } from './mutable.ts'
import type { Parser } from './parser.ts'
import {
  parseExplain,
  parseFlag,
  parseIndexHint,
  parseOnly,
  parseProjection,
  parseTimeout,
  parseWhere,
} from './parser-clauses.ts'
import { opensStatement, valueFollows } from './parser-lookahead.ts'

export function parseCreate(p: Parser): CreateStatement {
  const { start } = p.advance()
  const node: Mutable<CreateStatement> = {
    kind: 'create',
    only: parseOnly(p),
    targets: p.list(p.grammar.target),
    parallel: false,
    span: p.span(start),
  }
  parseData(p, node)
  parseTail(p, node)
  node.span = p.span(start)
  return node
}

/** UPDATE and UPSERT. */
export function parseUpdate(p: Parser): UpdateStatement {
  const kind = p.token.keyword === 'UPSERT' ? 'upsert' : 'update'
  const { start } = p.advance()
  const node: Mutable<UpdateStatement> = {
    kind,
    only: parseOnly(p),
    targets: p.list(p.grammar.target),
    parallel: false,
    span: p.span(start),
  }
  parseIndexHint(p, node)
  parseData(p, node)
  parseWhere(p, node)
  parseTail(p, node, node)
  node.span = p.span(start)
  return node
}

/** `DELETE t`, `DELETE FROM t WHERE …`. */
export function parseDelete(p: Parser): DeleteStatement {
  const { start } = p.advance()
  if (p.token.keyword === 'FROM' && valueFollows(p)) p.advance()
  const node: Mutable<DeleteStatement> = {
    kind: 'delete',
    only: parseOnly(p),
    targets: p.list(p.grammar.target),
    parallel: false,
    span: p.span(start),
  }
  parseIndexHint(p, node)
  parseWhere(p, node)
  parseTail(p, node, node)
  node.span = p.span(start)
  return node
}

/** `RELATE a->edge->b`, `RELATE b<-edge<-a`. */
export function parseRelate(p: Parser): RelateStatement {
  const { start } = p.advance()
  const only = parseOnly(p)
  const first = p.grammar.primary(p)
  const arrow = p.at('->') ? '->' : '<-'
  p.expect(arrow)
  const edge = p.grammar.primary(p)
  p.expect(arrow)
  const second = p.grammar.primary(p)
  const [from, to] = arrow === '->' ? [first, second] : [second, first]
  const unique = p.eatKeyword('UNIQUE')
  const node: Mutable<RelateStatement> = {
    kind: 'relate',
    only,
    from,
    edge,
    to,
    unique,
    parallel: false,
    span: p.span(start),
  }
  parseData(p, node)
  parseTail(p, node)
  node.span = p.span(start)
  return node
}

export function parseInsert(p: Parser): InsertStatement {
  const { start } = p.advance()
  const relation = p.eatKeyword('RELATION')
  const ignore = p.eatKeyword('IGNORE')
  const into = p.eatKeyword('INTO') ? parseInto(p) : undefined
  const node: Mutable<InsertStatement> = {
    kind: 'insert',
    relation,
    ignore,
    ...(into === undefined ? {} : { into }),
    source: parseInsertSource(p),
    parallel: false,
    span: p.span(start),
  }
  if (p.eatKeyword('ON')) {
    p.expectKeyword('DUPLICATE')
    p.expectKeyword('KEY')
    p.expectKeyword('UPDATE')
    node.onDuplicateKeyUpdate = p.list(parseAssignment)
  }
  parseTail(p, node)
  node.span = p.span(start)
  return node
}

/** A name or a parameter alone: what follows is the data, `(a, b)` as well as `[…]`. */
function parseInto(p: Parser): Expression {
  const { start } = p.token
  if (p.token.type !== 'param') return { kind: 'table', name: p.name('a table name'), span: p.span(start) }
  return { kind: 'param', name: p.param(), span: p.span(start) }
}

function parseInsertSource(p: Parser): InsertSource {
  if (p.token.type !== '(') return { type: 'value', value: p.grammar.expression(p) }
  const open = p.expect('(')
  const first = opensStatement(p) ? parseSubquery(p, open.start) : p.grammar.expression(p)
  const fields = [first]
  while (p.eat(',')) fields.push(p.grammar.path(p))
  p.expect(')')
  const source = fields.length === 1 && p.token.keyword !== 'VALUES' ? undefined : fields.filter(isPath)
  if (source === undefined) {
    p.wanted('VALUES')
    return { type: 'value', value: first }
  }
  if (source.length < fields.length) throw p.invalid(first.span, 'not a field to insert', ['a field'])
  p.expectKeyword('VALUES')
  return { type: 'rows', fields: source, rows: p.list((each) => parseRow(each, source.length)) }
}

function parseSubquery(p: Parser, start: number): Expression {
  return { kind: 'subquery', statement: p.grammar.statement(p), span: p.span(start) }
}

function isPath(expression: Expression): expression is IdiomExpression {
  return expression.kind === 'idiom' && expression.start === undefined
}

function parseRow(p: Parser, length: number): readonly Expression[] {
  const { start } = p.expect('(')
  const row = p.list(p.grammar.expression)
  p.expect(')')
  if (row.length === length) return row
  throw p.invalid(p.span(start), `row of ${row.length} values for ${length} fields`)
}

function parseAssignment(p: Parser): Assignment {
  const { start } = p.token
  const place = p.grammar.path(p)
  const operator = parseAssignOperator(p)
  return { place, operator, value: p.grammar.expression(p), span: p.span(start) }
}

function parseAssignOperator(p: Parser): Assignment['operator'] {
  for (const operator of ['=', '+=', '-=', '+?='] as const) if (p.eat(operator)) return operator
  throw p.unexpected()
}

function parseData(p: Parser, node: { data?: DataClause }): void {
  if (p.eatKeyword('SET')) node.data = { type: 'set', assignments: p.list(parseAssignment) }
  else if (p.eatKeyword('UNSET')) node.data = { type: 'unset', fields: p.list(p.grammar.path) }
  else if (p.eatKeyword('CONTENT')) node.data = { type: 'content', value: p.grammar.expression(p) }
  else if (p.eatKeyword('MERGE')) node.data = { type: 'merge', value: p.grammar.expression(p) }
  else if (p.eatKeyword('PATCH')) node.data = { type: 'patch', value: p.grammar.expression(p) }
  else if (p.eatKeyword('REPLACE')) node.data = { type: 'replace', value: p.grammar.expression(p) }
}

/** `explained`: the node again where the statement takes EXPLAIN. */
export function parseTail(
  p: Parser,
  node: Mutable<WriteClauses>,
  explained?: { explain?: 'plan' | 'full' },
): void {
  const meta: Mutable<WriteMetaClause> = {}
  for (;;) {
    if (node.output === undefined && p.eatKeyword('RETURN')) node.output = parseOutput(p)
    else if (parseTimeout(p, node) || parseFlag(p, node, 'parallel') || parseMeta(p, meta)) continue
    else if (explained === undefined || !parseExplain(p, explained)) break
  }
  if (Object.keys(meta).length > 0) node.meta = meta
}

function parseOutput(p: Parser): OutputClause {
  switch (p.token.keyword) {
    case 'NONE':
      p.advance()
      return { type: 'none' }
    case 'NULL':
      p.advance()
      return { type: 'null' }
    case 'BEFORE':
      p.advance()
      return { type: 'before' }
    case 'AFTER':
      p.advance()
      return { type: 'after' }
    case 'DIFF':
      p.advance()
      return { type: 'diff' }
    default:
      return { type: 'fields', projection: parseProjection(p) }
  }
}

/** `FROM x`, `FROM x TO y`, `TO y`. */
function parseValid(p: Parser, meta: Mutable<WriteMetaClause>): void {
  const first = p.expectOneOf(['FROM', 'TO'])
  if (first === 'FROM') meta.validFrom = p.grammar.expression(p)
  if (first === 'TO' || p.eatKeyword('TO')) meta.validTo = p.grammar.expression(p)
}

/** One clause of what a write says about itself. */
function parseMeta(p: Parser, meta: Mutable<WriteMetaClause>): boolean {
  const hasValid = meta.validFrom !== undefined || meta.validTo !== undefined
  if (!hasValid && p.eatKeyword('VALID')) parseValid(p, meta)
  else if (meta.causedBy === undefined && p.eatKeyword('CAUSED')) {
    p.expectKeyword('BY')
    meta.causedBy = p.grammar.expression(p)
  } else if (meta.evidence === undefined && p.eatKeyword('EVIDENCE')) meta.evidence = p.grammar.expression(p)
  else if (meta.confidence === undefined && p.eatKeyword('CONFIDENCE'))
    meta.confidence = p.grammar.expression(p)
  else return false
  return true
}
