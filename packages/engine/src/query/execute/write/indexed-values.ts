/**
 * The values of a record that an index holds, combination by combination: a path with an `each` step gives
 * one per element. Links are not followed; what a path cannot reach is NONE.
 */

import { type Value, type ValueObject, ValueSet } from '@dendrodb/protocol'
import type { FieldPath, IndexDefinition } from '../../../catalog/definitions.ts'
import { isPlainObject, ownField } from '../../compile/read-field.ts'

export function indexedTuples(index: IndexDefinition, record: ValueObject): readonly (readonly Value[])[] {
  let tuples: readonly (readonly Value[])[] = [[]]
  for (const path of index.fields) {
    const values = valuesAt(record, path)
    tuples = tuples.flatMap((tuple) => values.map((value) => [...tuple, value]))
  }
  return tuples
}

function valuesAt(record: ValueObject, path: FieldPath): readonly Value[] {
  let values: readonly Value[] = [record]
  for (const step of path) {
    values = values.flatMap((value) =>
      typeof step === 'string' ? [fieldOf(value, step)] : elementsOf(value),
    )
  }
  return values
}

function fieldOf(value: Value, name: string): Value {
  if (Array.isArray(value)) return (value as readonly Value[]).map((element) => fieldOf(element, name))
  return isPlainObject(value) ? ownField(value, name) : undefined
}

/** A value that is no list stands under NONE, where conditions on elements look for it. */
function elementsOf(value: Value): readonly Value[] {
  if (Array.isArray(value)) return value as readonly Value[]
  return value instanceof ValueSet ? value.values : [undefined]
}
