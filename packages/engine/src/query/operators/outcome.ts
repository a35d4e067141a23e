/**
 * The result of a conversion that may not be possible.
 * Why not `undefined` or an exception: NONE is a value, and a union tries one type after the other, most of
 * them in vain.
 */

import { DbError, type Value } from '@dendrodb/protocol'

export const impossible: unique symbol = Symbol('impossible')

export type Outcome = Value | typeof impossible

/** What `parse` gives; impossible where it throws an operating error. */
export function attempt(parse: () => Value): Outcome {
  try {
    return parse()
  } catch (error) {
    if (error instanceof DbError) return impossible
    throw error
  }
}

/**
 * Every element converted; impossible when one of them is. The array itself when nothing changed, so that
 * checking what already conforms makes no garbage.
 */
export function convertAll(
  values: readonly Value[],
  convert: (value: Value, index: number) => Outcome,
): readonly Value[] | typeof impossible {
  let changed: Value[] | undefined
  for (let i = 0; i < values.length; i += 1) {
    const before = values[i]
    const after = convert(before, i)
    if (after === impossible) return impossible
    if (changed === undefined && Object.is(before, after)) continue
    changed ??= values.slice(0, i)
    changed.push(after)
  }
  return changed ?? values
}
