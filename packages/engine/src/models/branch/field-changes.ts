/**
 * What differs between two values of a record, field by field, and three of them brought together.
 * Objects are compared in depth; everything else, lists too, as a whole. Two values are equal when their
 * canonical bytes are: 1 and 1.0 differ.
 */

import { encodeCanonical, formatIdentifier, setField, type Value, type ValueObject } from '@dendrodb/protocol'

export interface FieldChange {
  /** Names joined by dots, in ⟨ ⟩ where they must be. */
  readonly field: string
  /** `undefined`: there was no such field. */
  readonly old: Value
  readonly new: Value
}

/** Changes in the order of the names. */
export function fieldChanges(before: ValueObject, after: ValueObject): FieldChange[] {
  const changes: FieldChange[] = []
  collectChanges(before, after, '', changes)
  return changes
}

export interface MergedFields {
  readonly value: ValueObject
  /** Fields that both sides have changed, differently. */
  readonly clashes: readonly string[]
}

/** What either side has changed against the base. Where both have, `ours` stays and the field is named. */
export function mergeFields(base: ValueObject, ours: ValueObject, theirs: ValueObject): MergedFields {
  const clashes: string[] = []
  return { value: mergeObjects({ base, ours, theirs }, '', clashes), clashes }
}

export function isSameValue(a: Value, b: Value): boolean {
  if (a === undefined || b === undefined) return a === b
  return Buffer.compare(encodeCanonical(a), encodeCanonical(b)) === 0
}

function collectChanges(before: ValueObject, after: ValueObject, path: string, changes: FieldChange[]): void {
  for (const name of namesOf(before, after)) {
    const [old, now] = [fieldOf(before, name), fieldOf(after, name)]
    const field = pathTo(path, name)
    if (isObject(old) && isObject(now)) collectChanges(old, now, field, changes)
    else if (!isSameValue(old, now)) changes.push({ field, old, new: now })
  }
}

interface Three<T> {
  readonly base: T
  readonly ours: T
  readonly theirs: T
}

function mergeObjects(
  { base, ours, theirs }: Three<ValueObject>,
  path: string,
  clashes: string[],
): ValueObject {
  const merged: Record<string, Value> = {}
  for (const name of namesOf(base, ours, theirs)) {
    const three = { base: fieldOf(base, name), ours: fieldOf(ours, name), theirs: fieldOf(theirs, name) }
    const value = mergeValues(three, pathTo(path, name), clashes)
    if (value !== undefined) setField(merged, name, value)
  }
  return merged
}

function mergeValues({ base, ours, theirs }: Three<Value>, path: string, clashes: string[]): Value {
  if (isSameValue(ours, theirs) || isSameValue(theirs, base)) return ours
  if (isSameValue(ours, base)) return theirs
  if (isObject(base) && isObject(ours) && isObject(theirs)) {
    return mergeObjects({ base, ours, theirs }, path, clashes)
  }
  clashes.push(path)
  return ours
}

function namesOf(...objects: readonly ValueObject[]): string[] {
  return [...new Set(objects.flatMap((object) => Object.keys(object)))].sort()
}

function fieldOf(object: ValueObject, name: string): Value {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

function isObject(value: Value): value is ValueObject {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

function pathTo(path: string, name: string): string {
  return path === '' ? formatIdentifier(name) : `${path}.${formatIdentifier(name)}`
}
