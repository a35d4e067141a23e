/**
 * Calls of functions as text, one per line: `string::len('abc') => 3` for a result, `string::len(1) !!
 * FUNCTION_ARGUMENT` for an error code. Arguments and results are DQL literals. Lines that begin with `--`
 * are comments.
 */

import { Datetime, DbError, parseLiteral, type Value } from '@dendrodb/protocol'
import type { FunctionArgument, FunctionContext } from '../function-definition.ts'
import { requireFunction } from '../registry.ts'

export interface FunctionCase {
  readonly line: string
  readonly name: string
  readonly args: readonly Value[]
  readonly expected: { readonly value: Value } | { readonly code: string }
}

const casePattern = /^([a-z0-9_:]+)\((.*)\) (=>|!!) (.+)$/

export function parseCases(text: string): FunctionCase[] {
  const lines = text.split('\n').map((line) => line.trim())
  return lines.filter((line) => line !== '' && !line.startsWith('--')).map(parseCase)
}

function parseCase(line: string): FunctionCase {
  const match = casePattern.exec(line)
  if (match === null) throw new Error(`not a case: ${line}`)
  const [, name = '', args = '', arrow, expected = ''] = match
  return {
    line,
    name,
    args: parseLiteral(`[${args}]`) as readonly Value[],
    expected: arrow === '!!' ? { code: expected } : { value: parseLiteral(expected) },
  }
}

/** A statement that runs at one known instant and draws the same numbers each time. */
export function createTestContext(): FunctionContext {
  let state = 1
  return {
    now: () => Datetime.parse('2026-01-31T09:30:00.123456789Z'),
    random: () => {
      // Park and Miller's minimal standard generator.
      state = (state * 48_271) % 2_147_483_647
      return state / 2_147_483_647
    },
  }
}

export function call(name: string, ...args: readonly FunctionArgument[]): Value | Promise<Value> {
  return requireFunction(name).call(args, createTestContext())
}

/** The code of the error that a call throws or rejects with. */
export async function errorCodeOf(run: () => unknown): Promise<string | undefined> {
  try {
    await run()
  } catch (error) {
    if (error instanceof DbError) return error.code
    throw error
  }
  return undefined
}
