/**
 * Names as canonical text. A name is escaped with ⟨ and ⟩ when it is not plain ASCII, or when it stands where it could be
 * taken for a keyword.
 */

import { formatIdentifier, formatValue } from '@dendrodb/protocol'
import type { FieldPathNode } from './ast.ts'
import { isSpecialName } from './keywords.ts'

/** A name at the beginning of something: a field, a table. */
export function formatName(name: string): string {
  return isSpecialName(name) ? escapeName(name) : formatIdentifier(name)
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
