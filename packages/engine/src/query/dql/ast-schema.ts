/**
 * The part of the syntax tree that changes definitions: DEFINE, REMOVE, REBUILD.
 * `E`, `Block` and `Select` stand for the types of that name in ast.ts, which alone knows the whole tree: it
 * imports this file and so cannot be imported here.
 */

import type { Duration, HashName } from '@dendrodb/protocol'
import type { Distance, FunctionParam } from './ast-leaf.ts'
import type { Node, TypeNode } from './ast-type.ts'

export type SchemaStatementOf<E, Block, Select> =
  | DefineStatementOf<E, Block, Select>
  | RemoveStatement
  | RebuildIndexStatement

export type DefineStatementOf<E, Block, Select> =
  | DefineNamespaceStatement
  | DefineDatabaseStatement
  | DefineTableOf<E, Select>
  | DefineFieldOf<E>
  | DefineIndexStatement
  | DefineParamOf<E>
  | DefineFunctionOf<E, Block>
  | DefineEventOf<E>
  | DefineAnalyzerStatement

/** Fields and array elements alone, as definitions name them: `address.city`, `tags.*`, `tags[*].name`. */
export interface FieldPathNode extends Node<'field_path'> {
  readonly steps: readonly FieldPathStep[]
}

export type FieldPathStep = string | { readonly each: true }

/** `error` by default: defining what exists is refused. */
export type IfExists = 'error' | 'skip' | 'overwrite'

interface Definition<Kind extends string> extends Node<Kind> {
  readonly name: string
  readonly ifExists: IfExists
  readonly comment?: string
}

export type DefineNamespaceStatement = Definition<'define_namespace'>
export interface DefineDatabaseStatement extends Definition<'define_database'> {
  /** Hash function of its chain, where the statement names one. */
  readonly hash?: HashName
}

/** Relation: an absent list means any table. */
export type TableTypeNode =
  | { readonly type: 'any' | 'normal' }
  | {
      readonly type: 'relation'
      readonly from?: readonly string[]
      readonly to?: readonly string[]
      readonly enforced: boolean
    }

export interface DefineIndexStatement extends Definition<'define_index'> {
  readonly table: string
  /** Empty only for `COUNT`. */
  readonly fields: readonly FieldPathNode[]
  readonly index: IndexTypeNode
  /** The statement answers before the index is built. */
  readonly concurrently: boolean
}

export type IndexTypeNode =
  | { readonly type: 'normal' | 'unique' | 'count' }
  | HnswIndexNode
  | FulltextIndexNode

export interface HnswIndexNode {
  readonly type: 'hnsw'
  readonly dimension: number
  readonly distance?: Distance
  readonly vectorType?: 'f64' | 'f32' | 'i64' | 'i32' | 'i16'
  /** Neighbours per node, and on the lowest layer. */
  readonly m?: number
  readonly m0?: number
  /** Beam width of the construction. */
  readonly efc?: number
}

export interface FulltextIndexNode {
  readonly type: 'fulltext'
  readonly analyzer?: string
  /** BM25 with its two constants, where given. */
  readonly bm25?: { readonly k1: number; readonly b: number } | 'default'
  readonly highlights: boolean
}

export interface DefineAnalyzerStatement extends Definition<'define_analyzer'> {
  /** `fn::…` that the text passes through first. */
  readonly function?: string
  readonly tokenizers?: readonly AnalyzerTokenizer[]
  readonly filters?: readonly AnalyzerFilter[]
}

export type AnalyzerTokenizer = 'blank' | 'camel' | 'class' | 'code' | 'punct'

export type AnalyzerFilter =
  | { readonly type: 'ascii' | 'lowercase' | 'uppercase' }
  | { readonly type: 'snowball'; readonly language: string }
  | { readonly type: 'edgengram' | 'ngram'; readonly min: number; readonly max: number }
  | { readonly type: 'mapper'; readonly path: string }

/** `REMOVE TABLE t`, `REMOVE FIELD a.b ON t`, `REMOVE FUNCTION fn::f` … */
export interface RemoveStatement extends Node<'remove'> {
  readonly subject: RemoveSubject
  /** IF EXISTS: no error when there is none. */
  readonly ifExists: boolean
}

export type RemoveSubject =
  | {
      readonly type: 'namespace' | 'database' | 'table' | 'param' | 'function' | 'analyzer'
      readonly name: string
    }
  | { readonly type: 'index' | 'event'; readonly name: string; readonly table: string }
  | { readonly type: 'field'; readonly path: FieldPathNode; readonly table: string }

export interface RebuildIndexStatement extends Node<'rebuild_index'> {
  readonly name: string
  readonly table: string
  readonly ifExists: boolean
  readonly concurrently: boolean
}

// Definitions that hold expressions

export interface DefineTableOf<E, Select> extends Definition<'define_table'> {
  readonly drop: boolean
  /** Not given: schemaless. */
  readonly schema?: 'schemafull' | 'schemaless' | 'schemamixed'
  readonly type?: TableTypeNode
  readonly permissions?: PermissionsOf<E>
  /** How long versions stay after they were replaced. */
  readonly history?: Duration | 'none' | 'forever'
  /** Reserved. */
  readonly changefeed?: { readonly retention: E; readonly includeOriginal: boolean }
  /** `AS SELECT …`: reserved for views. */
  readonly as?: Select
}

/** An action that is not mentioned is absent: the reader of the definition decides (NONE for tables). */
export interface PermissionsOf<E> {
  readonly select?: PermissionOf<E>
  readonly create?: PermissionOf<E>
  readonly update?: PermissionOf<E>
  readonly delete?: PermissionOf<E>
}

export type PermissionOf<E> =
  | { readonly type: 'full' | 'none' }
  | { readonly type: 'where'; readonly where: E }

export interface DefineFieldOf<E> extends Node<'define_field'> {
  readonly path: FieldPathNode
  readonly table: string
  readonly ifExists: IfExists
  readonly type?: TypeNode
  /** Extra fields inside an object are allowed. */
  readonly flexible: boolean
  readonly readonly: boolean
  readonly default?: { readonly value: E; readonly always: boolean }
  readonly value?: E
  readonly assert?: E
  /** Evaluated on every read, never stored. */
  readonly computed?: E
  readonly permissions?: PermissionsOf<E>
  readonly comment?: string
}

export interface DefineParamOf<E> extends Definition<'define_param'> {
  readonly value: E
  readonly permission?: PermissionOf<E>
}

/** `name` comes without `fn::`. */
export interface DefineFunctionOf<E, Block> extends Definition<'define_function'> {
  readonly params: readonly FunctionParam[]
  readonly returns?: TypeNode
  readonly body: Block
  readonly permission?: PermissionOf<E>
}

export interface DefineEventOf<E> extends Definition<'define_event'> {
  readonly table: string
  readonly when?: E
  /** What happens, in this order: THEN. */
  readonly actions: readonly E[]
}
