/** Definitions as canonical text. */

import { formatIdentifier, formatValue, type HashName } from '@dendrodb/protocol'
import type {
  AnalyzerFilter,
  DefineAnalyzerStatement,
  DefineFieldStatement,
  DefineFunctionStatement,
  DefineTableStatement,
  IfExists,
  IndexTypeNode,
  PermissionNode,
  PermissionsClause,
  RemoveSubject,
  SchemaStatement,
  TableTypeNode,
} from './ast.ts'
import type { Format } from './format.ts'
import { flag, formatClause } from './format-clauses.ts'
import { formatBlock, formatDistance, formatFunctionParam } from './format-expression.ts'
import { formatFieldPath, formatFunctionName, formatName, formatParam } from './format-name.ts'
import { formatType } from './format-type.ts'

export function formatSchemaStatement(f: Format, s: SchemaStatement): string {
  switch (s.kind) {
    case 'define_namespace':
      return `DEFINE NAMESPACE${formatIfExists(s.ifExists)} ${formatName(s.name)}${formatComment(s.comment)}`
    case 'define_database':
      return `DEFINE DATABASE${formatIfExists(s.ifExists)} ${formatName(s.name)}${hash(s.hash)}${formatComment(s.comment)}`
    case 'define_table':
      return formatTable(f, s)
    case 'define_field':
      return formatField(f, s)
    case 'define_index':
      return [
        `DEFINE INDEX${formatIfExists(s.ifExists)} ${formatName(s.name)}${onTable(s.table)}`,
        s.fields.length === 0 ? '' : ` FIELDS ${s.fields.map(formatFieldPath).join(', ')}`,
        formatIndexType(s.index),
        flag(s.concurrently, 'CONCURRENTLY'),
        formatComment(s.comment),
      ].join('')
    case 'define_param':
      return [
        `DEFINE PARAM${formatIfExists(s.ifExists)} ${formatParam(s.name)} VALUE ${f.expression(s.value)}`,
        ownPermission(f, s.permission),
        formatComment(s.comment),
      ].join('')
    case 'define_function':
      return formatFunction(f, s)
    case 'define_event':
      return [
        `DEFINE EVENT${formatIfExists(s.ifExists)} ${formatName(s.name)}${onTable(s.table)}`,
        formatClause(f, 'WHEN', s.when),
        ` THEN ${s.actions.map(f.expression).join(', ')}`,
        formatComment(s.comment),
      ].join('')
    case 'define_analyzer':
      return formatAnalyzer(s)
    case 'remove':
      return `REMOVE ${formatRemoved(s.subject, flag(s.ifExists, 'IF EXISTS'))}`
    case 'rebuild_index':
      return `REBUILD INDEX${flag(s.ifExists, 'IF EXISTS')} ${formatName(s.name)}${onTable(s.table)}${flag(s.concurrently, 'CONCURRENTLY')}`
    default:
      return s satisfies never
  }
}

export function formatIfExists(what: IfExists): string {
  if (what === 'error') return ''
  return what === 'skip' ? ' IF NOT EXISTS' : ' OVERWRITE'
}

function hash(name: HashName | undefined): string {
  return name === undefined ? '' : ` HASH ${name.toUpperCase()}`
}

export function formatComment(text: string | undefined): string {
  return text === undefined ? '' : ` COMMENT ${formatValue(text)}`
}

function onTable(table: string): string {
  return ` ON TABLE ${formatName(table)}`
}

function formatTable(f: Format, s: DefineTableStatement): string {
  const { changefeed } = s
  return [
    `DEFINE TABLE${formatIfExists(s.ifExists)} ${formatName(s.name)}`,
    flag(s.drop, 'DROP'),
    s.schema === undefined ? '' : ` ${s.schema.toUpperCase()}`,
    s.type === undefined ? '' : ` TYPE ${formatTableType(s.type)}`,
    s.as === undefined ? '' : ` AS ${f.statement(s.as)}`,
    changefeed === undefined ? '' : formatClause(f, 'CHANGEFEED', changefeed.retention),
    flag(changefeed?.includeOriginal === true, 'INCLUDE ORIGINAL'),
    formatPermissions(f, s.permissions),
    s.history === undefined ? '' : ` HISTORY ${formatHistory(s.history)}`,
    formatComment(s.comment),
  ].join('')
}

function formatHistory(history: NonNullable<DefineTableStatement['history']>): string {
  return typeof history === 'string' ? history.toUpperCase() : history.toString()
}

function formatTableType(type: TableTypeNode): string {
  if (type.type !== 'relation') return type.type.toUpperCase()
  const from = type.from === undefined ? '' : ` IN ${type.from.map(formatName).join(' | ')}`
  const to = type.to === undefined ? '' : ` OUT ${type.to.map(formatName).join(' | ')}`
  return `RELATION${from}${to}${flag(type.enforced, 'ENFORCED')}`
}

function formatField(f: Format, s: DefineFieldStatement): string {
  return [
    `DEFINE FIELD${formatIfExists(s.ifExists)} ${formatFieldPath(s.path)}${onTable(s.table)}`,
    flag(s.flexible, 'FLEXIBLE'),
    s.type === undefined ? '' : ` TYPE ${formatType(s.type)}`,
    formatClause(f, s.default?.always === true ? 'DEFAULT ALWAYS' : 'DEFAULT', s.default?.value),
    flag(s.readonly, 'READONLY'),
    formatClause(f, 'VALUE', s.value),
    formatClause(f, 'ASSERT', s.assert),
    formatClause(f, 'COMPUTED', s.computed),
    formatPermissions(f, s.permissions),
    formatComment(s.comment),
  ].join('')
}

const actions = ['select', 'create', 'update', 'delete'] as const

function formatPermissions(f: Format, permissions: PermissionsClause | undefined): string {
  if (permissions === undefined) return ''
  const all = actions.map((action) => permissions[action])
  const [first] = all
  if (first !== undefined && first.type !== 'where' && all.every((each) => each?.type === first.type)) {
    return ` PERMISSIONS ${first.type.toUpperCase()}`
  }
  const named = actions.map((action) => {
    const permission = permissions[action]
    return permission === undefined ? '' : ` FOR ${action}${formatPermission(f, permission)}`
  })
  return ` PERMISSIONS${named.join('')}`
}

function formatPermission(f: Format, permission: PermissionNode): string {
  return permission.type === 'where'
    ? formatClause(f, 'WHERE', permission.where)
    : ` ${permission.type.toUpperCase()}`
}

function ownPermission(f: Format, permission: PermissionNode | undefined): string {
  return permission === undefined ? '' : ` PERMISSIONS${formatPermission(f, permission)}`
}

function formatIndexType(index: IndexTypeNode): string {
  switch (index.type) {
    case 'normal':
      return ''
    case 'unique':
    case 'count':
      return ` ${index.type.toUpperCase()}`
    case 'hnsw':
      return [
        ` HNSW DIMENSION ${index.dimension}`,
        index.distance === undefined ? '' : ` DIST ${formatDistance(index.distance)}`,
        index.vectorType === undefined ? '' : ` TYPE ${index.vectorType.toUpperCase()}`,
        index.efc === undefined ? '' : ` EFC ${index.efc}`,
        index.m === undefined ? '' : ` M ${index.m}`,
        index.m0 === undefined ? '' : ` M0 ${index.m0}`,
      ].join('')
    case 'fulltext': {
      const { analyzer, bm25, highlights } = index
      const constants = bm25 === undefined || bm25 === 'default' ? '' : `(${bm25.k1}, ${bm25.b})`
      return [
        ' FULLTEXT',
        analyzer === undefined ? '' : ` ANALYZER ${formatName(analyzer)}`,
        bm25 === undefined ? '' : ` BM25${constants}`,
        flag(highlights, 'HIGHLIGHTS'),
      ].join('')
    }
    default:
      return index satisfies never
  }
}

function formatFunction(f: Format, s: DefineFunctionStatement): string {
  const params = s.params.map((param) => formatFunctionParam(param, false)).join(', ')
  return [
    `DEFINE FUNCTION${formatIfExists(s.ifExists)} ${formatFunctionName(`fn::${s.name}`)}(${params})`,
    s.returns === undefined ? '' : ` -> ${formatType(s.returns)}`,
    ` ${formatBlock(f, s.body)}`,
    ownPermission(f, s.permission),
    formatComment(s.comment),
  ].join('')
}

function formatAnalyzer(s: DefineAnalyzerStatement): string {
  return [
    `DEFINE ANALYZER${formatIfExists(s.ifExists)} ${formatName(s.name)}`,
    s.function === undefined ? '' : ` FUNCTION ${formatFunctionName(`fn::${s.function}`)}`,
    s.tokenizers === undefined ? '' : ` TOKENIZERS ${s.tokenizers.join(', ')}`,
    s.filters === undefined ? '' : ` FILTERS ${s.filters.map(formatFilter).join(', ')}`,
    formatComment(s.comment),
  ].join('')
}

function formatFilter(filter: AnalyzerFilter): string {
  switch (filter.type) {
    case 'snowball':
      return `snowball(${formatIdentifier(filter.language)})`
    case 'mapper':
      return `mapper(${formatValue(filter.path)})`
    case 'edgengram':
    case 'ngram':
      return `${filter.type}(${filter.min}, ${filter.max})`
    default:
      return filter.type
  }
}

function formatRemoved(subject: RemoveSubject, condition: string): string {
  const what = `${subject.type.toUpperCase()}${condition} `
  switch (subject.type) {
    case 'field':
      return `${what}${formatFieldPath(subject.path)}${onTable(subject.table)}`
    case 'index':
    case 'event':
      return `${what}${formatName(subject.name)}${onTable(subject.table)}`
    case 'param':
      return what + formatParam(subject.name)
    case 'function':
      return what + formatFunctionName(`fn::${subject.name}`)
    default:
      return what + formatName(subject.name)
  }
}
