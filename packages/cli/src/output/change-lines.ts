/**
 * Records that differ, for people: a line per record, a line per field.
 */

import { formatValue, type Value, type ValueObject } from '@dendrodb/protocol'
import type { Paint } from './paint.ts'
import { printableLine } from './printable.ts'

const signs = { added: '+', removed: '-', changed: '~' } as const

/** A row of DIFF. */
export function* changeLines(row: ValueObject, paint: Paint): Iterable<string> {
  const { id, change, before, after, fields = [] } = row
  const sign = signs[change as keyof typeof signs]
  const record = after ?? before
  yield `${sign} ${paint.bold(valueText(id))}${record === undefined ? '' : ` ${valueText(record)}`}`
  for (const { field, old, new: now } of fields as readonly ValueObject[]) {
    yield fieldLine(String(field), old, now)
  }
}

export function fieldLine(field: string, old: Value, now: Value): string {
  return `    ${printableLine(field)}: ${valueText(old)} → ${valueText(now)}`
}

export function differCount(records: number): string {
  return `${countOf(records, 'record')} differ${records === 1 ? 's' : ''}`
}

export function countOf(count: Value, what: string): string {
  return count === 1 ? `1 ${what}` : `${count} ${what}s`
}

export function valueText(value: Value): string {
  return printableLine(formatValue(value))
}
