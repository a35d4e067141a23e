/**
 * Names as canonical text. A name is escaped with ⟨ and ⟩ when it is not plain ASCII, or when it stands where
 * it could be taken for a keyword.
 */

import { formatIdentifier, formatValue } from '@dendrodb/protocol'
import type { FieldPathNode } from './ast.ts'
import { isSpecialField, isSpecialTable } from './keywords.ts'

/** A table, or something defined: an index, an event. */
export function formatName(name: string): string {
  return isSpecialTable(name) ? escapeName(name) : formatIdentifier(name)
}

/** A field in front of a path. After a dot any name will do. */
export function formatField(name: string): string {
  return isSpecialField(name) ? escapeName(name) : formatIdentifier(name)
}

export function escapeName(name: string): string {
  return `⟨${name.replace(/[\\⟩]/g, '\\$&')}⟩`
}

export function formatParam(name: string): string {
  return /^[A-Za-z0-9_]+$/.test(name) ? `$${name}` : `$${escapeName(name)}`
}

export function formatObjectKey(key: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? key : formatValue(key)
}

export function formatFieldPath(path: FieldPathNode): string {
  return path.steps
    .map((step, index) => {
      if (typeof step !== 'string') return '[*]'
      return index === 0 ? formatName(step) : `.${formatIdentifier(step)}`
    })
    .join('')
}

/** `string::len`; the first part of a function's name is always a bare word. */
export function formatFunctionName(name: string): string {
  const [first = '', ...others] = name.split('::')
  return [first, ...others.map(formatIdentifier)].join('::')
}
