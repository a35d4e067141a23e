/**
 * Versions of a record for people: each with its commit, and with what it changed against the one before.
 */

import { fieldChanges } from '@dendrodb/engine'
import type { Value, ValueObject } from '@dendrodb/protocol'
import { fieldLine, valueText } from '../output/change-lines.ts'
import type { Paint } from '../output/paint.ts'

/** @param older the version before it; `undefined`: it is the first one that may be seen */
export function* versionLines(
  version: ValueObject,
  older: ValueObject | undefined,
  paint: Paint,
): Iterable<string> {
  const { seq, time, operation, valid = {}, value } = version
  const before = older?.operation === 'put' ? (older.value as ValueObject) : undefined
  const what = operation === 'delete' ? 'deleted' : before === undefined ? 'created' : 'changed'
  const color = { deleted: paint.red, created: paint.green, changed: paint.yellow }[what]
  yield `${paint.bold(String(seq))}  ${String(time)}  ${color(what)}${paint.dim(aboutText(version))}`
  if (operation === 'delete') return
  if (before === undefined) yield `    ${valueText(value)}`
  else {
    const changes = fieldChanges(before, value as ValueObject)
    for (const { field, old, new: now } of changes) yield fieldLine(field, old, now)
  }
  const bounds = older?.operation === 'put' ? (older.valid ?? {}) : {}
  if (valueText(bounds) !== valueText(valid)) yield `    valid: ${valueText(valid)}`
}

/** Who wrote it and why. */
function aboutText({ actor, caused_by: causes, evidence, confidence }: ValueObject): string {
  const about: [string, Value][] = [
    ['by', actor],
    ['caused by', causes],
    ['evidence', evidence],
    ['confidence', confidence],
  ]
  return about
    .filter(([, value]) => value !== undefined)
    .map(
      ([name, value]) =>
        `  ${name} ${typeof value === 'string' ? valueText(value).slice(1, -1) : valueText(value)}`,
    )
    .join('')
}
