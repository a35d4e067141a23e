/**
 * A value in a cell of a table: compact, on one line, and such that what differs looks different.
 * Strings stand bare, unless bare they would read as something else; nested values are DQL literals.
 */

import { Decimal, Float, formatValue, typeOf, type Value } from '@dendrodb/protocol'
import { printableLine } from './printable.ts'

export interface Cell {
  readonly text: string
  readonly kind: 'number' | 'absent' | 'other'
}

/** Read as NONE, NULL or a bool, or not seen at all. */
const needsQuotes = /^$|^\s|\s$|^(none|null|true|false)$/i

/** @param charsMax length beyond which the text is cut, as nobody reads it */
export function cellOf(value: Value, charsMax: number): Cell {
  const type = typeOf(value)
  switch (type) {
    case 'none':
    case 'null':
      return { text: formatValue(value), kind: 'absent' }
    case 'int':
    case 'float':
    case 'decimal':
      return { text: numberText(value), kind: 'number' }
    case 'string':
      return { text: stringText(value as string, charsMax), kind: 'other' }
    case 'datetime':
    case 'duration':
    case 'uuid':
    case 'record':
      return { text: printableLine(String(value)), kind: 'other' }
    case 'bool':
    case 'bytes':
    case 'array':
    case 'set':
    case 'object':
    case 'range':
    case 'geometry':
    case 'vector':
      return { text: printableLine(cut(formatValue(value), charsMax)), kind: 'other' }
    default:
      return type satisfies never
  }
}

/**
 * A decimal without its suffix, and a float with a fraction: the type of a column of numbers is seldom in
 * doubt.
 */
function numberText(value: Value): string {
  if (value instanceof Decimal) return value.toString()
  if (value instanceof Float) return `${Object.is(value.value, -0) ? '-0' : value.value}.0`
  return formatValue(value)
}

function stringText(text: string, charsMax: number): string {
  const shown = cut(text, charsMax)
  return printableLine(needsQuotes.test(text) ? formatValue(shown) : shown)
}

function cut(text: string, charsMax: number): string {
  return text.length <= charsMax ? text : `${text.slice(0, charsMax)}…`
}
