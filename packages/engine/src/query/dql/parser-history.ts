/** RESTORE, UNDO, UNDELETE, DIFF FROM, and what is said of snapshots. */

import type {
  BringBackOf,
  DefineSnapshotOf,
  DiffOf,
  Expression,
  MomentOf,
  RemoveSnapshotStatement,
  RestoreSnapshotStatement,
  WriteClauses,
} from './ast.ts'
import type { Mutable } from './mutable.ts'
import type { Parser } from './parser.ts'
import { parseOnly, parseWhere } from './parser-clauses.ts'
import { parseComment, parseIfExists, parseIfNotExists, parseTables } from './parser-define-parts.ts'
import { parseTail } from './parser-write.ts'

const aSnapshot = 'a name for a snapshot'

/** `RESTORE user:1 TO 12`, `UNDO user:1`, `UNDELETE user:1`, `RESTORE SNAPSHOT before`. */
export function parseBringBack(p: Parser): BringBackOf<Expression, WriteClauses> | RestoreSnapshotStatement {
  const kind = p.token.keyword === 'RESTORE' ? 'restore' : p.token.keyword === 'UNDO' ? 'undo' : 'undelete'
  const { start } = p.advance()
  if (kind === 'restore' && namesSnapshot(p)) return parseRestoreSnapshot(p, start)
  const node: Mutable<BringBackOf<Expression, WriteClauses>> = {
    kind,
    only: parseOnly(p),
    targets: p.list(p.grammar.target),
    parallel: false,
    span: p.span(start),
  }
  if (kind === 'restore') {
    p.expectKeyword('TO')
    node.to = p.grammar.expression(p)
  }
  parseWhere(p, node)
  parseTail(p, node)
  node.span = p.span(start)
  return node
}

function parseRestoreSnapshot(p: Parser, start: number): RestoreSnapshotStatement {
  p.advance()
  const name = p.name(aSnapshot)
  const tables = parseTables(p)
  return { kind: 'restore_snapshot', name, ...(tables && { tables }), span: p.span(start) }
}

/** `DIFF FROM …`. */
export function parseDiff(p: Parser): DiffOf<Expression> {
  const { start } = p.advance()
  p.advance()
  const node: Mutable<DiffOf<Expression>> = { kind: 'diff', from: parseMoment(p), span: p.span(start) }
  if (p.eatKeyword('TO')) node.to = parseMoment(p)
  const tables = parseTables(p)
  if (tables !== undefined) node.tables = tables
  if (p.eatKeyword('AFTER')) node.after = p.grammar.expression(p)
  if (p.eatKeyword('LIMIT')) node.limit = p.grammar.expression(p)
  node.span = p.span(start)
  return node
}

function parseMoment(p: Parser): MomentOf<Expression> {
  if (!namesSnapshot(p)) return { type: 'time', time: p.grammar.expression(p) }
  p.advance()
  return { type: 'snapshot', name: p.name(aSnapshot) }
}

function namesSnapshot(p: Parser): boolean {
  const next = p.peek()
  return p.token.keyword === 'SNAPSHOT' && (next.type === 'word' || next.type === 'escaped')
}

/** Behind `DEFINE SNAPSHOT`. */
export function parseDefineSnapshot(p: Parser, start: number): DefineSnapshotOf<Expression> {
  const ifExists = parseIfNotExists(p)
  const node: Mutable<Omit<DefineSnapshotOf<Expression>, 'kind' | 'span'>> = {
    name: p.name(aSnapshot),
    ifExists,
  }
  if (p.eatKeyword('AT')) node.at = p.grammar.expression(p)
  const tables = parseTables(p)
  if (tables !== undefined) node.tables = tables
  parseComment(p, node)
  return { kind: 'define_snapshot', ...node, span: p.span(start) }
}

/** Behind `REMOVE SNAPSHOT`. */
export function parseRemoveSnapshot(p: Parser, start: number): RemoveSnapshotStatement {
  const ifExists = parseIfExists(p)
  return { kind: 'remove_snapshot', name: p.name(aSnapshot), ifExists, span: p.span(start) }
}
