/** DEFINE, REMOVE, MERGE and DIFF BRANCH. */

import type { DefineBranchOf, DiffBranchOf, Expression, MergeBranchOf, RemoveBranchStatement } from './ast.ts'
import type { Mutable } from './mutable.ts'
import type { Parser } from './parser.ts'
import { parseComment, parseIfExists, parseIfNotExists, parseTables } from './parser-define-parts.ts'

const aBranch = 'a branch name'

/** MERGE and DIFF are statements in front of BRANCH alone. */
export function opensBranchStatement(p: Parser): boolean {
  const { keyword } = p.token
  return (keyword === 'MERGE' || keyword === 'DIFF') && p.peek().keyword === 'BRANCH'
}

export function parseBranchStatement(p: Parser): MergeBranchOf<Expression> | DiffBranchOf<Expression> {
  const isMerge = p.token.keyword === 'MERGE'
  const { start } = p.advance()
  p.advance()
  return isMerge ? parseMerge(p, start) : parseDiff(p, start)
}

/** Behind `DEFINE BRANCH`. */
export function parseDefineBranch(p: Parser, start: number): DefineBranchOf<Expression> {
  const ifExists = parseIfNotExists(p)
  const node: Mutable<Omit<DefineBranchOf<Expression>, 'kind' | 'span'>> = { name: p.name(aBranch), ifExists }
  if (p.eatKeyword('FROM')) node.from = p.name(aBranch)
  if (p.eatKeyword('AT')) node.at = p.grammar.expression(p)
  parseComment(p, node)
  return { kind: 'define_branch', ...node, span: p.span(start) }
}

/** Behind `REMOVE BRANCH`. */
export function parseRemoveBranch(p: Parser, start: number): RemoveBranchStatement {
  const ifExists = parseIfExists(p)
  return { kind: 'remove_branch', name: p.name(aBranch), ifExists, span: p.span(start) }
}

function parseMerge(p: Parser, start: number): MergeBranchOf<Expression> {
  const node: Mutable<Omit<MergeBranchOf<Expression>, 'kind' | 'span'>> = {
    name: p.name(aBranch),
    strict: false,
  }
  if (p.eatKeyword('INTO')) node.into = p.name(aBranch)
  node.strict = p.eatKeyword('STRICT')
  if (p.eatKeyword('RESOLVE')) node.resolve = parseResolution(p)
  return { kind: 'merge_branch', ...node, span: p.span(start) }
}

function parseResolution(p: Parser): NonNullable<MergeBranchOf<Expression>['resolve']> {
  if (p.eatKeyword('OURS')) return 'ours'
  return p.eatKeyword('THEIRS') ? 'theirs' : p.grammar.expression(p)
}

function parseDiff(p: Parser, start: number): DiffBranchOf<Expression> {
  const node: Mutable<Omit<DiffBranchOf<Expression>, 'kind' | 'span'>> = { name: p.name(aBranch) }
  if (p.eatKeyword('AT')) node.at = p.grammar.expression(p)
  if (p.eatKeyword('FROM')) {
    const name = p.name(aBranch)
    node.from = p.eatKeyword('AT') ? { name, at: p.grammar.expression(p) } : { name }
  }
  const tables = parseTables(p)
  if (tables !== undefined) node.tables = tables
  if (p.eatKeyword('LIMIT')) node.limit = p.grammar.expression(p)
  if (p.eatKeyword('START')) node.start = p.grammar.expression(p)
  return { kind: 'diff_branch', ...node, span: p.span(start) }
}
