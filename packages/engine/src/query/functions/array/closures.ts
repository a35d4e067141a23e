/**
 * Functions that ask a closure about each element: `array::map`, `array::filter` and so on, for arrays and
 * sets.
 * Where a condition is wanted, a value that is no closure stands for "equals this value".
 */

import { equalValues, type Value, ValueSet } from '@dendrodb/protocol'
import type { MaybePromise } from '../../../storage/kv-store.ts'
import { isTruthy } from '../../operators/truthiness.ts'
import * as kinds from '../argument-kinds.ts'
import type { Closure } from '../closure.ts'
import { pureFunction, withAliases } from '../define-function.ts'
import type { FunctionDefinition } from '../function-definition.ts'
import { type Overload, overload, required } from '../overload.ts'
import { accumulate, type Test, walk } from './walk.ts'

/** How a collection is called, and how a result becomes one again. */
interface Shape {
  readonly namespace: string
  readonly kind: kinds.ArgumentKind<readonly Value[]>
  readonly name: string
  make(elements: readonly Value[]): Value
}

const arrayShape: Shape = {
  namespace: 'array',
  kind: kinds.array,
  name: 'array',
  make: (elements) => elements,
}
const setShape: Shape = {
  namespace: 'set',
  kind: { name: 'set', read: readSet },
  name: 'set',
  make: (elements) => ValueSet.from(elements),
}

export const arrayClosureFunctions: readonly FunctionDefinition[] = [
  ...functionsFor(arrayShape),
  pureFunction(
    'array::filter_index',
    ...tested(arrayShape, 'array<int>', (elements, test) => {
      const found: Value[] = []
      return walk(
        elements,
        test,
        (_, tested, index) => {
          if (isTruthy(tested)) found.push(index)
          return false
        },
        () => found,
      )
    }),
  ),
  withAliases(
    pureFunction(
      'array::find_index',
      ...tested(arrayShape, 'int', (elements, test) => {
        let found: Value
        return walk(
          elements,
          test,
          (_, tested, index) => {
            if (isTruthy(tested)) found = index
            return isTruthy(tested)
          },
          () => found,
        )
      }),
    ),
    'array::index_of',
  ),
]

export const setClosureFunctions: readonly FunctionDefinition[] = functionsFor(setShape)

function functionsFor(shape: Shape): FunctionDefinition[] {
  const { namespace, kind, name, make } = shape
  const elements = required(name, kind)
  const closure = required('closure', kinds.closure)
  return [
    withArrayAliases(
      shape,
      pureFunction(
        `${namespace}::all`,
        overload([elements], 'bool', ([values]) => values.every(isTruthy)),
        ...tested(shape, 'bool', (values, test) => {
          let holds = true
          return walk(
            values,
            test,
            (_, said) => {
              holds = isTruthy(said)
              return !holds
            },
            () => holds,
          )
        }),
      ),
      'every',
    ),
    withArrayAliases(
      shape,
      pureFunction(
        `${namespace}::any`,
        overload([elements], 'bool', ([values]) => values.some(isTruthy)),
        ...tested(shape, 'bool', (values, test) => {
          let holds = false
          return walk(
            values,
            test,
            (_, said) => {
              holds = isTruthy(said)
              return holds
            },
            () => holds,
          )
        }),
      ),
      'some',
      'includes',
    ),
    pureFunction(
      `${namespace}::filter`,
      ...tested(shape, name, (values, test) => {
        const kept: Value[] = []
        return walk(
          values,
          test,
          (element, said) => {
            if (isTruthy(said)) kept.push(element)
            return false
          },
          () => make(kept),
        )
      }),
    ),
    pureFunction(
      `${namespace}::find`,
      ...tested(shape, 'any', (values, test) => {
        let found: Value
        return walk(
          values,
          test,
          (element, said) => {
            if (isTruthy(said)) found = element
            return isTruthy(said)
          },
          () => found,
        )
      }),
    ),
    pureFunction(
      `${namespace}::map`,
      overload([elements, closure], name, ([values, mapper]) => {
        const mapped: Value[] = []
        return walk(
          values,
          callWithIndex(mapper),
          (_, made) => {
            mapped.push(made)
            return false
          },
          () => make(mapped),
        )
      }),
    ),
    pureFunction(
      `${namespace}::fold`,
      overload([elements, required('initial', kinds.any), closure], 'any', ([values, initial, step]) => {
        return accumulate(values, initial, step)
      }),
    ),
    pureFunction(
      `${namespace}::reduce`,
      overload([elements, closure], 'any', ([values, step]) => {
        return values.length === 0 ? undefined : accumulate(values.slice(1), values[0], step)
      }),
    ),
  ]
}

/** The two ways to say which elements are meant: by a closure, by a value. */
function tested(
  shape: Shape,
  returns: string,
  run: (elements: readonly Value[], test: Test) => MaybePromise<Value>,
): Overload[] {
  const elements = required(shape.name, shape.kind)
  return [
    overload([elements, required('condition', kinds.closure)], returns, ([values, closure]) => {
      return run(values, callWithIndex(closure))
    }),
    overload([elements, required('value', kinds.any)], returns, ([values, wanted]) => {
      return run(values, (element) => equalValues(element, wanted))
    }),
  ]
}

function callWithIndex(closure: Closure): Test {
  return (element, index) => closure.call(element, index)
}

function withArrayAliases(
  shape: Shape,
  definition: FunctionDefinition,
  ...aliases: string[]
): FunctionDefinition {
  if (shape !== arrayShape) return definition
  return withAliases(definition, ...aliases.map((alias) => `array::${alias}`))
}

function readSet(argument: Value | Closure): readonly Value[] | typeof kinds.mismatch {
  const set = kinds.set.read(argument)
  return set === kinds.mismatch ? kinds.mismatch : set.values
}
