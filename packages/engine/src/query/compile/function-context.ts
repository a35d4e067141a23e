/**
 * What functions get beside their arguments.
 */

import { Datetime } from '@dendrodb/protocol'
import type { StatementRun } from '../execute/statement-run.ts'
import type { FunctionContext } from '../functions/function-definition.ts'

/** For one run of one statement: time stands still, memory counts against the statement's. */
export function createFunctionContext(run: StatementRun): FunctionContext {
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

/** For pure functions of constants, which ask for neither time nor chance. */
export const foldingContext: FunctionContext = { now: () => Datetime.now(), random: Math.random }
