/**
 * Places inside of records: reading, setting and removing what a path such as `a.b[0].c` names.
 * Invariant: values are immutable; a change copies the objects and lists on the way to it and nothing else.
 */

import { setField, typeOf, type Value, type ValueObject, ValueSet } from '@dendrodb/protocol'
import type { Expression, PathPart } from '../dql/ast.ts'
import { queryErrors } from '../query-errors.ts'
import { isPlainObject, ownField } from './read-field.ts'

/** A field, a position (negative: from the end), or every element. */
export type PlacePart = string | number | typeof everyElement

export const everyElement: unique symbol = Symbol('every element')

export type Place = readonly PlacePart[]

/**
 * The places a path names; several where it ends in `.{ a, b }`. Positions must be literal ints.
 * @throws QUERY_TYPE_EXPECTED for parts that name no place
 */
export function placeOf(expression: Expression, clause: string): readonly Place[] {
  if (expression.kind !== 'idiom' || expression.start !== undefined) throw noPlace(clause, expression.kind)
  return placesOf(expression.parts, clause)
}

function placesOf(parts: readonly PathPart[], clause: string): readonly Place[] {
  const place: PlacePart[] = []
  for (const part of parts) {
    if (part.kind === 'destructure') {
      return part.fields.flatMap((field) => {
        return placesOf(field.path, clause).map((rest) => [...place, ...rest])
      })
    }
    place.push(placePart(part, clause))
  }
  return [place]
}

function placePart(part: PathPart, clause: string): PlacePart {
  switch (part.kind) {
    case 'field':
      return part.name
    case 'all':
      return everyElement
    case 'last':
      return -1
    case 'index':
      return literalIndex(part.index, clause)
    default:
      throw noPlace(clause, part.kind)
  }
}

function literalIndex(index: Expression, clause: string): PlacePart {
  const value = index.kind === 'literal' ? index.value : undefined
  if (typeof value === 'string') return value
  if (typeof value === 'number' && Number.isInteger(value)) return value
  throw noPlace(clause, 'a computed position')
}

function noPlace(clause: string, found: string) {
  return queryErrors.TYPE_EXPECTED({ clause, expected: 'the path of a field', found })
}

export function readAt(value: Value, place: Place): Value {
  let current = value
  for (let i = 0; i < place.length; i += 1) {
    const part = place[i] as PlacePart
    if (Array.isArray(current)) {
      const list = current as readonly Value[]
      if (typeof part === 'number') {
        current = list.at(part)
        continue
      }
      const rest = part === everyElement ? place.slice(i + 1) : place.slice(i)
      return list.map((element) => readAt(element, rest))
    }
    if (typeof part !== 'string' || !isPlainObject(current)) return undefined
    current = ownField(current, part)
  }
  return current
}

/** A copy of the value with another one at the place; missing objects on the way are made. NONE removes. */
export function writeAt(value: Value, place: Place, changed: Value): Value {
  return changed === undefined ? removeAt(value, place) : changeAt(value, place, () => changed)
}

/** As `writeAt`, with what `change` makes of the value that is there. */
export function changeAt(value: Value, place: Place, change: (value: Value) => Value, at = 0): Value {
  if (at === place.length) return change(value)
  const part = place[at] as PlacePart
  if (Array.isArray(value)) return changeList(value as readonly Value[], place, change, at)
  if (part === everyElement) {
    if (value instanceof ValueSet) throw noElements(value)
    // What is neither list nor object has no elements.
    return isPlainObject(value) ? mapFields(value, (field) => changeAt(field, place, change, at + 1)) : value
  }
  const name = nameOf(part, value)
  const object = value ?? {}
  if (name === undefined || !isPlainObject(object)) {
    throw queryErrors.TYPE_EXPECTED({
      clause: typeof part === 'string' ? `setting the field ${part}` : `setting the position ${part}`,
      expected: typeof part === 'string' ? 'an object around it' : 'an array',
      found: typeOf(value),
    })
  }
  return withField(object, name, changeAt(ownField(object, name), place, change, at + 1))
}

/** The elements of a set have no places. */
export function noElements(set: ValueSet): Error {
  return queryErrors.TYPE_EXPECTED({ clause: 'setting elements', expected: 'an array', found: typeOf(set) })
}

/** Positions are names in objects alone. */
function nameOf(part: string | number, value: Value): string | undefined {
  if (typeof part === 'string') return part
  return isPlainObject(value) && part >= 0 ? String(part) : undefined
}

function changeList(
  list: readonly Value[],
  place: Place,
  change: (value: Value) => Value,
  at: number,
): Value {
  const part = place[at] as PlacePart
  if (part === everyElement) {
    const changed = list.map((element) => changeAt(element, place, change, at + 1))
    return changed.filter((element, i) => element !== undefined || list[i] === undefined)
  }
  if (typeof part === 'string') return list.map((element) => changeAt(element, place, change, at))
  const index = part < 0 ? list.length + part : part
  if (index < 0 || index > list.length) {
    throw queryErrors.TYPE_EXPECTED({
      clause: 'a position in an array',
      expected: `at most ${list.length}`,
      found: String(part),
    })
  }
  const changed = changeAt(list[index], place, change, at + 1)
  return changed === undefined ? list.toSpliced(index, 1) : list.toSpliced(index, 1, changed)
}

function withField(object: ValueObject, name: string, value: Value): ValueObject {
  const copy: Record<string, Value> = { ...object }
  if (value === undefined) delete copy[name]
  else setField(copy, name, value)
  return copy
}

/** A copy without what is at the place. */
export function removeAt(value: Value, place: Place, at = 0): Value {
  const part = place[at]
  if (part === undefined) return undefined
  const isLast = at === place.length - 1
  if (Array.isArray(value)) {
    const list = value as readonly Value[]
    if (typeof part === 'string') return list.map((element) => removeAt(element, place, at))
    if (part === everyElement) return isLast ? [] : list.map((element) => removeAt(element, place, at + 1))
    const index = part < 0 ? list.length + part : part
    if (index < 0 || index >= list.length) return value
    return isLast ? list.toSpliced(index, 1) : list.toSpliced(index, 1, removeAt(list[index], place, at + 1))
  }
  if (!isPlainObject(value)) return value
  if (part === everyElement) return isLast ? {} : mapFields(value, (each) => removeAt(each, place, at + 1))
  const name = nameOf(part, value)
  if (name === undefined || !Object.hasOwn(value, name)) return value
  return withField(value, name, isLast ? undefined : removeAt(value[name], place, at + 1))
}

/** Fields that become NONE go away. */
function mapFields(object: ValueObject, map: (value: Value) => Value): ValueObject {
  const mapped: Record<string, Value> = {}
  for (const [name, value] of Object.entries(object)) {
    const changed = map(value)
    if (changed !== undefined) setField(mapped, name, changed)
  }
  return mapped
}

/** For `reduce`. */
export function removePart(value: Value, place: Place): Value {
  return removeAt(value, place)
}
