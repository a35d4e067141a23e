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
  const { seq, time, operation } = version
  const lines = operation === 'delete' ? [] : [...contentLines(version, older)]
  const what = changeOf(version, older, lines.length)
  yield `${paint.bold(String(seq))}  ${String(time)}  ${paint[colors[what]](what)}${paint.dim(aboutText(version))}`
  yield* lines
}

const colors = { deleted: 'red', created: 'green', changed: 'yellow', unchanged: 'dim' } as const

function changeOf(
  { operation }: ValueObject,
  older: ValueObject | undefined,
  changedLines: number,
): keyof typeof colors {
  if (operation === 'delete') return 'deleted'
  if (older?.operation !== 'put') return 'created'
  return changedLines === 0 ? 'unchanged' : 'changed'
}

/** The record, or what is different in it. */
function* contentLines({ valid = {}, value }: ValueObject, older: ValueObject | undefined): Iterable<string> {
  const isChange = older?.operation === 'put'
  if (isChange) {
    const changes = fieldChanges(older.value as ValueObject, value as ValueObject)
    for (const { field, old, new: now } of changes) yield fieldLine(field, old, now)
  } else yield `    ${valueText(value)}`
  const before = isChange ? (older.valid ?? {}) : {}
  if (valueText(before) !== valueText(valid)) yield `    valid: ${valueText(valid)}`
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
