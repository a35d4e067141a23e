/**
 * Calls: functions by name, methods of values, closures, casts and named constants.
 * A pure function of constants is computed once, ahead. Functions that take closures may have to wait for
 * them, all others answer at once or are marked impure.
 */

import { RecordId, typeOf, type Value } from '@dendrodb/protocol'
import { chain } from '../../storage/chain.ts'
import type { MaybePromise } from '../../storage/kv-store.ts'
import type {
  CallExpression,
  CallPart,
  CastExpression,
  ClosureExpression,
  ConstantExpression,
  Expression,
  MethodPart,
  ParamExpression,
} from '../dql/ast.ts'
import * as kinds from '../functions/argument-kinds.ts'
import { Closure } from '../functions/closure.ts'
import type { FunctionArgument, FunctionDefinition } from '../functions/function-definition.ts'
import { requireMethod } from '../functions/methods.ts'
import { requireConstant, requireFunction } from '../functions/registry.ts'
import { queryLimits } from '../limits.ts'
import { castValue } from '../operators/cast.ts'
import { coerceToField } from '../operators/coerce.ts'
import { queryErrors } from '../query-errors.ts'
import { combineOne, effectsOf, evaluateAll } from './combine.ts'
import { callRecordMethod, compileRecordCall, recordFunction } from './compile-record-call.ts'
import { type CompiledExpression, constantOf } from './compiled.ts'
import type { Compiler } from './compiler.ts'
import { compileFieldCall, isFieldCall } from './dynamic-fields.ts'
import type { EvalContext } from './eval-context.ts'
import { foldingContext } from './function-context.ts'
import { lookUp } from './look-up.ts'
import type { PathStep } from './path-step.ts'
import { Scope } from './scope.ts'
import { nodesIn } from './walk.ts'

export function compileCall(node: CallExpression, compiler: Compiler): CompiledExpression {
  if (isFieldCall(node)) return compileFieldCall(node, compiler)
  const args = node.args.map((arg) => compiler.expression(arg))
  const recordCall = compileRecordCall(node.name, args)
  if (recordCall !== undefined) return recordCall
  refuseLater(node.name)
  const definition = requireFunction(node.name)
  const effects = effectsOf(args)
  if (takesClosure(definition)) {
    return {
      isPure: false,
      isPoint: effects.isPoint,
      evaluate: (row, ctx) =>
        chain(evaluateAll(args, row, ctx), (values) =>
          definition.call(forCaller(values, ctx), ctx.functions),
        ),
    }
  }
  const isAhead = definition.isPure && args.every((arg) => arg.constant !== undefined)
  const folded = isAhead ? callAhead(definition, args) : undefined
  if (folded !== undefined) return folded
  return {
    isPure: effects.isPure && isSynchronous(definition),
    isPoint: effects.isPoint && isSynchronous(definition),
    evaluate: effects.isPure
      ? (row, ctx) => call(definition, pureValues(args, row, ctx), ctx)
      : (row, ctx) => chain(evaluateAll(args, row, ctx), (values) => call(definition, values, ctx)),
  }
}

function call(
  definition: FunctionDefinition,
  values: readonly Value[],
  ctx: EvalContext,
): MaybePromise<Value> {
  // One call is short; a text has room for thousands on one large value.
  if (values.some(isLarge)) ctx.run.checkStretch()
  return definition.call(values, ctx.functions)
}

function isLarge(value: Value): boolean {
  if (typeof value === 'string') return value.length >= queryLimits.largeBytes
  return Array.isArray(value) && value.length * elementBytes >= queryLimits.largeBytes
}

function takesClosure({ signatures }: FunctionDefinition): boolean {
  return signatures.some(({ params }) => params.some(({ kind }) => kind.includes(kinds.closure.name)))
}

function forCaller(values: readonly Value[], ctx: EvalContext): readonly FunctionArgument[] {
  return values.map((value: FunctionArgument) => (value instanceof Closure ? value.for(ctx) : value))
}

function refuseLater(name: string): void {
  if (name.startsWith('fn::') || name.startsWith('search::') || name === 'vector::distance::knn') {
    throw queryErrors.NOT_SUPPORTED({ construct: `the function ${name}()` })
  }
}

/** Functions that hash passwords wait for other threads. */
function isSynchronous(definition: FunctionDefinition): boolean {
  return !definition.name.startsWith('crypto::')
}

function pureValues(args: readonly CompiledExpression[], row: Value, ctx: EvalContext): Value[] {
  const values = new Array<Value>(args.length)
  for (let i = 0; i < args.length; i += 1) {
    values[i] = (args[i] as CompiledExpression).evaluate(row, ctx) as Value
  }
  return values
}

function callAhead(
  definition: FunctionDefinition,
  args: readonly CompiledExpression[],
): CompiledExpression | undefined {
  try {
    const result = definition.call(
      args.map((arg) => arg.constant?.value),
      foldingContext,
    )
    return result instanceof Promise ? undefined : constantOf(result)
  } catch {
    return undefined
  }
}

/**
 * `.name(args)`: the function of the value's type with the value as its first argument, or a closure in a
 * field.
 */
export function compileMethod(part: MethodPart, compiler: Compiler): PathStep {
  const args = part.args.map((arg) => compiler.expression(arg))
  const spelling = (part as { readonly spelling?: string }).spelling ?? part.name
  return {
    isPoint: args.every((arg) => arg.isPoint) && recordFunction(part.name) === undefined,
    apply: (value, row, ctx) =>
      chain(evaluateAll(args, row, ctx), (values) => callMethod(value, part.name, spelling, values, ctx)),
  }
}

function callMethod(
  value: Value,
  name: string,
  spelling: string,
  args: readonly Value[],
  ctx: EvalContext,
): MaybePromise<Value> {
  const member = closureIn(value, spelling)
  if (member !== undefined) return member.for(ctx).call(...args)
  if (value instanceof RecordId && recordFunction(name) !== undefined) {
    return callRecordMethod(value, name, args, ctx)
  }
  return requireMethod(typeOf(value), name).call(forCaller([value, ...args], ctx), ctx.functions)
}

function closureIn(value: Value, name: string): Closure | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  const member: unknown = (value as Readonly<Record<string, unknown>>)[name]
  return member instanceof Closure ? member : undefined
}

/** `$closure(1, 2)`. */
export function compileCallPart(part: CallPart, compiler: Compiler): PathStep {
  const args = part.args.map((arg) => compiler.expression(arg))
  return {
    isPoint: false,
    apply(value, row, ctx) {
      const closure: unknown = value
      if (!(closure instanceof Closure)) {
        throw queryErrors.TYPE_EXPECTED({ clause: 'a call', expected: 'a closure', found: typeOf(value) })
      }
      return chain(evaluateAll(args, row, ctx), (values) => closure.for(ctx).call(...values))
    },
  }
}

/**
 * A closure keeps the row and the parameters of the place where it is written, as they are at that moment;
 * reads and writes are those of the statement that calls it.
 */
export function compileClosure(node: ClosureExpression, compiler: Compiler): CompiledExpression {
  const body = compiler.expression(node.body)
  const { params, returns } = node
  const names = paramNames(node.body)
  function captured(ctx: EvalContext): Scope {
    const scope = new Scope()
    for (const name of names) scope.set(name, lookUp(name, ctx))
    return scope
  }
  return {
    isPure: false,
    isPoint: body.isPoint,
    evaluate(row, made) {
      const scope = captured(made)
      const { parent, document } = made
      made.request.hasClosures = true
      function call(args: readonly Value[], caller: EvalContext): MaybePromise<Value> {
        const turn = caller.run.turn()
        return turn === undefined ? callNow(args, caller) : turn.then(() => callNow(args, caller))
      }
      function callNow(args: readonly Value[], caller: EvalContext): MaybePromise<Value> {
        const inner = caller.nested({ scope: new Scope(scope), parent, document })
        for (let i = 0; i < params.length; i += 1) {
          const param = params[i] as (typeof params)[number]
          inner.scope.set(param.name, param.type === undefined ? args[i] : coerceToField(args[i], param.type))
        }
        const result = body.evaluate(row, inner)
        return returns === undefined ? result : chain(result, (value) => coerceToField(value, returns))
      }
      const run = (args: readonly Value[], caller: unknown) => call(args, caller as EvalContext)
      return new Closure(params.length, run, made) as unknown as Value
    },
  }
}

/** Of all parameters that are read, also further in. */
function paramNames(body: Expression): readonly string[] {
  const names = new Set<string>()
  for (const node of nodesIn(body)) if (node.kind === 'param') names.add((node as ParamExpression).name)
  return [...names]
}

/** What an element of a list counts as. */
const elementBytes = 16

export function compileCast(node: CastExpression, compiler: Compiler): CompiledExpression {
  const cast = combineOne(compiler.expression(node.operand), (value) => castValue(value, node.type))
  if (cast.constant !== undefined) return cast
  return { ...cast, evaluate: (row, ctx) => chain(cast.evaluate(row, ctx), (value) => weighed(value, ctx)) }
}

/** A range may have become a long list. @throws as `StatementRun.expect` */
function weighed(value: Value, ctx: EvalContext): Value {
  if (Array.isArray(value)) ctx.run.expect(value.length * elementBytes)
  return value
}

export function compileConstant(node: ConstantExpression): CompiledExpression {
  return constantOf(requireConstant(node.name))
}
