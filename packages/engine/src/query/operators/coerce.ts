/**
 * Whether a value fits a declared type: `DEFINE FIELD … TYPE`, `LET $x: int`, parameters of functions.
 * Coercion is strict, as in SurrealQL 3: text is never parsed, a missing value is no value. It only bridges
 * forms of the same thing: 2.0 is an int, 2 a float or decimal; an array fills a set; an array of numbers is
 * a vector; a GeoJSON object is a geometry.
 */

import { type Geometry, RecordId, typeOf, type Value, ValueSet } from '@dendrodb/protocol'
import type { ArrayType, ObjectType, ScalarTypeName, SetType, TypeNode } from '../dql/ast-type.ts'
import { hasOtherFields, withFields } from './cast.ts'
import { castToGeometry, castToScalar } from './cast-scalar.ts'
import { fieldOf, isArray, isObject } from './collection-arithmetic.ts'
import { exactEqual } from './comparison.ts'
import { describeValue } from './describe-value.ts'
import { hasShape } from './geometry-shape.ts'
import { isNumber } from './number-arithmetic.ts'
import { castErrors } from './operator-errors.ts'
import { convertAll, impossible, type Outcome } from './outcome.ts'
import { formatType } from './type-text.ts'
import { vectorOf } from './vector-value.ts'

/** The value in the form that the type asks for. @throws CAST_NOT_OF_TYPE */
export function coerceToField(value: Value, type: TypeNode): Value {
  const outcome = coerce(value, type)
  if (outcome === impossible) {
    throw castErrors.NOT_OF_TYPE({
      expected: formatType(type),
      found: typeOf(value),
      value: describeValue(value),
    })
  }
  return outcome
}

/** Whether the value is of the type as it is, without any change. */
export function conformsTo(value: Value, type: TypeNode): boolean {
  // Coercion hands back the very value where it has nothing to change.
  return Object.is(coerce(value, type), value)
}

/** As `coerceToField`, but `impossible` instead of an error. */
function coerce(value: Value, type: TypeNode): Outcome {
  switch (type.kind) {
    case 'scalar_type':
      return coerceToScalar(value, type.name)
    case 'record_type':
      return value instanceof RecordId && (type.tables?.includes(value.table) ?? true) ? value : impossible
    case 'array_type':
      return coerceToArray(value, type)
    case 'set_type':
      return coerceToSet(value, type)
    case 'option_type':
      return value === undefined ? value : coerce(value, type.inner)
    case 'geometry_type':
      return coerceToGeometry(value, (geometry) => hasShape(geometry, type.shapes))
    case 'vector_type':
      return vectorOf(value, type.dimension) ?? impossible
    case 'literal_type':
      return exactEqual(value, type.value) ? value : impossible
    case 'object_type':
      return coerceToFields(value, type)
    case 'tuple_type':
      return isArray(value) && value.length === type.items.length
        ? convertAll(value, (element, index) => coerce(element, type.items[index] as TypeNode))
        : impossible
    case 'union_type':
      return coerceToMember(value, type.members)
    default:
      return type satisfies never
  }
}

/** A member that the value already conforms to comes before one that would change it. */
function coerceToMember(value: Value, members: readonly TypeNode[]): Outcome {
  let changed: Outcome = impossible
  for (const member of members) {
    const outcome = coerce(value, member)
    if (Object.is(outcome, value)) return value
    if (changed === impossible) changed = outcome
  }
  return changed
}

function coerceToScalar(value: Value, name: ScalarTypeName): Outcome {
  switch (name) {
    case 'int':
    case 'float':
    case 'decimal':
      return isNumber(value) ? keepIfSame(value, castToScalar(value, name)) : impossible
    case 'number':
      return isNumber(value) ? value : impossible
    case 'point':
      return coerceToGeometry(value, (geometry) => geometry.type === 'Point')
    case 'any':
      return value
    case 'function':
      return impossible
    default:
      return typeOf(value) === name ? value : impossible
  }
}

/** A cast makes a new `Float` even from a float; the value itself says that nothing changed. */
function keepIfSame(value: Value, outcome: Outcome): Outcome {
  return outcome !== impossible && exactEqual(value, outcome) ? value : outcome
}

function coerceToGeometry(value: Value, accepts: (geometry: Geometry) => boolean): Outcome {
  return isArray(value) ? impossible : castToGeometry(value, accepts)
}

function coerceToArray(value: Value, type: ArrayType): Outcome {
  if (!isArray(value) || value.length !== (type.length ?? value.length)) return impossible
  const { item } = type
  return item === undefined ? value : convertAll(value, (element) => coerce(element, item))
}

function coerceToSet(value: Value, type: SetType): Outcome {
  if (!isArray(value) && !(value instanceof ValueSet)) return impossible
  const elements = isArray(value) ? value : value.values
  const { item } = type
  const converted = item === undefined ? elements : convertAll(elements, (element) => coerce(element, item))
  if (converted === impossible) return impossible
  const set = value instanceof ValueSet && converted === elements ? value : ValueSet.from(converted)
  return set.size === (type.length ?? set.size) ? set : impossible
}

function coerceToFields(value: Value, type: ObjectType): Outcome {
  if (!isObject(value) || hasOtherFields(value, type)) return impossible
  const converted = convertAll(
    type.fields.map((field) => fieldOf(value, field.key)),
    (element, index) => coerce(element, (type.fields[index] as ObjectType['fields'][number]).type),
  )
  return converted === impossible ? impossible : withFields(value, type, converted)
}
