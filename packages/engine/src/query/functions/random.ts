/**
 * `rand::*`. All chance comes from the context, so that a test, or a node that repeats another's statement,
 * can hand in its own.
 * Not for secrets: the source need not be a cryptographic one.
 */

import { Datetime, Duration, float, int, type Value } from '@dendrodb/protocol'
import * as kinds from './argument-kinds.ts'
import { impureFunction, withAliases } from './define-function.ts'
import { durationConstants } from './duration.ts'
import type { FunctionContext, FunctionDefinition } from './function-definition.ts'
import { functionErrors } from './function-errors.ts'
import { functionLimits } from './limits.ts'
import { overload, required, rest } from './overload.ts'
import { randomBigInt, randomText, ulidAt, uuidV4, uuidV7 } from './random-ids.ts'

const lettersAndDigits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const idCharacters = 'abcdefghijklmnopqrstuvwxyz0123456789'
const idLength = 20
const textLength = 32
const yearZero = Datetime.fromParts({ year: 0 })

const datetime = required('datetime', kinds.datetime)
const instant = kinds.either(kinds.datetime, kinds.integer)

export const randomFunctions: readonly FunctionDefinition[] = [
  impureFunction(
    'rand',
    overload([], 'float', (_, { random }) => float(random())),
  ),
  impureFunction(
    'rand::bool',
    overload([], 'bool', (_, { random }) => random() < 0.5),
  ),
  impureFunction(
    'rand::enum',
    overload([required('values', kinds.array)], 'any', ([values], context) => pick(values, context)),
    overload([rest('values', kinds.any)], 'any', (values, context) => pick(values, context)),
  ),
  impureFunction(
    'rand::float',
    overload([], 'float', (_, { random }) => float(random())),
    overload(
      [required('from', kinds.float), required('to', kinds.float)],
      'float',
      ([from, to], { random }) => {
        return float(Math.min(from, to) + random() * Math.abs(to - from))
      },
    ),
  ),
  impureFunction(
    'rand::int',
    overload([], 'int', (_, context) => int(between(-(2n ** 63n), 2n ** 63n - 1n, context))),
    overload(
      [required('from', kinds.integer), required('to', kinds.integer)],
      'int',
      ([from, to], context) => {
        return int(between(BigInt(from), BigInt(to), context))
      },
    ),
  ),
  randomTextFunction('rand::string', lettersAndDigits, textLength),
  withAliases(randomTextFunction('rand::id', idCharacters, idLength), 'rand::guid'),
  impureFunction(
    'rand::time',
    overload([], 'datetime', (_, context) => timeBetween(yearZero, Datetime.max, context)),
    overload([required('from', instant), required('to', instant)], 'datetime', ([from, to], context) => {
      return timeBetween(instantOf(from), instantOf(to), context)
    }),
  ),
  impureFunction(
    'rand::duration',
    overload([], 'duration', (_, context) => durationBetween(Duration.zero, durationMax, context)),
    overload(
      [required('from', kinds.duration), required('to', kinds.duration)],
      'duration',
      ([from, to], context) => {
        return durationBetween(from, to, context)
      },
    ),
  ),
  impureFunction(
    'rand::ulid',
    overload([], 'string', (_, context) => ulidAt(context.now(), context.random)),
    overload([datetime], 'string', ([at], context) => ulidAt(at, context.random)),
  ),
  impureFunction(
    'rand::uuid::v4',
    overload([], 'uuid', (_, { random }) => uuidV4(random)),
  ),
  ...['rand::uuid', 'rand::uuid::v7'].map((name) => {
    return impureFunction(
      name,
      overload([], 'uuid', (_, context) => uuidV7(context.now(), context.random)),
      overload([datetime], 'uuid', ([at], context) => uuidV7(at, context.random)),
    )
  }),
]

const durationMax = durationConstants['duration::max'] as Duration

function pick(values: readonly Value[], { random }: FunctionContext): Value {
  return values[Math.floor(random() * values.length)]
}

/** Both ends included, in whichever order they come. */
function between(a: bigint, b: bigint, { random }: FunctionContext): bigint {
  const least = a < b ? a : b
  const greatest = a < b ? b : a
  return least + randomBigInt(greatest - least + 1n, random)
}

function randomTextFunction(name: string, alphabet: string, length: number): FunctionDefinition {
  return impureFunction(
    name,
    overload([], 'string', (_, { random }) => randomText(alphabet, length, random)),
    overload([required('length', kinds.index)], 'string', ([asked], { random }) => {
      return randomText(alphabet, checkLength(name, asked), random)
    }),
    overload(
      [required('minimum', kinds.index), required('maximum', kinds.index)],
      'string',
      ([a, b], context) => {
        const range = [BigInt(checkLength(name, a)), BigInt(checkLength(name, b))] as const
        return randomText(alphabet, Number(between(...range, context)), context.random)
      },
    ),
  )
}

function checkLength(name: string, length: number): number {
  if (length >= 0 && length <= functionLimits.randomTextCharsMax) return length
  throw functionErrors.ARGUMENT_VALUE({
    name,
    problem: `the length must be from 0 to ${functionLimits.randomTextCharsMax}, found ${length}`,
  })
}

/** A number counts seconds since 1970. */
function instantOf(given: Datetime | number | bigint): Datetime {
  return given instanceof Datetime ? given : new Datetime(Number(given))
}

function timeBetween(a: Datetime, b: Datetime, context: FunctionContext): Datetime {
  return Datetime.fromEpochNanos(between(a.epochNanos(), b.epochNanos(), context))
}

function durationBetween(a: Duration, b: Duration, context: FunctionContext): Duration {
  return Duration.fromNanos(between(a.totalNanos(), b.totalNanos(), context))
}
