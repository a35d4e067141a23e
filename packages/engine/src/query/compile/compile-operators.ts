/**
 * Operators. Those that may leave their right side alone (`&&`, `||`, `??`, `?:`) give the deciding operand
 * itself, as in SurrealQL: `0 || 'x'` is 'x'.
 */

import type { Value } from '@dendrodb/protocol'
import type { MaybePromise } from '../../storage/kv-store.ts'
import type { BetweenExpression, BinaryExpression, BinaryOperator, UnaryExpression } from '../dql/ast.ts'
import { add, div, mul, neg, plus, pow, rem, sub } from '../operators/arithmetic.ts'
import {
  allEqual,
  anyEqual,
  equal,
  greater,
  greaterOrEqual,
  isBetween,
  less,
  lessOrEqual,
  notEqual,
} from '../operators/comparison.ts'
import {
  contains,
  containsAll,
  containsAny,
  containsNone,
  inside,
  intersects,
  outside,
} from '../operators/containment.ts'
import { like } from '../operators/like.ts'
import { isNullish, isTruthy } from '../operators/truthiness.ts'
import { queryErrors } from '../query-errors.ts'
import { combineMany, combineOne, combineTwo, effectsOf } from './combine.ts'
import { type CompiledExpression, constantOf } from './compiled.ts'
import type { Compiler } from './compiler.ts'

type ShortCircuit = '||' | '&&' | '??' | '?:'
type Reserved = '~' | '!~' | '?~' | '*~'

const functions: Readonly<
  Record<Exclude<BinaryOperator, ShortCircuit | Reserved>, (left: Value, right: Value) => Value>
> = {
  '=': equal,
  '==': equal,
  '!=': notEqual,
  '?=': anyEqual,
  '*=': allEqual,
  '<': less,
  '<=': lessOrEqual,
  '>': greater,
  '>=': greaterOrEqual,
  IN: inside,
  'NOT IN': (left, right) => !inside(left, right),
  CONTAINS: contains,
  CONTAINSNOT: (left, right) => !contains(left, right),
  CONTAINSALL: containsAll,
  CONTAINSANY: containsAny,
  CONTAINSNONE: containsNone,
  ALLINSIDE: (left, right) => containsAll(right, left),
  ANYINSIDE: (left, right) => containsAny(right, left),
  NONEINSIDE: (left, right) => containsNone(right, left),
  OUTSIDE: outside,
  INTERSECTS: intersects,
  LIKE: like,
  'NOT LIKE': (left, right) => !like(left, right),
  '+': add,
  '-': sub,
  '*': mul,
  '/': div,
  '%': rem,
  '**': pow,
}

/** Whether the left value decides without the right one. */
const decides: Readonly<Record<ShortCircuit, (left: Value) => boolean>> = {
  '||': isTruthy,
  '?:': isTruthy,
  '&&': (left) => !isTruthy(left),
  '??': (left) => !isNullish(left),
}

export function compileBinary(node: BinaryExpression, compiler: Compiler): CompiledExpression {
  const left = compiler.expression(node.left)
  const right = compiler.expression(node.right)
  switch (node.operator) {
    case '||':
    case '&&':
    case '??':
    case '?:':
      return compileShortCircuit(left, right, decides[node.operator])
    case '~':
    case '!~':
    case '?~':
    case '*~':
      throw queryErrors.NOT_SUPPORTED({ construct: `the operator ${node.operator}` })
    default:
      return combineTwo(left, right, functions[node.operator])
  }
}

export function compileUnary(node: UnaryExpression, compiler: Compiler): CompiledExpression {
  const operand = compiler.expression(node.operand)
  switch (node.operator) {
    case '!':
      return combineOne(operand, (value) => !isTruthy(value))
    case '-':
      return combineOne(operand, neg)
    case '+':
      return combineOne(operand, plus)
    default:
      return node.operator satisfies never
  }
}

export function compileBetween(node: BetweenExpression, compiler: Compiler): CompiledExpression {
  const parts = [node.value, node.lower, node.upper].map((part) => compiler.expression(part))
  const { negated } = node
  return combineMany(parts, ([value, lower, upper]) => isBetween(value, lower, upper) !== negated)
}

function compileShortCircuit(
  left: CompiledExpression,
  right: CompiledExpression,
  isDecided: (left: Value) => boolean,
): CompiledExpression {
  if (left.constant !== undefined) {
    return isDecided(left.constant.value) ? constantOf(left.constant.value) : right
  }
  const effects = effectsOf([left, right])
  if (effects.isPure) {
    return {
      ...effects,
      evaluate(row, ctx) {
        const value = left.evaluate(row, ctx) as Value
        return isDecided(value) ? value : right.evaluate(row, ctx)
      },
    }
  }
  return {
    ...effects,
    evaluate(row, ctx): MaybePromise<Value> {
      const value = left.evaluate(row, ctx)
      if (value instanceof Promise) {
        return value.then((known) => (isDecided(known) ? known : right.evaluate(row, ctx)))
      }
      return isDecided(value) ? value : right.evaluate(row, ctx)
    },
  }
}
