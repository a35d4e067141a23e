/**
 * Casts to the scalar types: what `<int> x` and its like make of a value, as in SurrealQL 3.
 * | to | from |
 * |---|---|
 * | bool | `'true'`, `'false'` |
 * | int | a float or decimal without fraction, text of digits |
 * | float, decimal | any number, text; a decimal not from NaN and the infinities |
 * | number | text: an int if it looks like one, otherwise a float |
 * | string | everything; bytes must be UTF-8 |
 * | bytes | text as UTF-8, an array of ints from 0 to 255 |
 * | datetime, duration, uuid | text |
 * | range | an array of two: `[2, 5]` is `2..5` |
 * | point | an array of two numbers, a GeoJSON object |
 */

import {
  Datetime,
  Decimal,
  Duration,
  float,
  Geometry,
  Range,
  toFloat,
  typeOf,
  Uuid,
  type Value,
} from '@dendrodb/protocol'
import type { ScalarTypeName } from '../dql/ast-type.ts'
import { isArray, isObject } from './collection-arithmetic.ts'
import { isNumber, toDecimal } from './number-arithmetic.ts'
import { attempt, impossible, type Outcome } from './outcome.ts'
import { parseFloatText, parseIntText, parseNumberText, textOf, wholeNumber } from './value-text.ts'

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()

export function castToScalar(value: Value, name: ScalarTypeName): Outcome {
  switch (name) {
    case 'any':
      return value
    case 'none':
      return value === undefined ? value : impossible
    case 'null':
      return value === null ? value : impossible
    case 'bool':
      return castToBool(value)
    case 'int':
      return orImpossible(typeof value === 'string' ? parseIntText(value) : wholeNumber(value))
    case 'float':
      if (isNumber(value)) return float(toFloat(value))
      return orImpossible(typeof value === 'string' ? parseFloatText(value) : undefined)
    case 'decimal':
      if (isNumber(value)) return orImpossible(toDecimal(value))
      return typeof value === 'string' ? attempt(() => Decimal.parse(value)) : impossible
    case 'number':
      if (isNumber(value)) return value
      return orImpossible(typeof value === 'string' ? parseNumberText(value) : undefined)
    case 'string':
      return castToString(value)
    case 'bytes':
      return castToBytes(value)
    case 'datetime':
      return typeof value === 'string' ? attempt(() => Datetime.parse(value)) : same(value, 'datetime')
    case 'duration':
      return typeof value === 'string' ? attempt(() => Duration.parse(value)) : same(value, 'duration')
    case 'uuid':
      return typeof value === 'string' ? attempt(() => Uuid.parse(value)) : same(value, 'uuid')
    case 'range':
      return castToRange(value)
    case 'point':
      return castToGeometry(value, (geometry) => geometry.type === 'Point')
    case 'object':
      return same(value, 'object')
    case 'function':
      return impossible
    default:
      return name satisfies never
  }
}

export function castToGeometry(value: Value, accepts: (geometry: Geometry) => boolean): Outcome {
  const geometry = toGeometry(value)
  return geometry !== impossible && accepts(geometry as Geometry) ? geometry : impossible
}

function toGeometry(value: Value): Outcome {
  if (value instanceof Geometry) return value
  if (isObject(value)) return attempt(() => Geometry.fromGeoJson(value))
  return isArray(value) ? attempt(() => Geometry.of('Point', value)) : impossible
}

function castToBool(value: Value): Outcome {
  if (value === 'true') return true
  return value === 'false' ? false : same(value, 'bool')
}

function castToString(value: Value): Outcome {
  if (!(value instanceof Uint8Array)) return textOf(value)
  try {
    return strictUtf8.decode(value)
  } catch {
    // The decoder's only failure is malformed UTF-8.
    return impossible
  }
}

function castToBytes(value: Value): Outcome {
  if (typeof value === 'string') return encoder.encode(value)
  if (!isArray(value)) return same(value, 'bytes')
  const bytes = new Uint8Array(value.length)
  for (let i = 0; i < value.length; i += 1) {
    const byte = value[i]
    if (typeof byte !== 'number' || !Number.isInteger(byte) || byte < 0 || byte > 255) return impossible
    bytes[i] = byte
  }
  return bytes
}

function castToRange(value: Value): Outcome {
  if (!isArray(value) || value.length !== 2) return same(value, 'range')
  return new Range({ value: value[0], inclusive: true }, { value: value[1], inclusive: false })
}

function same(value: Value, type: ReturnType<typeof typeOf>): Outcome {
  return typeOf(value) === type ? value : impossible
}

/** For conversions that never give NONE. */
function orImpossible(value: Value): Outcome {
  return value === undefined ? impossible : value
}
