/**
 * What an aggregate is to the executor of GROUP BY, and how one is declared.
 * An aggregate is fed one value per row and asked once for its result. NONE and NULL are passed over, as in
 * SQL, unless it says otherwise: a missing measurement is no measurement. Over no values at all each result
 * is that of the function of the same name on an empty array.
 */

import { typeOf, type Value } from '@dendrodb/protocol'
import { describeValue } from '../../operators/describe-value.ts'
import { isNullish } from '../../operators/truthiness.ts'
import { type ArgumentKind, mismatch } from '../argument-kinds.ts'
import { functionErrors } from '../function-errors.ts'

export interface AggregateState {
  /** @throws FUNCTION_ARGUMENT for a value that the aggregate cannot take */
  add(value: Value): void
  result(): Value
  /** Values held in memory; 0 where only a running total is kept. */
  readonly heldCount: number
}

export interface AggregateParameter {
  readonly name: string
  readonly kind: ArgumentKind<Value>
}

export interface AggregateDefinition {
  readonly name: string
  readonly aliases: readonly string[]
  /** What each row hands in. */
  readonly value: AggregateParameter
  /** Which argument of the call that is; the others are evaluated once per group. */
  readonly valueIndex: number
  /** Whether the argument may be left out; then each row hands in `true`. */
  readonly isValueOptional: boolean
  readonly parameters: readonly AggregateParameter[]
  readonly returns: string
  /** `args`: the arguments other than the value. @throws FUNCTION_ARGUMENT_COUNT, FUNCTION_ARGUMENT */
  create(args?: readonly Value[]): AggregateState
}

/** What an aggregate itself keeps; it is handed only values of its kind. */
export interface Accumulator<T> {
  add(value: T): void
  result(): Value
  readonly heldCount?: number
}

export interface AggregateDeclaration<T> {
  readonly name: string
  readonly aliases?: readonly string[]
  readonly kind: ArgumentKind<T>
  readonly valueName?: string
  readonly valueIndex?: number
  readonly isValueOptional?: boolean
  /** NONE and NULL are values too. */
  readonly takesNullish?: boolean
  readonly parameters?: readonly AggregateParameter[]
  readonly returns: string
  /** `args` are as many as `parameters`, each of its kind. */
  create(args: readonly Value[]): Accumulator<T>
}

export function defineAggregate<T>(declaration: AggregateDeclaration<T>): AggregateDefinition {
  const { name, kind, parameters = [], takesNullish = false, valueIndex = 0 } = declaration
  return {
    name,
    aliases: declaration.aliases ?? [],
    value: { name: declaration.valueName ?? 'value', kind: kind as ArgumentKind<Value> },
    valueIndex,
    isValueOptional: declaration.isValueOptional ?? false,
    parameters,
    returns: declaration.returns,
    create(args = []) {
      const accumulator = declaration.create(readParameters(name, valueIndex, parameters, args))
      return {
        add(value) {
          if (isNullish(value) && !takesNullish) return
          const read = kind.read(value)
          if (read === mismatch) throw wrongArgument(name, valueIndex, kind.name, value)
          accumulator.add(read)
        },
        result: () => accumulator.result(),
        get heldCount() {
          return accumulator.heldCount ?? 0
        },
      }
    },
  }
}

function readParameters(
  name: string,
  valueIndex: number,
  parameters: readonly AggregateParameter[],
  args: readonly Value[],
): readonly Value[] {
  if (args.length !== parameters.length) {
    const expected = parameters.length === 0 ? '1 argument' : `${parameters.length + 1} arguments`
    throw functionErrors.ARGUMENT_COUNT({ name, expected, found: args.length + 1 })
  }
  return parameters.map((parameter, i) => {
    const read = parameter.kind.read(args[i])
    if (read !== mismatch) return read
    throw wrongArgument(name, i < valueIndex ? i : i + 1, parameter.kind.name, args[i])
  })
}

function wrongArgument(name: string, index: number, expected: string, value: Value): Error {
  return functionErrors.ARGUMENT({
    name,
    position: index + 1,
    expected,
    found: typeOf(value),
    value: describeValue(value),
  })
}
