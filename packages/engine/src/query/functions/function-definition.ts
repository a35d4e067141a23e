/**
 * What a function of the query language is to those who call it.
 * Invariant: a function with `isPure` gives the same result for the same arguments and may be computed ahead.
 */

import type { Datetime, Value } from '@dendrodb/protocol'
import type { MaybePromise } from '../../storage/kv-store.ts'
import type { Closure } from './closure.ts'

export interface FunctionContext {
  /** The instant of the statement: the same for all its rows. */
  now(): Datetime
  /** From 0 up to but not including 1. */
  random(): number
  readonly signal?: AbortSignal
  /** Announces memory about to be used. @throws when the statement may not have it */
  checkMemory?(bytes: number): void
}

export type FunctionArgument = Value | Closure

export interface FunctionParameter {
  readonly name: string
  /** For example `int` or `array<number>`. */
  readonly kind: string
  /** May be left out or NONE. */
  readonly optional?: boolean
  /** Any number of arguments from here on; only the last parameter. */
  readonly rest?: boolean
}

export interface FunctionSignature {
  readonly params: readonly FunctionParameter[]
  readonly returns: string
}

export interface FunctionDefinition {
  readonly name: string
  /** Other names of the same function. */
  readonly aliases: readonly string[]
  readonly signatures: readonly FunctionSignature[]
  readonly isPure: boolean
  /** @throws FUNCTION_ARGUMENT_COUNT, FUNCTION_ARGUMENT, and what the function itself says */
  call(args: readonly FunctionArgument[], context: FunctionContext): MaybePromise<Value>
}
