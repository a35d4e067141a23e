/**
 * Definitions as lines of an export of records: what they say, without the numbers that they have in their
 * database. Format: docs/formats/export.md#definitions
 */

import { fromTypedJson, toTypedJson, type Value } from '@dendrodb/protocol'
import type {
  IndexDefinition,
  NewIndex,
  ParamDefinition,
  TableChange,
  TableDefinition,
} from '../catalog/definitions.ts'
import {
  checkComment,
  checkFields,
  checkFlag,
  checkHistory,
  checkKind,
  checkPermissions,
  checkSchema,
} from './definition-checks.ts'

export type DefinitionLine =
  | {
      readonly type: 'table'
      readonly name: string
      readonly implicit: boolean
      readonly change: TableChange
    }
  | { readonly type: 'index'; readonly index: NewIndex }
  | { readonly type: 'param'; readonly name: string; readonly value: Value }

export function tableLine(table: TableDefinition): string {
  return JSON.stringify({ table: table.name, implicit: table.implicit || undefined, ...changeOf(table) })
}

export function indexLine(index: IndexDefinition): string {
  const { name, ...definition } = newIndexOf(index)
  return JSON.stringify({ index: name, ...definition })
}

export function paramLine({ name, value }: ParamDefinition): string {
  return JSON.stringify({ param: name, value: toTypedJson(value) })
}

/** `undefined` for a line of another sort. @throws SyntaxError, JSON_TYPED, VALUE_* */
export function parseDefinition(fields: Readonly<Record<string, unknown>>): DefinitionLine | undefined {
  const { table, index, param, unique, comment } = fields
  if (typeof index === 'string' && typeof table === 'string') {
    const definition = {
      name: index,
      table,
      fields: checkFields(fields.fields),
      unique: checkFlag('unique', unique),
      ...given('comment', checkComment(comment)),
    }
    return { type: 'index', index: definition }
  }
  if (typeof table === 'string') {
    const change = {
      kind: checkKind(fields.kind),
      schema: checkSchema(fields.schema),
      drop: checkFlag('drop', fields.drop),
      ...given('permissions', checkPermissions(fields.permissions)),
      ...given('historyMicros', checkHistory(fields.historyMicros)),
      ...given('comment', checkComment(comment)),
    }
    return { type: 'table', name: table, implicit: fields.implicit === true, change }
  }
  if (typeof param === 'string') return { type: 'param', name: param, value: fromTypedJson(fields.value) }
  return undefined
}

/** What a definition of a table says. */
export function changeOf(table: TableDefinition): TableChange {
  const { kind, schema, drop, permissions, historyMicros, comment } = table
  return {
    kind,
    schema,
    drop,
    ...given('permissions', permissions),
    ...given('historyMicros', historyMicros),
    ...given('comment', comment),
  }
}

/** What a definition of an index says. */
export function newIndexOf({ name, table, fields, unique, comment }: IndexDefinition): NewIndex {
  return { name, table, fields, unique, ...given('comment', comment) }
}

/** Whether two definitions say the same. */
export function isSameDefinition(one: object, other: object): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other))
}

function given<Name extends string, T>(name: Name, value: T | undefined): { readonly [Key in Name]?: T } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [Key in Name]: T })
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return entries.map(([name, each]) => [name, sorted(each)])
}
