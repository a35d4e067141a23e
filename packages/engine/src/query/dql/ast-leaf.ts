/**
 * Nodes of the syntax tree that hold no expression and no statement: literals, names, operators, steps of a
 * path, and statements made of words and names.
 */

import type { Value } from '@dendrodb/protocol'
import type { Node, Span, TypeNode } from './ast-type.ts'

export type LeafExpression =
  | LiteralExpression
  | ParamExpression
  | TableExpression
  | MockExpression
  | ConstantExpression

export type LeafPart = FieldPart | AllPart | LastPart | FlattenPart | OptionalPart | RepeatPart

/** Statements that are complete as one word. */
export type WordStatement =
  | BeginStatement
  | CommitStatement
  | CancelStatement
  | BreakStatement
  | ContinueStatement

/**
 * A scalar that needs no evaluation: NONE (`undefined`), NULL, bool, int, float, decimal, string, bytes,
 * datetime, duration, uuid, or a point written `(1.5, 2)`. A distance such as `5km` is a number of metres.
 * Never an array, set, object, record id or range.
 */
export interface LiteralExpression extends Node<'literal'> {
  readonly value: Value
}

/** `$name`; `name` comes without the dollar sign. */
export interface ParamExpression extends Node<'param'> {
  readonly name: string
}

/**
 * A bare name where a statement expects a target (`FROM person`, `CREATE person`, `RELATE`'s edge).
 * Everywhere else a bare name is an `idiom` of one field.
 */
export interface TableExpression extends Node<'table'> {
  readonly name: string
}

/**
 * Int, string or uuid key. Digits are an int however many they are; SurrealQL makes text of more than 64
 * bits.
 */
export interface KeyLiteral extends Node<'key_literal'> {
  readonly value: Value
}

/** `user:ulid()`, `user:uuid()`, `user:rand()`: a new key each time it is evaluated. */
export interface KeyGenerator extends Node<'key_generator'> {
  readonly generator: 'ulid' | 'uuid' | 'rand'
}

/** `|person:10|`: that many generated ids; `|person:1..=10|`: numbered ids, `to` included. */
export interface MockExpression extends Node<'mock'> {
  readonly table: string
  readonly amount: { readonly count: number } | { readonly from: number; readonly to: number }
}

/** A minus before a number belongs to the literal, so that the smallest int can be written. */
export type UnaryOperator = '!' | '-' | '+'

/**
 * In the canonical spelling. `?=` any element equals, `*=` all elements equal; `~ !~ ?~ *~` are reserved
 * (fuzzy match).
 * `LIKE` is ours: `%` any text, `_` one character, case-insensitive.
 */
export type BinaryOperator =
  | '||'
  | '&&'
  | '??'
  | '?:'
  | '='
  | '=='
  | '!='
  | '?='
  | '*='
  | '~'
  | '!~'
  | '?~'
  | '*~'
  | '<'
  | '<='
  | '>'
  | '>='
  | 'IN'
  | 'NOT IN'
  | 'CONTAINS'
  | 'CONTAINSNOT'
  | 'CONTAINSALL'
  | 'CONTAINSANY'
  | 'CONTAINSNONE'
  | 'ALLINSIDE'
  | 'ANYINSIDE'
  | 'NONEINSIDE'
  | 'OUTSIDE'
  | 'INTERSECTS'
  | 'LIKE'
  | 'NOT LIKE'
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '**'

export type Distance =
  | { readonly metric: DistanceMetric }
  /** Minkowski distance of that order. */
  | { readonly metric: 'minkowski'; readonly order: number }

export type DistanceMetric =
  | 'chebyshev'
  | 'cosine'
  | 'dot'
  | 'euclidean'
  | 'hamming'
  | 'jaccard'
  | 'manhattan'
  | 'pearson'

/** `math::pi`: a namespaced name without parentheses, in lower case. */
export interface ConstantExpression extends Node<'constant'> {
  readonly name: string
}

export interface FunctionParam {
  readonly name: string
  readonly type?: TypeNode
  readonly span: Span
}

/** `.name`, or the bare name an idiom begins with. */
export interface FieldPart extends Node<'field'> {
  readonly name: string
}

/** `[*]` and `.*`: every element of an array, every field of an object, the whole record behind a link. */
export type AllPart = Node<'all'>

/** `[$]`: the last element. */
export type LastPart = Node<'last'>

/** `...`: flattens one level. */
export type FlattenPart = Node<'flatten'>

/** `?` before a further part: when the value so far is NONE or NULL the whole path is NONE. */
export type OptionalPart = Node<'optional'>

/** `@` inside a recursed destructuring: recurse here. */
export type RepeatPart = Node<'repeat'>

/** `WITH NOINDEX`, or `WITH INDEX a, b`: only these may be used. */
export type IndexHint =
  | { readonly type: 'noindex' }
  | { readonly type: 'index'; readonly names: readonly string[] }

/** At least one of the three is there. */
export interface UseStatement extends Node<'use'> {
  readonly namespace?: string
  readonly database?: string
  readonly branch?: string
}

export interface InfoStatement extends Node<'info'> {
  readonly subject: InfoSubject
  /** STRUCTURE: objects instead of texts. */
  readonly structure: boolean
}

export type InfoSubject =
  | { readonly type: 'root' | 'namespace' | 'database' }
  | { readonly type: 'table'; readonly table: string }
  | { readonly type: 'branch'; readonly branch: string }
  | { readonly type: 'snapshot'; readonly snapshot: string }
  | { readonly type: 'index'; readonly index: string; readonly table: string }
  | { readonly type: 'commit'; readonly seq: number }

export type BeginStatement = Node<'begin'>
export type CommitStatement = Node<'commit'>
export type CancelStatement = Node<'cancel'>
export type BreakStatement = Node<'break'>
export type ContinueStatement = Node<'continue'>
