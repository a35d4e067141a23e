/**
 * What functions get beside their arguments.
 */

import { Datetime } from '@dendrodb/protocol'
import type { FunctionContext } from '../functions/function-definition.ts'
import { queryLimits } from '../limits.ts'
import { queryErrors } from '../query-errors.ts'

/** What of a statement's run functions may use. */
export interface FunctionBounds {
  readonly bounds: { readonly signal: AbortSignal | undefined }
  /** @throws QUERY_MEMORY_EXCEEDED */
  expect(bytes: number): void
}

/** For one run of one statement: time stands still, memory counts against the statement's. */
export function createFunctionContext(run: FunctionBounds): FunctionContext {
  let now: Datetime | undefined
  const { signal } = run.bounds
  return {
    now() {
      now ??= Datetime.now()
      return now
    },
    random: Math.random,
    checkMemory: (bytes) => run.expect(bytes),
    ...(signal !== undefined && { signal }),
  }
}

/** For pure functions of constants, which ask for neither time nor chance, and give something small. */
export const foldingContext: FunctionContext = {
  now: () => Datetime.now(),
  random: Math.random,
  checkMemory(bytes) {
    if (bytes > queryLimits.foldedBytesMax) throw queryErrors.MEMORY_EXCEEDED({ bytes })
  },
}
