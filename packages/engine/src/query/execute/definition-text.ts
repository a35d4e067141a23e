/**
 * Definitions as values: the statement that makes them, or an object.
 */

import { Duration, formatValue, type Value } from '@dendrodb/protocol'
import type {
  FieldPath,
  IndexDefinition,
  ParamDefinition,
  PermissionRule,
  TableDefinition,
  TableKind,
} from '../../catalog/definitions.ts'
import { formatFieldPath, formatName, formatParam } from '../dql/format-name.ts'
import type { BranchInfo, SnapshotInfo } from '../host.ts'
import { branchValue, snapshotValue } from './branch-values.ts'

export interface DefinitionView {
  table(table: TableDefinition): Value
  index(index: IndexDefinition): Value
  param(param: ParamDefinition): Value
  branch(branch: BranchInfo): Value
  snapshot(snapshot: SnapshotInfo): Value
}

export function viewsOf(structure: boolean): DefinitionView {
  return structure ? structures : texts
}

const texts: DefinitionView = {
  table({ name, kind, schema, drop, permissions, historyMicros, comment }) {
    const parts = [
      `DEFINE TABLE ${formatName(name)} TYPE ${kindText(kind)}`,
      drop ? 'DROP' : '',
      schema.toUpperCase(),
      commentText(comment),
      permissions === undefined
        ? ''
        : `PERMISSIONS ${Object.entries(permissions)
            .map(([action, rule]) => `FOR ${action} ${ruleText(rule)}`)
            .join(', ')}`,
      historyMicros === undefined ? '' : `HISTORY ${historyText(historyMicros)}`,
    ]
    return parts.filter((part) => part !== '').join(' ')
  },
  index({ name, table, fields, unique, comment }) {
    const paths = fields.map(pathText).join(', ')
    const parts = [
      `DEFINE INDEX ${formatName(name)} ON ${formatName(table)} FIELDS ${paths}`,
      unique ? 'UNIQUE' : '',
      commentText(comment),
    ]
    return parts.filter((part) => part !== '').join(' ')
  },
  branch({ name, parent, forkedAt, comment }) {
    const parts = [
      `DEFINE BRANCH ${formatName(name)} FROM ${formatName(parent)} AT ${forkedAt}`,
      commentText(comment),
    ]
    return parts.filter((part) => part !== '').join(' ')
  },
  snapshot({ name, at, tables, comment }) {
    const parts = [
      `DEFINE SNAPSHOT ${formatName(name)} AT ${at}`,
      tables === undefined ? '' : `TABLES ${tables.map(formatName).join(', ')}`,
      commentText(comment),
    ]
    return parts.filter((part) => part !== '').join(' ')
  },
  param: ({ name, value }) => `DEFINE PARAM ${formatParam(name)} VALUE ${formatValue(value)}`,
}

const structures: DefinitionView = {
  table: ({ name, kind, schema, drop, permissions, historyMicros, historySince, comment, implicit }) => ({
    name,
    kind:
      kind.type === 'relation'
        ? { type: kind.type, from: kind.from, to: kind.to, enforced: kind.enforced }
        : { type: kind.type },
    schema,
    drop,
    implicit,
    ...(permissions && {
      permissions: Object.fromEntries(
        Object.entries(permissions).map(([action, rule]) => [
          action,
          typeof rule === 'string' ? rule : rule.where,
        ]),
      ),
    }),
    ...(historyMicros !== undefined && { history: historyText(historyMicros) }),
    ...(historySince > 0 && { history_since: historySince }),
    ...(comment !== undefined && { comment }),
  }),
  index: ({ name, table, fields, unique, state, comment }) => ({
    name,
    table,
    fields: fields.map(pathText),
    unique,
    state,
    ...(comment !== undefined && { comment }),
  }),
  branch: branchValue,
  snapshot: snapshotValue,
  param: ({ name, value }) => ({ name, value }),
}

function kindText(kind: TableKind): string {
  if (kind.type !== 'relation') return kind.type.toUpperCase()
  const from = kind.from.length === 0 ? '' : ` IN ${kind.from.map(formatName).join(' | ')}`
  const to = kind.to.length === 0 ? '' : ` OUT ${kind.to.map(formatName).join(' | ')}`
  return `RELATION${from}${to}${kind.enforced ? ' ENFORCED' : ''}`
}

function ruleText(rule: PermissionRule): string {
  return typeof rule === 'string' ? rule.toUpperCase() : `WHERE ${rule.where}`
}

function historyText(micros: number): string {
  return micros === 0 ? 'NONE' : Duration.fromUnits(micros, 'us').toString()
}

function commentText(comment: string | undefined): string {
  return comment === undefined ? '' : `COMMENT ${formatValue(comment)}`
}

function pathText(path: FieldPath): string {
  return formatFieldPath({ kind: 'field_path', span: { start: 0, end: 0 }, steps: path })
}
