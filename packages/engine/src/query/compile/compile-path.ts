/**
 * Paths (idioms): a chain of steps, each from one value to the next.
 * A path of one field of the current row, by far the most frequent, is pure: the current row is never a link.
 * Longer ones may meet links and then read records, which on a sync view still gives no promise.
 */

import { setField, type Value, type ValueObject } from '@dendrodb/protocol'
import type { MaybePromise } from '../../storage/kv-store.ts'
import type {
  DestructureField,
  DestructurePart,
  Expression,
  IdiomExpression,
  IndexPart,
  PathPart,
  WherePart,
} from '../dql/ast.ts'
import { runTask, type Task, wait } from '../execute/task.ts'
import { isTruthy } from '../operators/truthiness.ts'
import { compileCallPart, compileMethod } from './compile-call.ts'
import { compileRecursion, repeatStep } from './compile-recursion.ts'
import { compileTraversal } from './compile-traversal.ts'
import type { CompiledExpression } from './compiled.ts'
import type { Compiler } from './compiler.ts'
import { elementAt } from './element-at.ts'
import type { EvalContext } from './eval-context.ts'
import { parentOf } from './group-row.ts'
import { endOfPath, type PathStep, runSteps } from './path-step.ts'
import { elementsOf, fieldReader, isPlainObject, mapValues, rowOf, rowReader } from './read-field.ts'

export function compileIdiom(node: IdiomExpression, compiler: Compiler): CompiledExpression {
  const start = node.start === undefined ? undefined : compiler.expression(node.start)
  const first = node.parts[0]
  if (start === undefined && compiler.row === undefined && first?.kind === 'field') {
    const read = rowReader(first.name)
    if (node.parts.length === 1) return { isPure: true, isPoint: true, evaluate: read }
    return follow(compileSteps(node.parts.slice(1), compiler), {
      isPure: true,
      isPoint: true,
      evaluate: read,
    })
  }
  return follow(compileSteps(node.parts, compiler), start ?? compiler.row ?? currentRow)
}

const currentRow: CompiledExpression = { isPure: true, isPoint: true, evaluate: (row) => row }

/** The steps of a path, without what it starts from. */
function compileSteps(parts: readonly PathPart[], compiler: Compiler): readonly PathStep[] {
  const steps: PathStep[] = []
  // Behind the last part that is more than a field: fields of fields nest by themselves.
  const spreadsUntil = parts.findLastIndex((part) => part.kind !== 'field')
  let isWalking = false
  for (let i = 0; i < parts.length; i += 1) {
    const part = parts[i] as PathPart
    if (part.kind === 'recurse') {
      const repeated = part.path ?? parts.slice(i + 1)
      steps.push(compileRecursion(part, compileSteps(repeated, compiler), repeated, compiler))
      if (part.path === undefined) return steps
    } else if (part.kind === 'graph') {
      const hops = [part]
      for (let next = parts[i + 1]; next?.kind === 'graph'; next = parts[i + 1]) {
        hops.push(next)
        i += 1
      }
      const isLastHop = hops.length === 1 && i === parts.length - 1
      const step = compileTraversal(hops, compiler)
      steps.push(isWalking ? step : { ...step, spreads: isLastHop ? 'flat' : 'before' })
      isWalking = true
      continue
    } else {
      const step = compileStep(part, compiler)
      const isSpreading = i < spreadsUntil && spreadingKinds.has(part.kind)
      steps.push(isSpreading ? { ...step, spreads: 'after' } : step)
    }
    isWalking = joiningKinds.has(part.kind) || (isWalking && part.kind === 'where')
  }
  return steps
}

/** Parts that take something of each element of a list. */
const spreadingKinds: ReadonlySet<PathPart['kind']> = new Set(['field', 'all', 'destructure'])

/** Parts behind which a list is one place to walk on from, as what arrows have reached is. */
const joiningKinds: ReadonlySet<PathPart['kind']> = new Set(['optional', 'flatten'])

function follow(steps: readonly PathStep[], start: CompiledExpression): CompiledExpression {
  const isPure = start.isPure && steps.every((step) => step.isPure === true)
  return {
    isPure,
    isPoint: start.isPoint && steps.every((step) => step.isPoint),
    evaluate(row, ctx) {
      const value = start.evaluate(row, ctx)
      return value instanceof Promise
        ? value.then((known) => runSteps(steps, known, row, ctx))
        : runSteps(steps, value, row, ctx)
    },
  }
}

function compileStep(part: Exclude<PathPart, { kind: 'recurse' | 'graph' }>, compiler: Compiler): PathStep {
  switch (part.kind) {
    case 'field': {
      const read = fieldReader(part.name)
      return { isPoint: true, apply: (value, _row, ctx) => read(value, ctx) }
    }
    case 'index':
      return compileIndex(part, compiler)
    case 'all':
      return { isPoint: true, apply: (value, _row, ctx) => allOf(value, ctx) }
    case 'last':
      return { isPure: true, isPoint: true, apply: lastOf }
    case 'flatten':
      return { isPure: true, isPoint: true, apply: (value) => (Array.isArray(value) ? value.flat() : value) }
    case 'optional':
      return {
        isPure: true,
        isPoint: true,
        apply: (value) => (value === undefined || value === null ? endOfPath : value),
      }
    case 'where':
      return compileWhere(part, compiler)
    case 'destructure':
      return compileDestructure(part, compiler)
    case 'method':
      return compileMethod(part, compiler)
    case 'call':
      return compileCallPart(part, compiler)
    case 'repeat':
      return repeatStep
    default:
      return part satisfies never
  }
}

function compileIndex(part: IndexPart, compiler: Compiler): PathStep {
  const index = compiler.expression(part.index)
  return {
    isPoint: index.isPoint,
    apply(value, row, ctx) {
      const at = index.evaluate(row, ctx)
      return at instanceof Promise
        ? at.then((known) => elementAt(value, known, ctx))
        : elementAt(value, at, ctx)
    },
  }
}

/** Every element of a list; of an object the object itself, of a link the record behind it. */
function allOf(value: Value, ctx: EvalContext): MaybePromise<Value> {
  const list = elementsOf(value)
  return list === undefined ? rowOf(value, ctx) : mapValues(list, (each) => rowOf(each, ctx))
}

/** What is no list is its own last element. */
function lastOf(value: Value): Value {
  const list = elementsOf(value)
  return list === undefined ? value : list[list.length - 1]
}

/**
 * Keeps elements as they are, links included, where the condition holds for them or the records behind them.
 * What is no list is one element, and NONE is none.
 */
function compileWhere(part: WherePart, compiler: Compiler): PathStep {
  const condition = compiler.expression(part.condition)
  return {
    isPoint: condition.isPoint,
    apply: (value, row, ctx) => runTask(filterElements(value, condition, row, ctx)),
  }
}

function* filterElements(
  value: Value,
  condition: CompiledExpression,
  parent: Value,
  ctx: EvalContext,
): Task<Value> {
  const inner = ctx.with({ parent: parentOf(parent) })
  const kept: Value[] = []
  for (const element of elementsOf(value) ?? [value])
    if (yield* holds(element, condition, inner)) kept.push(element)
  return kept
}

/** Whether the condition holds for an element, or for the record behind it. */
export function* holds(value: Value, condition: CompiledExpression, ctx: EvalContext): Task<boolean> {
  if (value === undefined || value === null) return false
  const row = yield* wait(rowOf(value, ctx))
  if (row === undefined) return false
  return isTruthy(yield* wait(condition.evaluate(row, ctx)))
}

interface FieldMaker {
  readonly name: string
  readonly steps: readonly PathStep[]
}

/** `.{ a, b.c, d: x.y }` of an object or of each element; of a link, of the record behind it. */
function compileDestructure(part: DestructurePart, compiler: Compiler): PathStep {
  const fields = part.fields.map((field) => compileField(field, compiler))
  const isPoint = fields.every((field) => field.steps.every((step) => step.isPoint))
  function apply(value: Value, row: Value, ctx: EvalContext): MaybePromise<Value> {
    if (Array.isArray(value)) return mapValues(value as readonly Value[], (each) => apply(each, row, ctx))
    return runTask(makeObject(fields, value, ctx))
  }
  return { isPoint, apply }
}

function compileField(field: DestructureField, compiler: Compiler): FieldMaker {
  return { name: field.name, steps: compileSteps(field.path, compiler) }
}

function* makeObject(fields: readonly FieldMaker[], value: Value, ctx: EvalContext): Task<Value> {
  const source = yield* wait(rowOf(value, ctx))
  if (!isPlainObject(source)) return undefined
  const object: Record<string, Value> = {}
  for (const { name, steps } of fields) {
    setField(object, name, yield* wait(runSteps(steps, source, source, ctx)))
  }
  return object satisfies ValueObject
}

/** The fields a path names when it consists of fields alone. */
export function plainFields(expression: Expression): readonly string[] | undefined {
  if (expression.kind !== 'idiom' || expression.start !== undefined) return undefined
  const names: string[] = []
  for (const part of expression.parts) {
    if (part.kind !== 'field') return undefined
    names.push(part.name)
  }
  return names
}
