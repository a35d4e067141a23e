/**
 * Casts: `<array<int>> x`. A cast converts where it can; coercion (coerce.ts) only accepts what already fits.
 * A union takes the first of its members that works, so `<datetime | string>` leaves as text what is no
 * datetime. In a union or option NONE and NULL do not become text: a member has to take them as they are.
 */

import { Range, RecordId, typeOf, type Value, ValueSet } from '@dendrodb/protocol'
import type { ArrayType, ObjectType, RecordType, SetType, TypeNode } from '../dql/ast-type.ts'
import { castToGeometry, castToScalar } from './cast-scalar.ts'
import { fieldOf, isArray, isObject } from './collection-arithmetic.ts'
import { exactEqual } from './comparison.ts'
import { describeValue } from './describe-value.ts'
import { hasShape } from './geometry-shape.ts'
import { intIntervalOf, intsOf } from './int-range.ts'
import { operatorLimits } from './limits.ts'
import { castErrors, operatorErrors } from './operator-errors.ts'
import { attempt, convertAll, impossible, type Outcome } from './outcome.ts'
import { isNullish } from './truthiness.ts'
import { formatType } from './type-text.ts'
import { vectorElements, vectorOf } from './vector-value.ts'

/** @throws CAST_IMPOSSIBLE, OPERATOR_RESULT_TOO_LARGE for a long range or many bytes */
export function castValue(value: Value, type: TypeNode): Value {
  const outcome = cast(value, type)
  if (outcome === impossible) {
    throw castErrors.IMPOSSIBLE({
      expected: formatType(type),
      found: typeOf(value),
      value: describeValue(value),
    })
  }
  return outcome
}

/** As `castValue`, but `impossible` instead of an error. */
export function cast(value: Value, type: TypeNode): Outcome {
  switch (type.kind) {
    case 'scalar_type':
      return castToScalar(value, type.name)
    case 'record_type':
      return castToRecord(value, type)
    case 'array_type':
      return castToArray(value, type)
    case 'set_type':
      return castToSet(value, type)
    case 'option_type':
      return value === undefined ? value : castToFirst(value, [type.inner])
    case 'geometry_type':
      return castToGeometry(value, (geometry) => hasShape(geometry, type.shapes))
    case 'vector_type':
      return vectorOf(value, type.dimension) ?? impossible
    case 'literal_type':
      return exactEqual(value, type.value) ? value : impossible
    case 'object_type':
      return castToFields(value, type)
    case 'tuple_type':
      return isArray(value) && value.length === type.items.length
        ? convertAll(value, (element, index) => cast(element, type.items[index] as TypeNode))
        : impossible
    case 'union_type':
      return castToFirst(value, type.members)
    default:
      return type satisfies never
  }
}

function castToFirst(value: Value, members: readonly TypeNode[]): Outcome {
  if (isNullish(value)) return members.some((member) => cast(value, member) === value) ? value : impossible
  for (const member of members) {
    const outcome = cast(value, member)
    if (outcome !== impossible) return outcome
  }
  return impossible
}

function castToRecord(value: Value, type: RecordType): Outcome {
  const id = typeof value === 'string' ? attempt(() => RecordId.parse(value)) : value
  if (!(id instanceof RecordId)) return impossible
  return type.tables === undefined || type.tables.includes(id.table) ? id : impossible
}

function castToArray(value: Value, type: ArrayType): Outcome {
  const elements = elementsOf(value)
  if (elements === undefined || elements.length !== (type.length ?? elements.length)) return impossible
  const { item } = type
  return item === undefined ? elements : convertAll(elements, (element) => cast(element, item))
}

function castToSet(value: Value, type: SetType): Outcome {
  const elements = elementsOf(value)
  const { item } = type
  if (elements === undefined) return impossible
  const converted = item === undefined ? elements : convertAll(elements, (element) => cast(element, item))
  if (converted === impossible) return impossible
  const set = value instanceof ValueSet && converted === value.values ? value : ValueSet.from(converted)
  return set.size === (type.length ?? set.size) ? set : impossible
}

/** What a cast to array or set takes the elements from. */
function elementsOf(value: Value): readonly Value[] | undefined {
  if (isArray(value)) return value
  if (value instanceof ValueSet) return value.values
  if (value instanceof Float32Array) return vectorElements(value)
  if (value instanceof Uint8Array) return bytesOf(value)
  const interval = value instanceof Range ? intIntervalOf(value) : undefined
  return interval === undefined ? undefined : intsOf(interval)
}

function bytesOf(bytes: Uint8Array): readonly Value[] {
  if (bytes.length <= operatorLimits.elementsMax) return [...bytes]
  throw operatorErrors.RESULT_TOO_LARGE({
    operator: 'the cast',
    maximum: operatorLimits.elementsMax,
    unit: 'elements',
  })
}

function castToFields(value: Value, type: ObjectType): Outcome {
  if (!isObject(value) || hasOtherFields(value, type)) return impossible
  const fields = convertAll(
    type.fields.map((field) => fieldOf(value, field.key)),
    (element, index) => castField(element, (type.fields[index] as ObjectType['fields'][number]).type),
  )
  if (fields === impossible) return impossible
  return withFields(value, type, fields)
}

/** A field that is not there does not become text. */
function castField(value: Value, type: TypeNode): Outcome {
  const outcome = cast(value, type)
  return value === undefined && outcome !== undefined ? impossible : outcome
}

export function hasOtherFields(value: Readonly<Record<string, Value>>, type: ObjectType): boolean {
  return Object.keys(value).some((key) => !type.fields.some((field) => field.key === key))
}

/** The object with the converted values of its fields; a field that is NONE is left out. */
export function withFields(
  value: Readonly<Record<string, Value>>,
  type: ObjectType,
  converted: readonly Value[],
): Value {
  const isSame = type.fields.every((field, index) => Object.is(fieldOf(value, field.key), converted[index]))
  if (isSame) return value
  const entries = type.fields.map((field, index): [string, Value] => [field.key, converted[index]])
  return Object.fromEntries(entries.filter(([, element]) => element !== undefined))
}
