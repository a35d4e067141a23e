/**
 * Reads numbers from keys. Layout: `key-layout.ts`.
 */

import { Decimal, powerOfTen } from './decimal.ts'
import { Float, float, int, type NumericValue } from './float.ts'
import type { KeyCursor } from './key-cursor.ts'
import { keyBytes } from './key-layout.ts'
import { limits } from './limits.ts'
import { floatParts, nearestFloat, numberKinds } from './number-order.ts'

/** More than the digits of the largest int. */
const digitsMax = Math.ceil(limits.intBitsMax * Math.log10(2)) + 2

/** A number in the exact form, behind its type byte. @throws KEY_MALFORMED, VALUE_* */
export function readNumber(cursor: KeyCursor): NumericValue {
  const start = cursor.offset
  const nearest = cursor.float64()
  const side = cursor.byte()
  const value =
    side === keyBytes.sideExact ? exactNumber(nearest, cursor.byte()) : readInexact(cursor, nearest, side)
  if (value === undefined) throw cursor.malformed(start)
  return value
}

/** The number of a kind that equals a float. */
function exactNumber(n: number, kind: number): NumericValue | undefined {
  switch (kind) {
    case numberKinds.negativeZero:
      return n === 0 ? new Float(-0) : undefined
    case numberKinds.int:
      return Number.isInteger(n) ? int(n) : undefined
    case numberKinds.float:
      return float(n)
    case numberKinds.decimal:
      return decimalOfFloat(n)
    default:
      return undefined
  }
}

/** An int or decimal that no float equals: its digits follow. */
function readInexact(cursor: KeyCursor, nearest: number, side: number): NumericValue | undefined {
  const flip = nearest < 0 ? 0xff : 0
  const high = cursor.byte() ^ flip
  const leading = high * 256 + (cursor.byte() ^ flip) - 0x8000
  const digits = readDigits(cursor, flip)
  const kind = cursor.byte()
  if (digits === undefined) return undefined
  const coefficient = BigInt(flip === 0 ? digits : `-${digits}`)
  const value = numberOfKind(coefficient, leading - digits.length + 1, kind)
  if (value === undefined) return undefined
  const { float: rightFloat, side: rightSide } = nearestFloat(value)
  const rightMark = rightSide < 0 ? keyBytes.sideBelow : keyBytes.sideAbove
  return rightFloat === nearest && rightSide !== 0 && side === rightMark ? value : undefined
}

/** Significant digits, without zeros at either end. */
function readDigits(cursor: KeyCursor, flip: number): string | undefined {
  let digits = ''
  for (let pair = cursor.byte() ^ flip; pair !== keyBytes.end; pair = cursor.byte() ^ flip) {
    if (pair > 100 || digits.length > digitsMax) return undefined
    digits += pair <= 10 ? `0${pair - 1}` : `${pair - 1}`
  }
  const trimmed = digits.endsWith('0') ? digits.slice(0, -1) : digits
  return /^[1-9](?:\d*[1-9])?$/.test(trimmed) ? trimmed : undefined
}

function numberOfKind(coefficient: bigint, exponent: number, kind: number): NumericValue | undefined {
  if (kind === numberKinds.decimal) return exactDecimal(coefficient, exponent)
  if (kind !== numberKinds.int || exponent < 0 || exponent > digitsMax) return undefined
  return int(coefficient * powerOfTen(exponent))
}

/** The decimal that equals a float exactly, if 34 digits hold it. */
function decimalOfFloat(n: number): Decimal | undefined {
  if (!Number.isFinite(n)) return undefined
  const { mantissa, exponent } = floatParts(n)
  if (exponent >= 0) return exactDecimal(mantissa << BigInt(exponent), 0)
  // An odd mantissa times 5^k ends in 5, so that none of its digits can be cut, and 5^49 has 35 of them.
  return exponent < -49 ? undefined : exactDecimal(mantissa * 5n ** BigInt(-exponent), exponent)
}

/** coefficient × 10^exponent if it needs no rounding. */
function exactDecimal(coefficient: bigint, exponent: number): Decimal | undefined {
  const decimal = Decimal.of(coefficient, exponent)
  const zerosCut = decimal.exponent - exponent
  if (coefficient === 0n) return decimal
  return coefficient === decimal.coefficient * powerOfTen(zerosCut) ? decimal : undefined
}
