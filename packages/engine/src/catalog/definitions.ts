/**
 * Definitions: what a database has been told about its tables, fields and indexes.
 * Why: they are records in reserved tables (`$table`, `$index`, …), versioned and hashed like any other;
 * these are their decoded, immutable forms, which planner, writer and access rules read.
 * Invariant: a table's `id` and an index's `id` are given once and never reused; a table that is removed and
 * made again has a new id, so that keys of the two never mix.
 */

import type { Datetime, Value } from '@dendrodb/protocol'

export type SchemaMode = 'schemaless' | 'schemafull' | 'schemamixed'

export type TableKind =
  | { readonly type: 'any' }
  | { readonly type: 'normal' }
  | {
      readonly type: 'relation'
      /** Tables that `in` may point to; empty: any. */
      readonly from: readonly string[]
      readonly to: readonly string[]
      /** Both ends must exist when the edge is written. */
      readonly enforced: boolean
    }

/**
 * What the records of a table have said of valid time so far: nothing; that some versions hold for a time
 * only; that some records hold one version for one period and another for the next. Never goes back.
 */
export type ValidTimeUse = 'none' | 'bounds' | 'periods'

/** `full`, `none`, or the text of a DQL condition on the row. */
export type PermissionRule = 'full' | 'none' | { readonly where: string }

export interface TablePermissions {
  readonly select: PermissionRule
  readonly create: PermissionRule
  readonly update: PermissionRule
  readonly delete: PermissionRule
}

export interface TableDefinition {
  readonly id: number
  readonly name: string
  readonly kind: TableKind
  readonly schema: SchemaMode
  /** Writes are accepted and thrown away. */
  readonly drop: boolean
  /** `undefined`: never declared, so the default access rule holds. */
  readonly permissions: TablePermissions | undefined
  readonly comment: string | undefined
  /** Whether the table came with a first write instead of DEFINE TABLE. */
  readonly implicit: boolean
  readonly validTime: ValidTimeUse
  /** For how long versions stay after they were replaced; `undefined`: for ever. */
  readonly historyMicros: number | undefined
  /** Commit from which on the history is whole: earlier states have been forgotten. */
  readonly historySince: number
  readonly indexes: readonly IndexDefinition[]
}

/** One step into a record: a field name, or every element of an array. */
export type PathStep = string | { readonly each: true }
export type FieldPath = readonly PathStep[]

/**
 * `building`: kept up to date by writes, not yet complete, so no read may use it. `ready`: complete.
 * `failed`: the build met two records with one unique key; neither maintained nor used.
 */
export type IndexState = 'building' | 'ready' | 'failed'

export interface IndexDefinition {
  readonly id: number
  readonly name: string
  readonly table: string
  readonly tableId: number
  readonly fields: readonly FieldPath[]
  readonly unique: boolean
  readonly state: IndexState
  /** Why the build failed; only with `failed`. */
  readonly failure: string | undefined
  /** Commit that defined it: the index answers AS OF reads from this seq on, once it is ready. */
  readonly sinceSeq: number
  /** An edge table's own index from one end to the other (`in`,`out` or `out`,`in`); hidden from INFO. */
  readonly isAdjacency: boolean
  readonly comment: string | undefined
}

export interface ParamDefinition {
  readonly name: string
  readonly value: Value
}

/** A branch other than main. */
export interface BranchDefinition {
  readonly name: string
  /** Stands in the keys of its state; never given again. */
  readonly number: number
  /** Number of the branch that it was forked from. */
  readonly parent: number
  /** Commit whose state it begins with. */
  readonly forkedAt: number
  readonly created: Datetime
  readonly comment: string | undefined
}

/** What DEFINE TABLE says; what it leaves out stays as it is. */
export interface TableChange {
  readonly kind?: TableKind
  readonly schema?: TableDefinition['schema']
  readonly drop?: boolean
  readonly permissions?: TablePermissions
  /** Null: for ever. */
  readonly historyMicros?: number | null
  readonly comment?: string
}

export interface NewIndex {
  readonly name: string
  readonly table: string
  readonly fields: IndexDefinition['fields']
  readonly unique: boolean
  readonly comment?: string
}

/** All definitions at one moment. `seq` is the commit of the latest change among them. */
export interface Catalog {
  readonly seq: number
  table(name: string): TableDefinition | undefined
  tableById(id: number): TableDefinition | undefined
  tables(): Iterable<TableDefinition>
  param(name: string): ParamDefinition | undefined
  /** By name; for INFO. */
  params(): Iterable<ParamDefinition>
}
