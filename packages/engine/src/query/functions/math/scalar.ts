/**
 * `math::*` on single numbers.
 * Rounding keeps the kind of the number: an int stays an int, a float a float (`math::floor(1.5)` is 1f), a
 * decimal a decimal. Halves round away from zero for floats and to even for decimals. Trigonometry and
 * logarithms are of floats.
 */

import {
  compareNumbers,
  Decimal,
  Float,
  float,
  isInt,
  type NumericValue,
  toFloat,
  type Value,
} from '@dendrodb/protocol'
import { pow } from '../../operators/arithmetic.ts'
import { negate, toDecimal } from '../../operators/number-arithmetic.ts'
import * as kinds from '../argument-kinds.ts'
import { pureFunction } from '../define-function.ts'
import type { FunctionDefinition } from '../function-definition.ts'
import { functionErrors } from '../function-errors.ts'
import { functionLimits } from '../limits.ts'
import { overload, required } from '../overload.ts'
import { decimalRoot } from './decimal-root.ts'

const degreesPerRadian = 180 / Math.PI
const value = required('number', kinds.number)

export const scalarMathFunctions: readonly FunctionDefinition[] = [
  pureFunction(
    'math::abs',
    overload([value], 'number', ([n]) => (toFloat(n) < 0 ? negate(n) : withoutSign(n))),
  ),
  rounding('math::ceil', Math.ceil, (n) => n.ceil()),
  rounding('math::floor', Math.floor, (n) => n.floor()),
  rounding('math::round', roundHalfAway, (n) => n.round()),
  pureFunction(
    'math::fixed',
    overload([value, required('places', kinds.index)], 'number', (args) => fixed(...args)),
  ),
  pureFunction(
    'math::sign',
    overload([value], 'number', ([n]) => signOf(n)),
  ),
  pureFunction(
    'math::sqrt',
    overload([value], 'number', ([n]) => squareRoot(n)),
  ),
  pureFunction(
    'math::pow',
    overload([value, required('power', kinds.number)], 'number', ([n, power]) => pow(n, power)),
  ),
  pureFunction(
    'math::clamp',
    overload(
      [value, required('minimum', kinds.number), required('maximum', kinds.number)],
      'number',
      (args) => {
        return clamp(...args)
      },
    ),
  ),
  pureFunction(
    'math::lerp',
    overload(
      [required('from', kinds.number), required('to', kinds.number), required('factor', kinds.number)],
      'number',
      ([from, to, factor]) => interpolate(toFloat(from), toFloat(to), toFloat(factor)),
    ),
  ),
  pureFunction(
    'math::lerpangle',
    overload(
      [required('from', kinds.number), required('to', kinds.number), required('factor', kinds.number)],
      'number',
      ([from, to, factor]) => interpolateAngle(toFloat(from), toFloat(to), toFloat(factor)),
    ),
  ),
  pureFunction(
    'math::log',
    overload([required('number', kinds.float), required('base', kinds.float)], 'float', ([n, base]) => {
      return float(logarithm(n, base))
    }),
  ),
  ofFloat('math::ln', Math.log),
  ofFloat('math::log2', Math.log2),
  ofFloat('math::log10', Math.log10),
  ofFloat('math::sin', Math.sin),
  ofFloat('math::cos', Math.cos),
  ofFloat('math::tan', Math.tan),
  ofFloat('math::cot', (n) => 1 / Math.tan(n)),
  ofFloat('math::asin', Math.asin),
  ofFloat('math::acos', Math.acos),
  ofFloat('math::atan', Math.atan),
  ofFloat('math::acot', (n) => Math.PI / 2 - Math.atan(n)),
  ofFloat('math::deg2rad', (n) => n / degreesPerRadian),
  ofFloat('math::rad2deg', (n) => n * degreesPerRadian),
]

function ofFloat(name: string, compute: (n: number) => number): FunctionDefinition {
  return pureFunction(
    name,
    overload([required('number', kinds.float)], 'float', ([n]) => float(compute(n))),
  )
}

function rounding(
  name: string,
  roundFloat: (n: number) => number,
  roundDecimal: (n: Decimal) => Decimal,
): FunctionDefinition {
  return pureFunction(
    name,
    overload([value], 'number', ([n]) => {
      if (isInt(n) || n instanceof Float) return n
      return n instanceof Decimal ? roundDecimal(n) : float(roundFloat(toFloat(n)))
    }),
  )
}

function roundHalfAway(n: number): number {
  // Adding 0.5 first would round the float just below 0.5 up.
  const whole = Math.trunc(n)
  return Math.abs(n - whole) >= 0.5 ? whole + Math.sign(n) : whole
}

/** -0 is not less than 0, but has a sign. */
function withoutSign(n: NumericValue): NumericValue {
  return n instanceof Float ? float(Math.abs(n.value)) : n
}

function fixed(n: NumericValue, places: number): Value {
  if (places < 1 || places > functionLimits.fixedPlacesMax) {
    throw functionErrors.ARGUMENT_VALUE({
      name: 'math::fixed',
      problem: `the places must be from 1 to ${functionLimits.fixedPlacesMax}, found ${places}`,
    })
  }
  if (isInt(n)) return n
  if (n instanceof Decimal) return n.round(places)
  const nearest = toFloat(n)
  // From 1e21 on `toFixed` gives up, but such floats have no fraction.
  return Math.abs(nearest) < 1e21 ? float(Number(nearest.toFixed(places))) : n
}

function signOf(n: NumericValue): Value {
  if (n instanceof Decimal) return Decimal.fromInt(n.sign)
  if (typeof n === 'bigint') return n > 0n ? 1 : -1
  return isInt(n) ? Math.sign(toFloat(n)) + 0 : float(Math.sign(toFloat(n)))
}

function squareRoot(n: NumericValue): Value {
  return n instanceof Decimal ? decimalRoot(n) : float(Math.sqrt(toFloat(n)))
}

/** In the kind of the number; a float when an int is to be kept within floats. */
function clamp(n: NumericValue, minimum: NumericValue, maximum: NumericValue): Value {
  if (compareNumbers(minimum, maximum) > 0) {
    throw functionErrors.ARGUMENT_VALUE({
      name: 'math::clamp',
      problem: 'the minimum must not be greater than the maximum',
    })
  }
  const nearest = compareNumbers(n, minimum) < 0 ? minimum : compareNumbers(n, maximum) > 0 ? maximum : n
  if (n instanceof Decimal) return toDecimal(nearest) ?? nearest
  return isInt(n) && isInt(minimum) && isInt(maximum) ? nearest : float(toFloat(nearest))
}

function interpolate(from: number, to: number, factor: number): Value {
  return float(from + factor * (to - from))
}

/** Degrees, the short way round. */
function interpolateAngle(from: number, to: number, factor: number): Value {
  const turn = (((to - from) % 360) + 360) % 360
  return interpolate(from, from + (turn > 180 ? 360 - turn : turn), factor)
}

/** A whole logarithm comes out whole, where the quotient alone may be off by its last bit: log(9, 3) is 2. */
function logarithm(n: number, base: number): number {
  const quotient = Math.log(n) / Math.log(base)
  const whole = Math.round(quotient)
  return base ** whole === n ? whole : quotient
}
