/**
 * The value model: what a field of a record may hold, as plain JavaScript.
 * Why: engine, server and clients must agree on one representation that is fast to read and never loses a
 * type.
 * Invariant: a value is immutable once it has entered the database layer; nobody writes to an array or object
 * that came out of it. Objects are plain objects whose own enumerable string keys are the fields.
 *
 * | DQL type    | JavaScript                                                                              |
 * |-------------|-----------------------------------------------------------------------------------------|
 * | none, null  | `undefined`, `null`                                                                     |
 * | bool        | `boolean`                                                                               |
 * | int         | `number` when it is a safe integer and not -0, otherwise `bigint`; never both            |
 * | float       | `number` when it is not an integer (NaN and the infinities included), otherwise `Float`  |
 * | decimal     | `Decimal`                                                                               |
 * | string      | `string`, well formed (no lone surrogates)                                              |
 * | bytes       | `Uint8Array`                                                                            |
 * | datetime    | `Datetime`, nanoseconds                                                                 |
 * | duration    | `Duration`, nanoseconds                                                                 |
 * | uuid        | `Uuid`                                                                                  |
 * | record      | `RecordId`                                                                              |
 * | array, set  | `Array`, `ValueSet`                                                                     |
 * | object      | plain object                                                                            |
 * | range       | `Range`                                                                                 |
 * | geometry    | `Geometry` (GeoJSON)                                                                    |
 * | vector      | `Float32Array`                                                                          |
 */

import type { Datetime } from './datetime.ts'
import type { Decimal } from './decimal.ts'
import type { Duration } from './duration.ts'
import type { Float } from './float.ts'
import type { Geometry } from './geometry.ts'
import type { tags, typeTag } from './type-tag.ts'
import type { Uuid } from './uuid.ts'

export type Value =
  | undefined
  | null
  | boolean
  | number
  | bigint
  | string
  | Float
  | Decimal
  | Uint8Array
  | Datetime
  | Duration
  | Uuid
  | RecordIdValue
  | readonly Value[]
  | ValueSetValue
  | ValueObject
  | RangeValue
  | Geometry
  | Float32Array

export interface ValueObject {
  readonly [field: string]: Value
}

/*
 * Values that hold values: their classes are `RecordId`, `ValueSet` and `Range`. The interfaces are here so
 * that the type `Value`, which contains itself, does not tie the files of those classes into a knot.
 */

export interface RecordIdValue {
  readonly [typeTag]: typeof tags.record
  readonly table: string
  readonly key: RecordKey
  equals(other: RecordIdValue): boolean
  toString(): string
  toJSON(): string
}

export type RecordKey = string | number | bigint | Uuid | readonly Value[] | ValueObject

export interface ValueSetValue extends Iterable<Value> {
  readonly [typeTag]: typeof tags.set
  /** Ascending, without duplicates. */
  readonly values: readonly Value[]
  readonly size: number
  has(value: Value): boolean
  toString(): string
  toJSON(): readonly Value[]
}

export interface RangeValue {
  readonly [typeTag]: typeof tags.range
  /** `undefined`: open. */
  readonly begin: RangeBound | undefined
  readonly end: RangeBound | undefined
  contains(value: Value): boolean
  toString(): string
  toJSON(): string
}

export interface RangeBound {
  readonly value: Value
  readonly inclusive: boolean
}

/** Name of a value's DQL type, as `type::of` gives it and as errors print it. */
export type TypeName =
  | 'none'
  | 'null'
  | 'bool'
  | 'int'
  | 'float'
  | 'decimal'
  | 'string'
  | 'bytes'
  | 'datetime'
  | 'duration'
  | 'uuid'
  | 'record'
  | 'array'
  | 'set'
  | 'object'
  | 'range'
  | 'geometry'
  | 'vector'
