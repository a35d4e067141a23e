/**
 * Texts of values, and numbers out of texts, as casts and text functions need them.
 * Unlike a literal (`formatValue`) a text carries no type: the float 1.5 is `1.5`, a datetime has no `d''`
 * around it.
 * Collections keep their literal form, so that their elements stay apart.
 */

import {
  Datetime,
  Decimal,
  Duration,
  Float,
  float,
  formatValue,
  int,
  isInt,
  limits,
  Uuid,
  type Value,
} from '@dendrodb/protocol'

const intPattern = /^[+-]?\d+$/
const floatPattern = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/
const namedFloats: ReadonlyMap<string, number> = new Map([
  ['nan', Number.NaN],
  ['inf', Number.POSITIVE_INFINITY],
  ['infinity', Number.POSITIVE_INFINITY],
])

export function textOf(value: Value): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  if (value instanceof Float) return String(value.value)
  const isPlain =
    value instanceof Decimal ||
    value instanceof Datetime ||
    value instanceof Duration ||
    value instanceof Uuid
  return isPlain ? value.toString() : formatValue(value)
}

/** `undefined` for text that is no int of at most 512 bits. */
export function parseIntText(text: string): number | bigint | undefined {
  if (!isShort(text) || !intPattern.test(text)) return undefined
  const n = BigInt(text.startsWith('+') ? text.slice(1) : text)
  const size = (n < 0n ? -n : n).toString(2).length
  return size <= limits.intBitsMax ? int(n) : undefined
}

/** Digits with or without fraction and exponent; `NaN`, `inf` and `infinity` in any case. */
export function parseFloatText(text: string): number | Float | undefined {
  if (!isShort(text)) return undefined
  if (floatPattern.test(text)) return float(Number(text))
  const isNegative = text.startsWith('-')
  const named = namedFloats.get(text.slice(isNegative || text.startsWith('+') ? 1 : 0).toLowerCase())
  return named === undefined ? undefined : isNegative ? -named : named
}

/** An int where the text has the form of one, a float otherwise. */
export function parseNumberText(text: string): number | bigint | Float | undefined {
  return parseIntText(text) ?? parseFloatText(text)
}

/** The int of the same value; `undefined` where there is none. */
export function wholeNumber(value: Value): number | bigint | undefined {
  if (isInt(value)) return value
  if (value instanceof Float) return int(BigInt(value.value))
  return value instanceof Decimal && value.isInteger ? intOfDecimal(value) : undefined
}

function intOfDecimal(value: Decimal): number | bigint | undefined {
  // 10^154 is the greatest power of ten below 2^512.
  return value.adjustedExponent < 154 ? int(value.toBigInt()) : undefined
}

function isShort(text: string): boolean {
  return text.length <= limits.numberTextCharsMax
}
