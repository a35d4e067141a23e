/**
 * Arrays, sets, objects, ranges and record ids whose parts are expressions.
 */

import {
  Range,
  RecordId,
  type RecordKey,
  setField,
  typeOf,
  Uuid,
  ulid,
  type Value,
  ValueSet,
} from '@dendrodb/protocol'
import type {
  ArrayExpression,
  Expression,
  MockExpression,
  ObjectEntry,
  RangeExpression,
  RecordIdExpression,
  RecordKeyRange,
  SetExpression,
  SingleRecordKey,
} from '../dql/ast.ts'
import { queryLimits } from '../limits.ts'
import { queryErrors } from '../query-errors.ts'
import { combineMany, combineOne } from './combine.ts'
import { type CompiledExpression, constantOf, pure } from './compiled.ts'
import type { Compiler } from './compiler.ts'

export function compileArray(node: ArrayExpression, compiler: Compiler): CompiledExpression {
  return combineMany(compileAll(node.items, compiler), (values) => values)
}

export function compileSet(node: SetExpression, compiler: Compiler): CompiledExpression {
  return combineMany(compileAll(node.items, compiler), (values) => ValueSet.from(values))
}

export function compileObject(entries: readonly ObjectEntry[], compiler: Compiler): CompiledExpression {
  const parts = entries.map((entry) => compiler.expression(entry.value))
  return combineMany(parts, (values) => {
    const object: Record<string, Value> = {}
    for (let i = 0; i < values.length; i += 1) setField(object, (entries[i] as ObjectEntry).key, values[i])
    return object
  })
}

export function compileRange(node: RangeExpression, compiler: Compiler): CompiledExpression {
  const { lower, upper, lowerInclusive, upperInclusive } = node
  const parts = compileAll(
    [lower, upper].filter((part) => part !== undefined),
    compiler,
  )
  return combineMany(parts, (values) => {
    const rest = [...values]
    const begin = lower === undefined ? undefined : { value: rest.shift(), inclusive: lowerInclusive }
    const end = upper === undefined ? undefined : { value: rest.shift(), inclusive: upperInclusive }
    return new Range(begin, end)
  })
}

/** A single id, or a range of record ids where the key is one. */
export function compileRecordId(node: RecordIdExpression, compiler: Compiler): CompiledExpression {
  const { table, key } = node
  if (key.kind === 'key_range') return compileIdRange(table, key, compiler)
  return combineOne(compileKey(key, compiler), (value) => recordIdOf(table, value))
}

/** The key of `t:key` as an expression. */
function compileKey(key: SingleRecordKey, compiler: Compiler): CompiledExpression {
  switch (key.kind) {
    case 'key_literal':
      return constantOf(key.value)
    case 'key_generator':
      return pure(keyGenerators[key.generator])
    case 'key_array':
      return combineMany(compileAll(key.items, compiler), (values) => values)
    case 'key_object':
      return compileObject(key.entries, compiler)
    default:
      return key satisfies never
  }
}

/** @throws VALUE_RECORD_KEY_TYPE for what cannot be a key, VALUE_RECORD_KEY_SIZE, VALUE_TABLE_NAME */
export function recordIdOf(table: string, key: Value): RecordId {
  if (!isKey(key)) {
    throw queryErrors.TYPE_EXPECTED({
      clause: 'the key of a record id',
      expected: 'a string, int, uuid, array or object',
      found: typeOf(key),
    })
  }
  return new RecordId(table, key)
}

/** `|person:10|`, `|person:1..10|`: an array of record ids. */
export function compileMock(node: MockExpression): CompiledExpression {
  const { table, amount } = node
  const count = 'count' in amount ? amount.count : amount.to - amount.from + 1
  if (count > queryLimits.mockRecordsMax) {
    throw queryErrors.TYPE_EXPECTED({
      clause: 'a mock target',
      expected: `at most ${queryLimits.mockRecordsMax} records`,
      found: String(count),
    })
  }
  const first = 'count' in amount ? undefined : amount.from
  return pure(() => {
    const ids: Value[] = []
    for (let i = 0; i < count; i += 1) {
      ids.push(first === undefined ? RecordId.generate(table) : new RecordId(table, first + i))
    }
    return ids
  })
}

const keyGenerators: Readonly<Record<'ulid' | 'uuid' | 'rand', () => RecordKey>> = {
  ulid,
  uuid: () => Uuid.v7(),
  rand: () => randomKey(),
}

const randomAlphabet = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** Twenty letters and digits, as SurrealQL's `rand()` ids have. */
function randomKey(): string {
  let key = ''
  for (let i = 0; i < 20; i += 1)
    key += randomAlphabet.charAt(Math.floor(Math.random() * randomAlphabet.length))
  return key
}

function compileIdRange(table: string, range: RecordKeyRange, compiler: Compiler): CompiledExpression {
  const { lower, upper } = range
  const bounds = [lower, upper].filter((bound) => bound !== undefined)
  return combineMany(
    bounds.map((bound) => compileKey(bound.key, compiler)),
    (values) => {
      const ids = values.map((value) => recordIdOf(table, value))
      const begin = lower === undefined ? undefined : { value: ids.shift(), inclusive: lower.inclusive }
      const end = upper === undefined ? undefined : { value: ids.shift(), inclusive: upper.inclusive }
      return new Range(begin, end)
    },
  )
}

function compileAll(items: readonly Expression[], compiler: Compiler): CompiledExpression[] {
  return items.map((item) => compiler.expression(item))
}

function isKey(value: Value): value is RecordKey {
  switch (typeOf(value)) {
    case 'string':
    case 'int':
    case 'uuid':
    case 'array':
    case 'object':
      return true
    default:
      return false
  }
}
