/**
 * The DQL type of a value.
 */

import { Decimal } from './decimal.ts'
import { isInt } from './float.ts'
import { type TypeTag, tagOf, tags } from './type-tag.ts'
import type { TypeName, Value } from './values.ts'

const names: Readonly<Record<Exclude<TypeTag, typeof tags.number>, TypeName>> = {
  [tags.none]: 'none',
  [tags.null]: 'null',
  [tags.bool]: 'bool',
  [tags.string]: 'string',
  [tags.bytes]: 'bytes',
  [tags.duration]: 'duration',
  [tags.datetime]: 'datetime',
  [tags.uuid]: 'uuid',
  [tags.array]: 'array',
  [tags.set]: 'set',
  [tags.object]: 'object',
  [tags.geometry]: 'geometry',
  [tags.vector]: 'vector',
  [tags.record]: 'record',
  [tags.range]: 'range',
}

export function typeOf(value: Value): TypeName {
  const tag = tagOf(value)
  if (tag !== tags.number) return names[tag]
  if (isInt(value)) return 'int'
  return value instanceof Decimal ? 'decimal' : 'float'
}
