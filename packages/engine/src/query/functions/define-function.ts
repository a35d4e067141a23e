/**
 * Makes functions out of their overloads.
 */

import { mismatch } from './argument-kinds.ts'
import type { FunctionDefinition } from './function-definition.ts'
import { type Overload, readArguments } from './overload.ts'
import { argumentError } from './signature-errors.ts'

/** A pure function. The first overload that takes the arguments is called. */
export function pureFunction(name: string, ...overloads: readonly Overload[]): FunctionDefinition {
  return defineFunction(name, overloads, true)
}

/** A function whose result depends on more than its arguments: the clock, chance. */
export function impureFunction(name: string, ...overloads: readonly Overload[]): FunctionDefinition {
  return defineFunction(name, overloads, false)
}

export function withAliases(
  definition: FunctionDefinition,
  ...aliases: readonly string[]
): FunctionDefinition {
  return { ...definition, aliases: [...definition.aliases, ...aliases] }
}

/** `string::is_email` is also `string::is::email`, the spelling of SurrealQL 2. */
export function withOldSpelling(definition: FunctionDefinition, prefix: 'is' | 'from'): FunctionDefinition {
  return withAliases(definition, definition.name.replace(`::${prefix}_`, `::${prefix}::`))
}

function defineFunction(name: string, overloads: readonly Overload[], isPure: boolean): FunctionDefinition {
  return {
    name,
    aliases: [],
    signatures: overloads.map((candidate) => candidate.signature),
    isPure,
    call(args, context) {
      for (const candidate of overloads) {
        const read = readArguments(candidate, args)
        if (read !== mismatch) return candidate.run(read as never, context)
      }
      throw argumentError(name, overloads, args)
    },
  }
}
