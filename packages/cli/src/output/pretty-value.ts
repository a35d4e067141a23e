/**
 * A value as a DQL literal over as many lines as it needs: what fits stays on one line, the rest has a line
 * per element.
 * Invariant: it reads back as the same value.
 */

import { formatValue, typeOf, type Value, type ValueObject } from '@dendrodb/protocol'

const step = '  '

/** Lines of at most `width` columns, as far as single literals fit. */
export function prettyValue(value: Value, width: number): readonly string[] {
  return linesOf('', value, '', width)
}

/**
 * @param before what stands before the value on its first line, indented. @param after what follows it on its
 * last
 */
function linesOf(before: string, value: Value, after: string, width: number): readonly string[] {
  const literal = `${before}${formatValue(value)}${after}`
  const type = typeOf(value)
  const isNested = type === 'array' || type === 'object'
  if (!isNested || literal.length <= width) return [literal]
  const indent = `${/^ */.exec(before)?.[0] ?? ''}${step}`
  const parts = type === 'array' ? elementsOf(value as readonly Value[]) : fieldsOf(value as ValueObject)
  // Nothing to put on a line of its own.
  if (parts.length === 0) return [literal]
  const [open, close] = type === 'array' ? '[]' : '{}'
  return [
    `${before}${open}`,
    ...parts.flatMap(({ name, value: part }, at) =>
      linesOf(`${indent}${name}`, part, at < parts.length - 1 ? ',' : '', width),
    ),
    `${indent.slice(step.length)}${close}${after}`,
  ]
}

interface Part {
  readonly name: string
  readonly value: Value
}

function elementsOf(elements: readonly Value[]): readonly Part[] {
  return elements.map((value) => ({ name: '', value }))
}

function fieldsOf(object: ValueObject): readonly Part[] {
  return Object.keys(object)
    .sort()
    .map((field) => ({ name: `${fieldName(field)}: `, value: object[field] }))
}

function fieldName(field: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(field) ? field : formatValue(field)
}
