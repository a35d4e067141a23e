/**
 * Ways to call a function, as a function's own file declares them.
 * Why typed parameters: arity and argument types are checked in one place, from the declaration, which also
 * feeds the documentation; an implementation gets arguments that are already what it asked for.
 */

import type { Value } from '@dendrodb/protocol'
import type { MaybePromise } from '../../storage/kv-store.ts'
import { type ArgumentKind, mismatch } from './argument-kinds.ts'
import type {
  FunctionArgument,
  FunctionContext,
  FunctionParameter,
  FunctionSignature,
} from './function-definition.ts'

export interface Parameter<T = unknown, Mode extends ParameterMode = ParameterMode> {
  readonly name: string
  readonly kind: ArgumentKind<T>
  readonly mode: Mode
}

type ParameterMode = 'required' | 'optional' | 'rest'

/** The arguments that an implementation with these parameters gets. */
type ArgumentsOf<Parameters extends readonly Parameter[]> = Parameters extends readonly [
  Parameter<infer T, infer Mode>,
  ...infer Others extends readonly Parameter[],
]
  ? Mode extends 'rest'
    ? T[]
    : [Mode extends 'optional' ? T | undefined : T, ...ArgumentsOf<Others>]
  : []

export interface Overload {
  readonly signature: FunctionSignature
  readonly parameters: readonly Parameter[]
  readonly required: number
  /** Infinity with a rest parameter. */
  readonly maximum: number
  readonly run: (args: never, context: FunctionContext) => MaybePromise<Value>
}

export function required<T>(name: string, kind: ArgumentKind<T>): Parameter<T, 'required'> {
  return { name, kind, mode: 'required' }
}

export function optional<T>(name: string, kind: ArgumentKind<T>): Parameter<T, 'optional'> {
  return { name, kind, mode: 'optional' }
}

export function rest<T>(name: string, kind: ArgumentKind<T>): Parameter<T, 'rest'> {
  return { name, kind, mode: 'rest' }
}

/** One way to call a function. */
export function overload<const Parameters extends readonly Parameter[]>(
  parameters: Parameters,
  returns: string,
  run: (args: ArgumentsOf<Parameters>, context: FunctionContext) => MaybePromise<Value>,
): Overload {
  const hasRest = parameters.at(-1)?.mode === 'rest'
  return {
    signature: { params: parameters.map(describeParameter), returns },
    parameters,
    required: parameters.filter((parameter) => parameter.mode === 'required').length,
    maximum: hasRest ? Number.POSITIVE_INFINITY : parameters.length,
    run,
  }
}

/** The arguments as the overload wants them: the very array where nothing had to be converted. */
export function readArguments(
  candidate: Overload,
  args: readonly FunctionArgument[],
): readonly unknown[] | typeof mismatch {
  if (args.length < candidate.required || args.length > candidate.maximum) return mismatch
  const { parameters } = candidate
  let converted: unknown[] | undefined
  for (let i = 0; i < args.length; i += 1) {
    const parameter = parameters[Math.min(i, parameters.length - 1)] as Parameter
    const given = args[i]
    if (given === undefined && parameter.mode === 'optional') continue
    const read = parameter.kind.read(given)
    if (read === mismatch) return mismatch
    if (read !== given) {
      converted ??= [...args]
      converted[i] = read
    }
  }
  return converted ?? args
}

function describeParameter({ name, kind, mode }: Parameter): FunctionParameter {
  if (mode === 'optional') return { name, kind: kind.name, optional: true }
  return mode === 'rest' ? { name, kind: kind.name, rest: true } : { name, kind: kind.name }
}
