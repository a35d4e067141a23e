/**
 * Expressions made of others: a plain function of values becomes a function of rows.
 * Constants are folded: where all parts are known, so is the whole. A function that fails on constants is
 * left to fail when it is evaluated, since it may stand in a branch that never is. Ranges are left alone:
 * they are small, what is made of them may be large, and what is folded is kept with the text and counts
 * nowhere.
 */

import { Range, type Value } from '@dendrodb/protocol'
import type { MaybePromise } from '../../storage/kv-store.ts'
import { type CompiledExpression, constantOf } from './compiled.ts'
import type { EvalContext } from './eval-context.ts'

export function combineOne(part: CompiledExpression, apply: (value: Value) => Value): CompiledExpression {
  const { isPure, isPoint } = part
  const folded = fold([part], ([value]) => apply(value))
  if (folded !== undefined) return folded
  if (isPure) return { isPure, isPoint, evaluate: (row, ctx) => apply(part.evaluate(row, ctx) as Value) }
  return {
    isPure,
    isPoint,
    evaluate(row, ctx) {
      const value = part.evaluate(row, ctx)
      return value instanceof Promise ? value.then(apply) : apply(value)
    },
  }
}

export function combineTwo(
  left: CompiledExpression,
  right: CompiledExpression,
  apply: (left: Value, right: Value) => Value,
): CompiledExpression {
  const folded = fold([left, right], ([a, b]) => apply(a, b))
  if (folded !== undefined) return folded
  const isPure = left.isPure && right.isPure
  const isPoint = left.isPoint && right.isPoint
  if (!isPure) return { isPure, isPoint, evaluate: (row, ctx) => applyTwo(left, right, apply, row, ctx) }
  if (right.constant !== undefined) {
    const { value } = right.constant
    return { isPure, isPoint, evaluate: (row, ctx) => apply(left.evaluate(row, ctx) as Value, value) }
  }
  return {
    isPure,
    isPoint,
    evaluate: (row, ctx) => apply(left.evaluate(row, ctx) as Value, right.evaluate(row, ctx) as Value),
  }
}

/** `apply` gets a fresh array, which it may keep. */
export function combineMany(
  parts: readonly CompiledExpression[],
  apply: (values: Value[]) => Value,
): CompiledExpression {
  const folded = fold(parts, apply)
  if (folded !== undefined) return folded
  const { isPure, isPoint } = effectsOf(parts)
  if (!isPure) {
    return {
      isPure,
      isPoint,
      evaluate(row, ctx) {
        const values = evaluateAll(parts, row, ctx)
        return values instanceof Promise ? values.then(apply) : apply(values)
      },
    }
  }
  return {
    isPure,
    isPoint,
    evaluate(row, ctx) {
      const values = new Array<Value>(parts.length)
      for (let i = 0; i < parts.length; i += 1) {
        values[i] = (parts[i] as CompiledExpression).evaluate(row, ctx) as Value
      }
      return apply(values)
    },
  }
}

export function effectsOf(parts: readonly CompiledExpression[]): {
  readonly isPure: boolean
  readonly isPoint: boolean
} {
  return { isPure: parts.every((part) => part.isPure), isPoint: parts.every((part) => part.isPoint) }
}

/** The values of all parts, one after the other. */
export function evaluateAll(
  parts: readonly CompiledExpression[],
  row: Value,
  ctx: EvalContext,
): MaybePromise<Value[]> {
  const values: Value[] = []
  for (const part of parts) {
    const value = part.evaluate(row, ctx)
    if (value instanceof Promise) return evaluateRest(parts, values, value, row, ctx)
    values.push(value)
  }
  return values
}

async function evaluateRest(
  parts: readonly CompiledExpression[],
  values: Value[],
  pending: Promise<Value>,
  row: Value,
  ctx: EvalContext,
): Promise<Value[]> {
  values.push(await pending)
  while (values.length < parts.length) {
    values.push(await (parts[values.length] as CompiledExpression).evaluate(row, ctx))
  }
  return values
}

function applyTwo(
  left: CompiledExpression,
  right: CompiledExpression,
  apply: (left: Value, right: Value) => Value,
  row: Value,
  ctx: EvalContext,
): MaybePromise<Value> {
  const a = left.evaluate(row, ctx)
  if (a instanceof Promise) {
    return a.then(async (known) => apply(known, await right.evaluate(row, ctx)))
  }
  const b = right.evaluate(row, ctx)
  return b instanceof Promise ? b.then((known) => apply(a, known)) : apply(a, b)
}

function fold(
  parts: readonly CompiledExpression[],
  apply: (values: Value[]) => Value,
): CompiledExpression | undefined {
  const values: Value[] = []
  for (const part of parts) {
    if (part.constant === undefined || part.constant.value instanceof Range) return undefined
    values.push(part.constant.value)
  }
  try {
    return constantOf(apply(values))
  } catch {
    return undefined
  }
}
