/**
 * `type::of` and `type::is_*`.
 */

import { Geometry, type GeometryType, RecordId, type TypeName, typeOf, type Value } from '@dendrodb/protocol'
import { shapeName } from '../../operators/geometry-shape.ts'
import { isNumber } from '../../operators/number-arithmetic.ts'
import * as kinds from '../argument-kinds.ts'
import { pureFunction, withOldSpelling } from '../define-function.ts'
import type { FunctionDefinition } from '../function-definition.ts'
import { optional, overload, required } from '../overload.ts'

const value = required('value', kinds.any)

/** Types that have a predicate of their name. */
const typeNames: readonly TypeName[] = [
  'none',
  'null',
  'bool',
  'int',
  'float',
  'decimal',
  'string',
  'bytes',
  'datetime',
  'duration',
  'uuid',
  'array',
  'set',
  'object',
  'range',
  'geometry',
  'vector',
]

const geometryPredicates: Readonly<Record<string, GeometryType>> = {
  point: 'Point',
  line: 'LineString',
  polygon: 'Polygon',
  multipoint: 'MultiPoint',
  multiline: 'MultiLineString',
  multipolygon: 'MultiPolygon',
  collection: 'GeometryCollection',
}

export const typePredicates: readonly FunctionDefinition[] = [
  pureFunction(
    'type::of',
    overload([value], 'string', ([given]) => nameOf(given)),
  ),
  ...typeNames.map((type) => predicate(`type::is_${type}`, (given) => typeOf(given) === type)),
  predicate('type::is_number', isNumber),
  ...Object.entries(geometryPredicates).map(([name, type]) => {
    return predicate(`type::is_${name}`, (given) => given instanceof Geometry && given.type === type)
  }),
  withOldSpelling(
    pureFunction(
      'type::is_record',
      overload([value, optional('table', kinds.string)], 'bool', ([given, table]) => {
        return given instanceof RecordId && (table === undefined || given.table === table)
      }),
    ),
    'is',
  ),
]

function predicate(name: string, holds: (given: Value) => boolean): FunctionDefinition {
  return withOldSpelling(
    pureFunction(
      name,
      overload([value], 'bool', ([given]) => holds(given)),
    ),
    'is',
  )
}

/** Geometries with their shape: `geometry<point>`. */
function nameOf(given: Value): string {
  return given instanceof Geometry ? `geometry<${shapeName(given)}>` : typeOf(given)
}
