/** USE, INFO, SHOW CHANGES, KILL. */

import type { InfoStatement, InfoSubject, KillStatement, ShowChangesStatement, UseStatement } from './ast.ts'
import type { Mutable } from './mutable.ts'
import type { Parser } from './parser.ts'

/** `USE NS a DB b`, `USE DB b`, `USE NS a`, `USE BRANCH c`, `USE DB b BRANCH c`. */
export function parseUse(p: Parser): UseStatement {
  const { start } = p.advance()
  const first = p.expectOneOf(['NS', 'NAMESPACE', 'DB', 'DATABASE', 'BRANCH'])
  const node: Mutable<UseStatement> = { kind: 'use', span: p.span(start) }
  if (first === 'BRANCH') node.branch = p.name('a branch name')
  else if (first === 'DB' || first === 'DATABASE') node.database = p.name('a database name')
  else {
    node.namespace = p.name('a namespace name')
    if (p.eatKeyword('DB') || p.eatKeyword('DATABASE')) node.database = p.name('a database name')
  }
  if (first !== 'BRANCH' && p.eatKeyword('BRANCH')) node.branch = p.name('a branch name')
  node.span = p.span(start)
  return node
}

/**
 * `INFO FOR ROOT`, `… NS`, `… DB`, `… TABLE t`, `… INDEX i ON t`, `… COMMIT n`, `… BRANCH b`,
 * `… SNAPSHOT s`, each with STRUCTURE.
 */
export function parseInfo(p: Parser): InfoStatement {
  const { start } = p.advance()
  p.expectKeyword('FOR')
  const subject = parseInfoSubject(p)
  const structure = p.eatKeyword('STRUCTURE')
  return { kind: 'info', subject, structure, span: p.span(start) }
}

function parseInfoSubject(p: Parser): InfoSubject {
  switch (
    p.expectOneOf([
      'ROOT',
      'NS',
      'NAMESPACE',
      'DB',
      'DATABASE',
      'TABLE',
      'INDEX',
      'COMMIT',
      'BRANCH',
      'SNAPSHOT',
    ])
  ) {
    case 'ROOT':
      return { type: 'root' }
    case 'NS':
    case 'NAMESPACE':
      return { type: 'namespace' }
    case 'DB':
    case 'DATABASE':
      return { type: 'database' }
    case 'TABLE':
      return { type: 'table', table: p.name('a table name') }
    case 'COMMIT':
      return { type: 'commit', seq: p.integer('the number of a commit') }
    case 'INDEX': {
      const index = p.name('an index name')
      return { type: 'index', index, table: parseOnTable(p) }
    }
    case 'BRANCH':
      return { type: 'branch', branch: p.name('a branch name') }
    case 'SNAPSHOT':
      return { type: 'snapshot', snapshot: p.name('a name for a snapshot') }
  }
}

/** `ON [TABLE] t`. */
export function parseOnTable(p: Parser): string {
  p.expectKeyword('ON')
  const isKeyword = p.token.keyword === 'TABLE' && (p.peek().type === 'word' || p.peek().type === 'escaped')
  if (isKeyword) p.advance()
  return p.name('a table name')
}

/** `SHOW CHANGES FOR TABLE t SINCE 10 LIMIT 5`, `SHOW CHANGES FOR DB`. */
export function parseShow(p: Parser): ShowChangesStatement {
  const { start } = p.advance()
  p.expectKeyword('CHANGES')
  p.expectKeyword('FOR')
  const node: Mutable<ShowChangesStatement> = { kind: 'show_changes', span: p.span(start) }
  if (p.expectOneOf(['TABLE', 'DB', 'DATABASE']) === 'TABLE') node.table = p.name('a table name')
  if (p.eatKeyword('SINCE')) node.since = p.grammar.expression(p)
  if (p.eatKeyword('LIMIT')) node.limit = p.grammar.expression(p)
  node.span = p.span(start)
  return node
}

export function parseKill(p: Parser): KillStatement {
  const { start } = p.advance()
  return { kind: 'kill', id: p.grammar.expression(p), span: p.span(start) }
}
