/** DEFINE TABLE and DEFINE FIELD. After the name their clauses come in any order, each at most once. */

import { Duration } from '@dendrodb/protocol'
import type { DefineFieldStatement, DefineTableStatement, SelectStatement, TableTypeNode } from './ast.ts'
import type { Mutable } from './mutable.ts'
import type { Parser } from './parser.ts'
import { parseComment, parseIfNotExists, parsePermissions } from './parser-define-parts.ts'
import { parseFieldPath } from './parser-name.ts'
import { parseSelect } from './parser-select.ts'
import { parseOnTable } from './parser-session.ts'
import { parseType } from './parser-type.ts'

const schemaWords = {
  SCHEMAFULL: 'schemafull',
  SCHEMALESS: 'schemaless',
  SCHEMAMIXED: 'schemamixed',
  MIXED: 'schemamixed',
} as const

export function parseDefineTable(p: Parser, start: number): DefineTableStatement {
  const ifExists = parseIfNotExists(p)
  const node: Mutable<DefineTableStatement> = {
    kind: 'define_table',
    name: p.name('a table name'),
    ifExists,
    drop: false,
    span: p.span(start),
  }
  while (parseTableClause(p, node));
  node.span = p.span(start)
  return node
}

function parseTableClause(p: Parser, node: Mutable<DefineTableStatement>): boolean {
  if (!node.drop && p.eatKeyword('DROP')) node.drop = true
  else if (node.type === undefined && p.eatKeyword('TYPE')) node.type = parseTableType(p)
  else if (node.permissions === undefined && p.eatKeyword('PERMISSIONS'))
    node.permissions = parsePermissions(p)
  else if (node.history === undefined && p.eatKeyword('HISTORY')) node.history = parseHistory(p)
  else if (node.changefeed === undefined && p.eatKeyword('CHANGEFEED')) parseChangefeed(p, node)
  else if (node.as === undefined && p.eatKeyword('AS')) node.as = parseView(p)
  else return parseSchema(p, node) || parseComment(p, node)
  return true
}

function parseSchema(p: Parser, node: Mutable<DefineTableStatement>): boolean {
  if (node.schema !== undefined) return false
  for (const word of ['SCHEMAFULL', 'SCHEMALESS', 'SCHEMAMIXED', 'MIXED'] as const) {
    if (!p.eatKeyword(word)) continue
    node.schema = schemaWords[word]
    return true
  }
  return false
}

/** `ANY`, `NORMAL`, `RELATION [IN|FROM a|b] [OUT|TO c] [ENFORCED]`. */
function parseTableType(p: Parser): TableTypeNode {
  const word = p.expectOneOf(['ANY', 'NORMAL', 'RELATION'])
  if (word !== 'RELATION') return { type: word === 'ANY' ? 'any' : 'normal' }
  const type: Mutable<Extract<TableTypeNode, { type: 'relation' }>> = { type: 'relation', enforced: false }
  for (;;) {
    if (type.from === undefined && (p.eatKeyword('IN') || p.eatKeyword('FROM'))) type.from = parseTables(p)
    else if (type.to === undefined && (p.eatKeyword('OUT') || p.eatKeyword('TO'))) type.to = parseTables(p)
    else if (!type.enforced && p.eatKeyword('ENFORCED')) type.enforced = true
    else return type
  }
}

function parseTables(p: Parser): readonly string[] {
  const tables = [p.name('a table name')]
  while (p.eat('|')) tables.push(p.name('a table name'))
  return tables
}

/** `30d`, `NONE`, `FOREVER`. */
function parseHistory(p: Parser): NonNullable<DefineTableStatement['history']> {
  if (p.eatKeyword('NONE')) return 'none'
  if (p.eatKeyword('FOREVER')) return 'forever'
  const given = p.grammar.expression(p)
  if (given.kind === 'literal' && given.value instanceof Duration) return given.value
  throw p.invalid(given.span, 'no length of time', ['a duration such as 30d', 'NONE', 'FOREVER'])
}

function parseChangefeed(p: Parser, node: Mutable<DefineTableStatement>): void {
  const retention = p.grammar.expression(p)
  const includeOriginal = p.eatKeyword('INCLUDE')
  if (includeOriginal) p.expectKeyword('ORIGINAL')
  node.changefeed = { retention, includeOriginal }
}

/** `AS SELECT …`, with or without parentheses. */
function parseView(p: Parser): SelectStatement {
  const outer = p.enter()
  const isClosed = p.eat('(')
  if (!p.atKeyword('SELECT')) throw p.unexpected()
  const select = parseSelect(p)
  if (isClosed) p.expect(')')
  p.leave(outer)
  return select
}

export function parseDefineField(p: Parser, start: number): DefineFieldStatement {
  const ifExists = parseIfNotExists(p)
  const path = parseFieldPath(p)
  const node: Mutable<DefineFieldStatement> = {
    kind: 'define_field',
    path,
    table: parseOnTable(p),
    ifExists,
    flexible: false,
    readonly: false,
    span: p.span(start),
  }
  while (parseFieldClause(p, node));
  node.span = p.span(start)
  return node
}

function parseFieldClause(p: Parser, node: Mutable<DefineFieldStatement>): boolean {
  if (!node.flexible && p.eatKeyword('FLEXIBLE')) node.flexible = true
  else if (node.type === undefined && p.eatKeyword('TYPE')) node.type = parseType(p)
  else if (!node.readonly && p.eatKeyword('READONLY')) node.readonly = true
  else if (node.default === undefined && p.eatKeyword('DEFAULT')) {
    const always = p.eatKeyword('ALWAYS')
    node.default = { value: p.grammar.expression(p), always }
  } else if (node.value === undefined && p.eatKeyword('VALUE')) node.value = p.grammar.expression(p)
  else if (node.assert === undefined && p.eatKeyword('ASSERT')) node.assert = p.grammar.expression(p)
  else if (node.computed === undefined && p.eatKeyword('COMPUTED')) node.computed = p.grammar.expression(p)
  else if (node.permissions === undefined && p.eatKeyword('PERMISSIONS'))
    node.permissions = parsePermissions(p)
  else return parseComment(p, node)
  return true
}
