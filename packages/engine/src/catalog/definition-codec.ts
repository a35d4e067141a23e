/**
 * Definitions as records and back.
 * Format: docs/formats.md#catalog. A table is `$table:<name>`, an index `$index:[<table>, <name>]`, a
 * parameter `$param:<name>`, a branch `$branch:<name>`; fields that are not set are left out.
 */

import type { Datetime, Value, ValueObject } from '@dendrodb/protocol'
import type {
  BranchDefinition,
  FieldPath,
  IndexDefinition,
  TableDefinition,
  TableKind,
  TablePermissions,
  ValidTimeUse,
} from './definitions.ts'

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

export function decodeTable(name: string, record: ValueObject): TableRecord {
  const { outward, inward } = record
  return {
    table: {
      id: record.number as number,
      name,
      kind: decodeKind(record.kind as ValueObject),
      schema: record.schema as TableDefinition['schema'],
      drop: record.drop === true,
      implicit: record.implicit === true,
      validTime: (record.validTime as ValidTimeUse | undefined) ?? 'none',
      permissions: record.permissions as TablePermissions | undefined,
      historyMicros: record.historyMicros as number | undefined,
      historySince: (record.historySince as number | undefined) ?? 0,
      comment: record.comment as string | undefined,
    },
    adjacency: outward === undefined ? undefined : { outward: outward as number, inward: inward as number },
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

/** `seq` is the commit that wrote the record. */
export function decodeIndex(table: string, name: string, record: ValueObject, seq: number): IndexDefinition {
  return {
    id: record.number as number,
    name,
    table,
    tableId: record.tableNumber as number,
    fields: (record.fields as readonly string[][]).map(parsePath),
    unique: record.unique === true,
    state: record.state as IndexDefinition['state'],
    failure: record.failure as string | undefined,
    sinceSeq: (record.sinceSeq as number | undefined) ?? seq,
    isAdjacency: false,
    comment: record.comment as string | undefined,
  }
}

export function encodeBranch(branch: BranchDefinition): ValueObject {
  const { number, parent, forkedAt, created, comment } = branch
  return withoutNone({ number, parent, forkedAt, created, comment })
}

export function decodeBranch(name: string, record: ValueObject): BranchDefinition {
  return {
    name,
    number: record.number as number,
    parent: record.parent as number,
    forkedAt: record.forkedAt as number,
    created: record.created as Datetime,
    comment: record.comment as string | undefined,
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

function withoutNone(fields: Readonly<Record<string, Value>>): ValueObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
