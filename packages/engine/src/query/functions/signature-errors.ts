/**
 * What is wrong with the arguments of a call.
 */

import { type DbError, typeOf } from '@dendrodb/protocol'
import { describeValue } from '../operators/describe-value.ts'
import { mismatch } from './argument-kinds.ts'
import { Closure } from './closure.ts'
import type { FunctionArgument } from './function-definition.ts'
import { functionErrors } from './function-errors.ts'
import type { Overload } from './overload.ts'

/** The error for arguments that none of the overloads took. */
export function argumentError(
  name: string,
  overloads: readonly Overload[],
  args: readonly FunctionArgument[],
): DbError {
  const candidates = overloads.filter(
    (candidate) => args.length >= candidate.required && args.length <= candidate.maximum,
  )
  if (candidates.length === 0) {
    return functionErrors.ARGUMENT_COUNT({ name, expected: expectedCount(overloads), found: args.length })
  }
  // The overload that got furthest is most likely the one that was meant.
  const places = candidates.map((candidate) => firstMismatch(candidate, args))
  const furthest = Math.max(...places)
  const expected = new Set(
    candidates.filter((_, i) => places[i] === furthest).map((candidate) => kindAt(candidate, furthest).name),
  )
  const argument = args[furthest]
  return functionErrors.ARGUMENT({
    name,
    position: furthest + 1,
    expected: [...expected].join(' | '),
    found: argument instanceof Closure ? 'function' : typeOf(argument),
    value: argument instanceof Closure ? 'a closure' : describeValue(argument),
  })
}

function kindAt(candidate: Overload, index: number): Overload['parameters'][number]['kind'] {
  const { parameters } = candidate
  return (parameters[Math.min(index, parameters.length - 1)] as Overload['parameters'][number]).kind
}

function firstMismatch(candidate: Overload, args: readonly FunctionArgument[]): number {
  return args.findIndex((argument, index) => {
    const isLeftOut = argument === undefined && candidate.parameters[index]?.mode === 'optional'
    return !isLeftOut && kindAt(candidate, index).read(argument) === mismatch
  })
}

function expectedCount(overloads: readonly Overload[]): string {
  const least = Math.min(...overloads.map((candidate) => candidate.required))
  const most = Math.max(...overloads.map((candidate) => candidate.maximum))
  if (most === 0) return 'no arguments'
  if (least === most) return least === 1 ? '1 argument' : `${least} arguments`
  return most === Number.POSITIVE_INFINITY ? `at least ${least} arguments` : `${least} to ${most} arguments`
}
