/**
 * Types as they are written in DQL, for error messages and INFO.
 */

import { formatIdentifier, formatValue } from '@dendrodb/protocol'
import type { TypeNode } from '../dql/ast-type.ts'

/** For example `array<int | string, 10>`. */
export function formatType(type: TypeNode): string {
  switch (type.kind) {
    case 'scalar_type':
      return type.name
    case 'record_type':
      return withParameters('record', type.tables?.map(formatIdentifier).join(' | '))
    case 'array_type':
      return withParameters('array', itemAndLength(type.item, type.length))
    case 'set_type':
      return withParameters('set', itemAndLength(type.item, type.length))
    case 'option_type':
      return `option<${formatType(type.inner)}>`
    case 'geometry_type':
      return withParameters('geometry', type.shapes?.join(' | '))
    case 'vector_type':
      return withParameters('vector', type.dimension?.toString())
    case 'literal_type':
      return formatValue(type.value)
    case 'object_type':
      return `{ ${type.fields.map(formatField).join(', ')} }`
    case 'tuple_type':
      return `[${type.items.map(formatType).join(', ')}]`
    case 'union_type':
      return type.members.map(formatType).join(' | ')
    default:
      return type satisfies never
  }
}

function withParameters(name: string, parameters: string | undefined): string {
  return parameters === undefined ? name : `${name}<${parameters}>`
}

function itemAndLength(item: TypeNode | undefined, length: number | undefined): string | undefined {
  if (item === undefined) return undefined
  return length === undefined ? formatType(item) : `${formatType(item)}, ${length}`
}

function formatField({ key, type }: { readonly key: string; readonly type: TypeNode }): string {
  return `${formatIdentifier(key)}: ${formatType(type)}`
}
