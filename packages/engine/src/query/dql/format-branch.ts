/** Statements about branches as canonical text. */

import type { BranchStatementOf, DiffBranchOf, Expression, MergeBranchOf } from './ast.ts'
import type { Format } from './format.ts'
import { flag, formatClause } from './format-clauses.ts'
import { formatComment, formatIfExists } from './format-define.ts'
import { formatName } from './format-name.ts'

export function formatBranchStatement(f: Format, s: BranchStatementOf<Expression>): string {
  switch (s.kind) {
    case 'define_branch':
      return [
        `DEFINE BRANCH${formatIfExists(s.ifExists)} ${formatName(s.name)}`,
        s.from === undefined ? '' : ` FROM ${formatName(s.from)}`,
        formatClause(f, 'AT', s.at),
        formatComment(s.comment),
      ].join('')
    case 'remove_branch':
      return `REMOVE BRANCH${flag(s.ifExists, 'IF EXISTS')} ${formatName(s.name)}`
    case 'merge_branch':
      return [
        `MERGE BRANCH ${formatName(s.name)}`,
        s.into === undefined ? '' : ` INTO ${formatName(s.into)}`,
        flag(s.strict, 'STRICT'),
        formatResolution(f, s.resolve),
      ].join('')
    case 'diff_branch':
      return formatDiff(f, s)
    default:
      return s satisfies never
  }
}

function formatResolution(f: Format, resolve: MergeBranchOf<Expression>['resolve']): string {
  if (resolve === undefined) return ''
  return ` RESOLVE ${typeof resolve === 'string' ? resolve.toUpperCase() : formatResolving(f, resolve)}`
}

/** In parentheses where it would be taken for one of the two words. */
function formatResolving(f: Format, value: Expression): string {
  const text = f.expression(value)
  return /^(ours|theirs)\b/i.test(text) ? `(${text})` : text
}

function formatDiff(f: Format, s: DiffBranchOf<Expression>): string {
  return [
    `DIFF BRANCH ${formatName(s.name)}`,
    formatClause(f, 'AT', s.at),
    s.from === undefined ? '' : ` FROM ${formatName(s.from.name)}${formatClause(f, 'AT', s.from.at)}`,
    s.tables === undefined ? '' : ` TABLES ${s.tables.map(formatName).join(', ')}`,
    formatClause(f, 'LIMIT', s.limit),
    formatClause(f, 'START', s.start),
  ].join('')
}
