/**
 * DQL literals for people: on one line when it fits, otherwise a line per element or field.
 */

import { formatIdentifier, formatValue, typeOf, type Value, type ValueObject } from '@dendrodb/protocol'
import { displayWidth } from './display-width.ts'
import { layoutDepthMax } from './limits.ts'

/** The literal of the value, at most `width` columns wide where its parts allow it. */
export function layoutLiteral(value: Value, width: number): string {
  return layout(value, width, 0, 0)
}

/** @param taken columns that stand before it on its line and after it */
function layout(value: Value, width: number, depth: number, taken: number): string {
  const line = formatValue(value)
  const room = width - depth * 2 - taken
  if (depth >= layoutDepthMax || displayWidth(line) <= room) return line
  const type = typeOf(value)
  if (type === 'array') {
    return block('[', (value as readonly Value[]).map((each) => layout(each, width, depth + 1, 1)), ']', depth)
  }
  if (type !== 'object') return line
  const fields = Object.entries(value as ValueObject).map(([name, each]) => {
    const label = `${fieldName(name)}: `
    return label + layout(each, width, depth + 1, displayWidth(label) + 1)
  })
  return block('{', fields, '}', depth)
}

function block(open: string, parts: readonly string[], close: string, depth: number): string {
  const indent = '  '.repeat(depth)
  return `${open}\n${parts.map((part) => `${indent}  ${part}`).join(',\n')}\n${indent}${close}`
}

/** As in an object: a plain word, or in quotes. */
function fieldName(name: string): string {
  return formatIdentifier(name) === name ? name : formatValue(name)
}
