/** Statements as canonical text, on one line, without a semicolon. */

import { formatIdentifier } from '@dendrodb/protocol'
import type {
  Expression,
  IfStatement,
  InfoSubject,
  InsertStatement,
  LiveStatement,
  SelectStatement,
  Statement,
  UseStatement,
} from './ast.ts'
import type { Format } from './format.ts'
import { formatBranchStatement } from './format-branch.ts'
import {
  flag,
  formatAssignments,
  formatClause,
  formatData,
  formatExplain,
  formatGroup,
  formatIndexHint,
  formatList,
  formatOrder,
  formatProjection,
  formatWriteClauses,
} from './format-clauses.ts'
import { formatSchemaStatement } from './format-define.ts'
import { formatBlock, formatFunctionParam } from './format-expression.ts'
import { formatHistoryStatement } from './format-history.ts'
import { formatName, formatParam } from './format-name.ts'
import { isAssignment } from './operator-power.ts'

export function formatStatementNode(f: Format, s: Statement): string {
  switch (s.kind) {
    case 'expression':
      return isAssignment(s.expression) ? `(${f.expression(s.expression)})` : f.expression(s.expression)
    case 'select':
      return formatSelect(f, s)
    case 'count':
      return [
        `COUNT ${f.expression(s.target)}`,
        formatClause(f, 'AS OF', s.asOf),
        formatClause(f, 'VALID AS OF', s.validAsOf),
        formatClause(f, 'WHERE', s.where),
        formatList(f, 'GROUP BY', s.group),
      ].join('')
    case 'create':
      return [
        `CREATE${flag(s.only, 'ONLY')} ${s.targets.map(f.expression).join(', ')}`,
        formatData(f, s.data),
        formatWriteClauses(f, s),
      ].join('')
    case 'insert':
      return formatInsert(f, s)
    case 'update':
    case 'upsert':
    case 'delete':
      return [
        s.kind.toUpperCase(),
        flag(s.only, 'ONLY'),
        ` ${s.targets.map(f.expression).join(', ')}`,
        formatIndexHint(s.index),
        s.kind === 'delete' ? '' : formatData(f, s.data),
        formatClause(f, 'WHERE', s.where),
        formatWriteClauses(f, s),
        formatExplain(s.explain),
      ].join('')
    case 'relate':
      return [
        `RELATE${flag(s.only, 'ONLY')} `,
        [s.from, s.edge, s.to].map((end) => formatEnd(f, end)).join('->'),
        flag(s.unique, 'UNIQUE'),
        formatData(f, s.data),
        formatWriteClauses(f, s),
      ].join('')
    case 'live':
      return formatLive(f, s)
    case 'use':
      return formatUse(s)
    case 'info':
      return `INFO FOR ${formatSubject(s.subject)}${flag(s.structure, 'STRUCTURE')}`
    case 'show_changes': {
      const subject = s.table === undefined ? 'DATABASE' : `TABLE ${formatName(s.table)}`
      return `SHOW CHANGES FOR ${subject}${formatClause(f, 'SINCE', s.since)}${formatClause(f, 'LIMIT', s.limit)}`
    }
    case 'kill':
      return `KILL ${f.expression(s.id)}`
    case 'let':
      return `LET ${formatFunctionParam(s, false)} = ${f.expression(s.value)}`
    case 'return':
      return (
        (s.value === undefined ? 'RETURN' : `RETURN ${f.expression(s.value)}`) +
        formatList(f, 'FETCH', s.fetch)
      )
    case 'if':
      return formatIf(f, s)
    case 'for':
      return `FOR ${formatParam(s.variable)} IN ${f.expression(s.source)} ${formatBlock(f, s.body)}`
    case 'throw':
      return `THROW ${f.expression(s.error)}`
    case 'sleep':
      return `SLEEP ${f.expression(s.duration)}`
    case 'begin':
    case 'commit':
    case 'cancel':
      return `${s.kind.toUpperCase()} TRANSACTION`
    case 'break':
    case 'continue':
      return s.kind.toUpperCase()
    case 'explain':
      return `EXPLAIN${flag(s.analyze, 'ANALYZE')} ${f.statement(s.statement)}`
    case 'erase':
      return `ERASE ${s.targets.map(f.expression).join(', ')}${formatClause(f, 'REASON', s.reason)}`
    case 'compact':
      return 'COMPACT'
    case 'define_branch':
    case 'remove_branch':
    case 'merge_branch':
    case 'diff_branch':
      return formatBranchStatement(f, s)
    case 'restore':
    case 'undo':
    case 'undelete':
    case 'diff':
    case 'define_snapshot':
    case 'remove_snapshot':
    case 'restore_snapshot':
      return formatHistoryStatement(f, s)
    default:
      return formatSchemaStatement(f, s)
  }
}

function formatSelect(f: Format, s: SelectStatement): string {
  return [
    `SELECT ${formatProjection(f, s.projection)}`,
    formatList(f, 'OMIT', s.omit),
    ` FROM${flag(s.only, 'ONLY')} ${s.from.map(f.expression).join(', ')}`,
    formatClause(f, 'AS OF', s.asOf),
    formatClause(f, 'VALID AS OF', s.validAsOf),
    s.trace === undefined ? '' : ` TRACE ${s.trace.direction.toUpperCase()}`,
    formatClause(f, 'DEPTH', s.trace?.depth),
    formatIndexHint(s.index),
    formatClause(f, 'WHERE', s.where),
    formatList(f, 'SPLIT', s.split),
    formatGroup(f, s.group),
    formatClause(f, 'HAVING', s.having),
    formatOrder(f, s.order),
    formatClause(f, 'LIMIT', s.limit),
    formatClause(f, 'START', s.skip),
    formatList(f, 'FETCH', s.fetch),
    formatClause(f, 'TIMEOUT', s.timeout),
    flag(s.parallel, 'PARALLEL'),
    flag(s.tempfiles, 'TEMPFILES'),
    formatExplain(s.explain),
  ].join('')
}

function formatInsert(f: Format, s: InsertStatement): string {
  const update = s.onDuplicateKeyUpdate
  return [
    `INSERT${flag(s.relation, 'RELATION')}${flag(s.ignore, 'IGNORE')}`,
    formatClause(f, 'INTO', s.into),
    formatSource(f, s.source),
    update === undefined ? '' : ` ON DUPLICATE KEY UPDATE ${formatAssignments(f, update)}`,
    formatWriteClauses(f, s),
  ].join('')
}

function formatSource(f: Format, source: InsertStatement['source']): string {
  if (source.type === 'value') return ` ${formatInserted(f, source)}`
  const row = (items: readonly Expression[]): string => `(${items.map(f.expression).join(', ')})`
  return ` ${row(source.fields)} VALUES ${source.rows.map(row).join(', ')}`
}

/** A parenthesis in front would open a list of fields, after which no operator may follow. */
function formatInserted(f: Format, { value }: Extract<InsertStatement['source'], { type: 'value' }>): string {
  const text = f.expression(value)
  return text.startsWith('(') && value.kind !== 'subquery' ? `(${text})` : text
}

/** One end of an edge, or the edge: a single value. */
function formatEnd(f: Format, end: Expression): string {
  const text = f.expression(end)
  const isSingle = ['table', 'param', 'array', 'subquery'].includes(end.kind)
  return isSingle || (end.kind === 'record_id' && end.key.kind !== 'key_range') ? text : `(${text})`
}

function formatLive(f: Format, s: LiveStatement): string {
  const what = s.projection === undefined ? 'DIFF' : formatProjection(f, s.projection)
  return `LIVE SELECT ${what} FROM ${f.expression(s.from)}${formatClause(f, 'WHERE', s.where)}${formatList(f, 'FETCH', s.fetch)}`
}

function formatUse({ namespace, database, branch }: UseStatement): string {
  const part = (word: string, name: string | undefined) =>
    name === undefined ? '' : ` ${word} ${formatIdentifier(name)}`
  return `USE${part('NS', namespace)}${part('DB', database)}${part('BRANCH', branch)}`
}

function formatSubject(subject: InfoSubject): string {
  switch (subject.type) {
    case 'table':
      return `TABLE ${formatName(subject.table)}`
    case 'branch':
      return `BRANCH ${formatName(subject.branch)}`
    case 'snapshot':
      return `SNAPSHOT ${formatName(subject.snapshot)}`
    case 'commit':
      return `COMMIT ${subject.seq}`
    case 'index':
      return `INDEX ${formatName(subject.index)} ON TABLE ${formatName(subject.table)}`
    default:
      return subject.type.toUpperCase()
  }
}

function formatIf(f: Format, { branches, otherwise }: IfStatement): string {
  const texts = branches.map(({ condition, body }) => `IF ${f.expression(condition)} ${formatBlock(f, body)}`)
  return [...texts, ...(otherwise === undefined ? [] : [formatBlock(f, otherwise)])].join(' ELSE ')
}
