/** Statements about the past as canonical text. */

import type { Expression, HistoryStatementOf, MomentOf, WriteClauses } from './ast.ts'
import type { Format } from './format.ts'
import { flag, formatClause, formatWriteClauses } from './format-clauses.ts'
import { formatComment, formatIfExists } from './format-define.ts'
import { formatName } from './format-name.ts'

export function formatHistoryStatement(f: Format, s: HistoryStatementOf<Expression, WriteClauses>): string {
  switch (s.kind) {
    case 'restore':
    case 'undo':
    case 'undelete':
      return [
        s.kind.toUpperCase(),
        flag(s.only, 'ONLY'),
        ` ${s.targets.map(f.expression).join(', ')}`,
        formatClause(f, 'TO', s.to),
        formatClause(f, 'WHERE', s.where),
        formatWriteClauses(f, s),
      ].join('')
    case 'diff':
      return [
        `DIFF FROM ${formatMoment(f, s.from)}`,
        s.to === undefined ? '' : ` TO ${formatMoment(f, s.to)}`,
        formatTables(s.tables),
        formatClause(f, 'AFTER', s.after),
        formatClause(f, 'LIMIT', s.limit),
      ].join('')
    case 'define_snapshot':
      return [
        `DEFINE SNAPSHOT${formatIfExists(s.ifExists)} ${formatName(s.name)}`,
        formatClause(f, 'AT', s.at),
        formatTables(s.tables),
        formatComment(s.comment),
      ].join('')
    case 'remove_snapshot':
      return `REMOVE SNAPSHOT${flag(s.ifExists, 'IF EXISTS')} ${formatName(s.name)}`
    case 'restore_snapshot':
      return `RESTORE SNAPSHOT ${formatName(s.name)}${formatTables(s.tables)}`
    default:
      return s satisfies never
  }
}

function formatMoment(f: Format, moment: MomentOf<Expression>): string {
  return moment.type === 'time' ? f.expression(moment.time) : `SNAPSHOT ${formatName(moment.name)}`
}

function formatTables(tables: readonly string[] | undefined): string {
  return tables === undefined ? '' : ` TABLES ${tables.map(formatName).join(', ')}`
}
