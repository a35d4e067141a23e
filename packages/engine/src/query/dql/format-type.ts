/** Types as canonical text. */

import { formatIdentifier, formatValue } from '@dendrodb/protocol'
import type { TypeNode } from './ast-type.ts'
import { formatObjectKey } from './format-name.ts'

export function formatType(type: TypeNode): string {
  switch (type.kind) {
    case 'scalar_type':
      return type.name
    case 'record_type':
      return type.tables === undefined ? 'record' : `record<${type.tables.map(formatIdentifier).join(' | ')}>`
    case 'array_type':
      return formatList('array', type.item, type.length)
    case 'set_type':
      return formatList('set', type.item, type.length)
    case 'option_type':
      return `option<${formatType(type.inner)}>`
    case 'geometry_type':
      return type.shapes === undefined ? 'geometry' : `geometry<${type.shapes.join(' | ')}>`
    case 'vector_type':
      return type.dimension === undefined ? 'vector' : `vector<${type.dimension}>`
    case 'literal_type':
      return formatValue(type.value)
    case 'object_type':
      return formatObjectType(type.fields)
    case 'tuple_type':
      return `[${type.items.map(formatType).join(', ')}]`
    case 'union_type':
      return type.members.map(formatType).join(' | ')
    default:
      return type satisfies never
  }
}

function formatList(name: string, item: TypeNode | undefined, length: number | undefined): string {
  if (item === undefined) return name
  return `${name}<${formatType(item)}${length === undefined ? '' : `, ${length}`}>`
}

function formatObjectType(fields: readonly { readonly key: string; readonly type: TypeNode }[]): string {
  if (fields.length === 0) return '{}'
  return `{ ${fields.map(({ key, type }) => `${formatObjectKey(key)}: ${formatType(type)}`).join(', ')} }`
}
