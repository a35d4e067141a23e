/**
 * What every node of the syntax tree has, and the part of the tree that describes types: `<array<int>>`,
 * `DEFINE FIELD … TYPE`, parameters of functions and closures.
 */

import type { Value } from '@dendrodb/protocol'

/** UTF-16 offsets into the parsed text, `end` exclusive. */
export interface Span {
  readonly start: number
  readonly end: number
}

export interface Node<Kind extends string> {
  readonly kind: Kind
  readonly span: Span
}

export type TypeNode =
  | ScalarType
  | RecordType
  | ArrayType
  | SetType
  | OptionType
  | GeometryType
  | VectorType
  | LiteralType
  | ObjectType
  | TupleType
  | UnionType

export interface ScalarType extends Node<'scalar_type'> {
  readonly name: ScalarTypeName
}

export type ScalarTypeName =
  | 'any'
  | 'none'
  | 'null'
  | 'bool'
  | 'int'
  | 'float'
  | 'decimal'
  | 'number'
  | 'string'
  | 'bytes'
  | 'datetime'
  | 'duration'
  | 'uuid'
  | 'object'
  | 'range'
  | 'function'
  | 'point'

/** `record<a|b>`; no `tables`: any. */
export interface RecordType extends Node<'record_type'> {
  readonly tables?: readonly string[]
}

/** `array`, `array<int>`, `array<int, 10>`: exactly so many elements. */
export interface ArrayType extends Node<'array_type'> {
  readonly item?: TypeNode
  readonly length?: number
}

export interface SetType extends Node<'set_type'> {
  readonly item?: TypeNode
  readonly length?: number
}

/** `option<int>`: the type or NONE. */
export interface OptionType extends Node<'option_type'> {
  readonly inner: TypeNode
}

/** `geometry`, `geometry<point|polygon>`. */
export interface GeometryType extends Node<'geometry_type'> {
  readonly shapes?: readonly GeometryShape[]
}

export type GeometryShape =
  | 'feature'
  | 'point'
  | 'line'
  | 'polygon'
  | 'multipoint'
  | 'multiline'
  | 'multipolygon'
  | 'collection'

/** `vector<768>`, `vector(768)` (ours); no dimension: any. */
export interface VectorType extends Node<'vector_type'> {
  readonly dimension?: number
}

/** `'draft'`, `42`, `true`, `1h`: that value and no other. */
export interface LiteralType extends Node<'literal_type'> {
  readonly value: Value
}

/** `{ name: string, age: int }`: exactly those fields. */
export interface ObjectType extends Node<'object_type'> {
  readonly fields: readonly { readonly key: string; readonly type: TypeNode }[]
}

/** `[string, int]`: exactly those elements. */
export interface TupleType extends Node<'tuple_type'> {
  readonly items: readonly TypeNode[]
}

/** `int | string`: at least two members, none of them a union. */
export interface UnionType extends Node<'union_type'> {
  readonly members: readonly TypeNode[]
}
