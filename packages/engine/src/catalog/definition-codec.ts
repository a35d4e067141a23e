/**
 * Definitions as records and back.
 * Format: docs/formats.md#catalog. A table is `$table:<name>`, an index `$index:[<table>, <name>]`, a
 * parameter `$param:<name>`, a branch `$branch:<name>`; fields that are not set are left out.
 */

import { Datetime, type Value, type ValueObject } from '@dendrodb/protocol'
import { DefinitionFields, isObject, isTexts } from './definition-fields.ts'
import type {
  BranchDefinition,
  FieldPath,
  IndexDefinition,
  TableDefinition,
  TableKind,
} from './definitions.ts'
import { firstFreeNumber } from './system-tables.ts'

const schemaModes = ['schemaless', 'schemafull', 'schemamixed'] as const
const validTimeUses = ['bounds', 'periods'] as const
const indexStates = ['building', 'ready', 'failed'] as const

/** An edge table's indexes from one end to the other. */
export interface AdjacencyIds {
  /** Number of the index on `in`, `out`. */
  readonly outward: number
  /** Number of the index on `out`, `in`. */
  readonly inward: number
}

/** A table's own record, without what other records say about it. */
export interface TableRecord {
  readonly table: Omit<TableDefinition, 'indexes'>
  readonly adjacency: AdjacencyIds | undefined
}

export function encodeTable({ table, adjacency }: TableRecord): ValueObject {
  return withoutNone({
    number: table.id,
    kind: encodeKind(table.kind),
    schema: table.schema,
    drop: table.drop || undefined,
    implicit: table.implicit || undefined,
    validTime: table.validTime === 'none' ? undefined : table.validTime,
    permissions: table.permissions && { ...table.permissions },
    historyMicros: table.historyMicros,
    historySince: table.historySince || undefined,
    comment: table.comment,
    outward: adjacency?.outward,
    inward: adjacency?.inward,
  })
}

/** @throws LEDGER_CORRUPT */
export function decodeTable(name: string, record: ValueObject): TableRecord {
  const fields = new DefinitionFields(`table ${name}`, record)
  const kind = decodeKind(fields.shaped('kind', isKind))
  const isEdges = kind.type === 'relation'
  return {
    table: {
      id: fields.number('number', firstFreeNumber),
      name,
      kind,
      schema: fields.oneOf('schema', schemaModes),
      drop: record.drop === true,
      implicit: record.implicit === true,
      validTime: record.validTime === undefined ? 'none' : fields.oneOf('validTime', validTimeUses),
      permissions: fields.shaped('permissions', arePermissions),
      historyMicros: fields.numberIfAny('historyMicros', 0),
      historySince: fields.numberIfAny('historySince', 0) ?? 0,
      comment: fields.textIfAny('comment'),
    },
    adjacency: isEdges
      ? {
          outward: fields.number('outward', firstFreeNumber),
          inward: fields.number('inward', firstFreeNumber),
        }
      : undefined,
  }
}

export function encodeIndex(index: IndexDefinition): ValueObject {
  return withoutNone({
    number: index.id,
    tableNumber: index.tableId,
    fields: index.fields.map(formatPath),
    unique: index.unique || undefined,
    state: index.state,
    failure: index.failure,
    // The commit that defines an index is known only once it is made; from then on the record carries it
    // along.
    sinceSeq: index.sinceSeq === definedByOwnCommit ? undefined : index.sinceSeq,
    comment: index.comment,
  })
}

/** `sinceSeq` of an index whose defining commit has no number yet. */
export const definedByOwnCommit = -1

/** `seq` is the commit that wrote the record. @throws LEDGER_CORRUPT */
export function decodeIndex(table: string, name: string, record: ValueObject, seq: number): IndexDefinition {
  const fields = new DefinitionFields(`index ${name} of table ${table}`, record)
  return {
    id: fields.number('number', firstFreeNumber),
    name,
    table,
    tableId: fields.number('tableNumber', firstFreeNumber),
    fields: fields.shaped<readonly string[][]>('fields', arePaths).map(parsePath),
    unique: record.unique === true,
    state: fields.oneOf('state', indexStates),
    failure: fields.textIfAny('failure'),
    sinceSeq: fields.numberIfAny('sinceSeq', 0) ?? seq,
    isAdjacency: false,
    comment: fields.textIfAny('comment'),
  }
}

export function encodeBranch(branch: BranchDefinition): ValueObject {
  const { number, parent, forkedAt, created, comment } = branch
  return withoutNone({ number, parent, forkedAt, created, comment })
}

/** @throws LEDGER_CORRUPT */
export function decodeBranch(name: string, record: ValueObject): BranchDefinition {
  const fields = new DefinitionFields(`branch ${name}`, record)
  const number = fields.number('number', 1)
  const parent = fields.number('parent', 0)
  // Numbers are given in the order in which branches are made.
  if (parent >= number) throw fields.problem('its parent is younger than itself')
  return {
    name,
    number,
    parent,
    forkedAt: fields.number('forkedAt', 0),
    created: fields.shaped('created', (value) => value instanceof Datetime),
    comment: fields.textIfAny('comment'),
  }
}

/** The two indexes that every relation table has by itself. */
export function adjacencyIndexes(table: TableRecord['table'], ids: AdjacencyIds): IndexDefinition[] {
  const index = (id: number, name: string, fields: FieldPath[]): IndexDefinition => ({
    id,
    name,
    table: table.name,
    tableId: table.id,
    fields,
    unique: false,
    state: 'ready',
    failure: undefined,
    sinceSeq: 0,
    isAdjacency: true,
    comment: undefined,
  })
  return [index(ids.outward, '$outward', [['in'], ['out']]), index(ids.inward, '$inward', [['out'], ['in']])]
}

const eachText = '*'

/** A path as texts; a field named `*` is escaped so that it is not taken for "every element". */
function formatPath(path: FieldPath): string[] {
  return path.map((step) => (typeof step === 'string' ? `.${step}` : eachText))
}

function parsePath(texts: readonly string[]): FieldPath {
  return texts.map((text) => (text === eachText ? { each: true as const } : text.slice(1)))
}

function encodeKind(kind: TableKind): ValueObject {
  if (kind.type !== 'relation') return { type: kind.type }
  return { type: 'relation', from: kind.from, to: kind.to, enforced: kind.enforced }
}

function decodeKind(record: ValueObject): TableKind {
  if (record.type !== 'relation') return { type: record.type as 'any' | 'normal' }
  return {
    type: 'relation',
    from: record.from as readonly string[],
    to: record.to as readonly string[],
    enforced: record.enforced === true,
  }
}

function isKind(value: Value): boolean {
  if (!isObject(value)) return false
  if (value.type === 'relation') return isTexts(value.from) && isTexts(value.to)
  return value.type === 'any' || value.type === 'normal'
}

function arePermissions(value: Value): boolean {
  if (value === undefined) return true
  return isObject(value) && [value.select, value.create, value.update, value.delete].every(isRule)
}

function isRule(value: Value): boolean {
  return value === 'full' || value === 'none' || (isObject(value) && typeof value.where === 'string')
}

function arePaths(value: Value): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isPath)
}

function isPath(value: Value): boolean {
  return (
    isTexts(value) && value.length > 0 && value.every((text) => text === eachText || text.startsWith('.'))
  )
}

function withoutNone(fields: Readonly<Record<string, Value>>): ValueObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
