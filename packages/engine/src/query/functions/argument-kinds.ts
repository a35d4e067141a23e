/**
 * The kinds of arguments that functions take: how each is called in a signature, and how it is read.
 * As in SurrealQL, a number without fraction is an int whatever its kind, and any number may stand where a
 * float is wanted. Everything else must be of the type: text is never parsed on the way in.
 */

import {
  Datetime,
  Duration,
  type NumericValue,
  Range,
  RecordId,
  toFloat,
  Uuid,
  type Value,
  type ValueObject,
  ValueSet,
} from '@dendrodb/protocol'
import { isArray, isObject } from '../operators/collection-arithmetic.ts'
import { isNumber } from '../operators/number-arithmetic.ts'
import { wholeNumber } from '../operators/value-text.ts'
import { Closure } from './closure.ts'

export const mismatch: unique symbol = Symbol('mismatch')

export interface ArgumentKind<T> {
  readonly name: string
  /** The argument as an implementation wants it, or `mismatch`. */
  read(argument: Value | Closure): T | typeof mismatch
}

function kind<T>(name: string, read: (argument: Value) => T | typeof mismatch): ArgumentKind<T> {
  return { name, read: (argument) => (argument instanceof Closure ? mismatch : read(argument)) }
}

function instances<T extends Value>(
  name: string,
  type: abstract new (...args: never[]) => T,
): ArgumentKind<T> {
  return kind(name, (argument) => ((argument as unknown) instanceof type ? (argument as T) : mismatch))
}

// Classes with private constructors do not match `new`, and are asked for by hand.
export const datetime = instances('datetime', Datetime)
export const duration = instances('duration', Duration)
export const record = instances('record', RecordId)
export const range = instances('range', Range)
export const bytes = instances('bytes', Uint8Array)
export const uuid: ArgumentKind<Uuid> = kind('uuid', (a) => (a instanceof Uuid ? a : mismatch))
export const set: ArgumentKind<ValueSet> = kind('set', (a) => (a instanceof ValueSet ? a : mismatch))

export const any: ArgumentKind<Value> = kind('any', (argument) => argument)
export const bool: ArgumentKind<boolean> = kind('bool', (a) => (typeof a === 'boolean' ? a : mismatch))
export const string: ArgumentKind<string> = kind('string', (a) => (typeof a === 'string' ? a : mismatch))
export const object: ArgumentKind<ValueObject> = kind('object', (a) => (isObject(a) ? a : mismatch))
export const array: ArgumentKind<readonly Value[]> = kind('array', (a) => (isArray(a) ? a : mismatch))
export const number: ArgumentKind<NumericValue> = kind('number', (a) => (isNumber(a) ? a : mismatch))

/** An int of any size. */
export const integer: ArgumentKind<number | bigint> = kind('int', (a) => wholeNumber(a) ?? mismatch)

/**
 * An int that counts or points at something; what is past ±2^53 is cut to it, since nothing has that many
 * elements.
 */
export const index: ArgumentKind<number> = kind('int', (a) => {
  const whole = wholeNumber(a)
  if (whole === undefined) return mismatch
  if (typeof whole === 'number') return whole
  return whole > 0n ? Number.MAX_SAFE_INTEGER : Number.MIN_SAFE_INTEGER
})

/** Any number, as JavaScript's float. */
export const float: ArgumentKind<number> = kind('number', (a) => (isNumber(a) ? toFloat(a) : mismatch))

const numbers: ArgumentKind<readonly NumericValue[]> = arrayOf(number)
export const strings: ArgumentKind<readonly string[]> = arrayOf(string)

/** The elements of an array or set. */
export const collection: ArgumentKind<readonly Value[]> = kind('array | set', (a) => {
  if (isArray(a)) return a
  return a instanceof ValueSet ? a.values : mismatch
})

/** An array of numbers or a vector. */
export const vector: ArgumentKind<readonly NumericValue[] | Float32Array> = kind(
  'array<number> | vector',
  (a) => {
    return a instanceof Float32Array ? a : numbers.read(a)
  },
)

export const closure: ArgumentKind<Closure> = {
  name: 'function',
  read: (argument) => (argument instanceof Closure ? argument : mismatch),
}

export function either<A, B>(first: ArgumentKind<A>, second: ArgumentKind<B>): ArgumentKind<A | B> {
  return {
    name: `${first.name} | ${second.name}`,
    read: (argument) => {
      const read = first.read(argument)
      return read === mismatch ? second.read(argument) : read
    },
  }
}

/** One of the texts. */
export function oneOf<const Text extends string>(...texts: readonly Text[]): ArgumentKind<Text> {
  return kind(texts.map((text) => `'${text}'`).join(' | '), (a) => {
    return typeof a === 'string' && (texts as readonly string[]).includes(a) ? (a as Text) : mismatch
  })
}

/** An array or set whose elements are all of a kind. */
export function collectionOf(item: ArgumentKind<Value>): ArgumentKind<readonly Value[]> {
  const elements = arrayOf(item)
  return kind(item === any ? 'array | set' : `array<${item.name}>`, (argument) => {
    return elements.read(argument instanceof ValueSet ? argument.values : argument)
  })
}

function arrayOf<T extends Value>(item: ArgumentKind<T>): ArgumentKind<readonly T[]> {
  return kind(`array<${item.name}>`, (argument) => {
    if (!isArray(argument)) return mismatch
    for (const element of argument) if (item.read(element) === mismatch) return mismatch
    return argument as readonly T[]
  })
}
