/**
 * `geo::*`. As in SurrealQL, a value that is no geometry, or not the kind of geometry that is asked for,
 * gives NONE, so that a row without a place does not fail the statement.
 */

import type { Coordinates } from '@dendrodb/protocol'
import { float, Geometry, type Value } from '@dendrodb/protocol'
import { geometryContains } from '../../operators/geometry-relations.ts'
import type { Position } from '../../operators/plane.ts'
import * as kinds from '../argument-kinds.ts'
import { pureFunction, withOldSpelling } from '../define-function.ts'
import type { FunctionDefinition } from '../function-definition.ts'
import { functionErrors } from '../function-errors.ts'
import { functionLimits } from '../limits.ts'
import { optional, overload, required } from '../overload.ts'
import { areaSquareMetres, bearingDegrees, centroid, distanceMetres } from './geodesy.ts'
import { decodeGeohash, encodeGeohash } from './geohash.ts'

const geometry = required('geometry', kinds.any)

export const geoFunctions: readonly FunctionDefinition[] = [
  ofGeometry('geo::area', 'float', (shape) => float(areaSquareMetres(shape))),
  ofGeometry('geo::centroid', 'point', (shape) => {
    const centre = centroid(shape)
    return centre === undefined ? undefined : Geometry.point(...centre)
  }),
  withOldSpelling(
    ofGeometry('geo::is_valid', 'bool', (shape) => isOnEarth(shape)),
    'is',
  ),
  ofPoints('geo::bearing', bearingDegrees),
  ofPoints('geo::distance', distanceMetres),
  pureFunction(
    'geo::contains',
    overload([geometry, required('other', kinds.any)], 'option<bool>', ([outer, inner]) => {
      return outer instanceof Geometry && inner instanceof Geometry
        ? geometryContains(outer, inner)
        : undefined
    }),
  ),
  pureFunction(
    'geo::hash::encode',
    overload(
      [required('point', kinds.any), optional('length', kinds.index)],
      'option<string>',
      ([point, length]) => {
        const position = positionOf(point)
        const chars = checkLength(length ?? functionLimits.geohashCharsMax)
        return position === undefined || !isPositionOnEarth(position)
          ? undefined
          : encodeGeohash(position, chars)
      },
    ),
  ),
  pureFunction(
    'geo::hash::decode',
    overload([required('geohash', kinds.any)], 'option<point>', ([text]) => {
      const position =
        typeof text === 'string' ? decodeGeohash(text, functionLimits.geohashCharsMax) : undefined
      return position === undefined ? undefined : Geometry.point(...position)
    }),
  ),
]

function ofGeometry(name: string, returns: string, compute: (shape: Geometry) => Value): FunctionDefinition {
  return pureFunction(
    name,
    overload([geometry], `option<${returns}>`, ([given]) =>
      given instanceof Geometry ? compute(given) : undefined,
    ),
  )
}

function ofPoints(name: string, compute: (from: Position, to: Position) => number): FunctionDefinition {
  return pureFunction(
    name,
    overload([required('from', kinds.any), required('to', kinds.any)], 'option<float>', ([given, other]) => {
      const from = positionOf(given)
      const to = positionOf(other)
      return from === undefined || to === undefined ? undefined : float(compute(from, to))
    }),
  )
}

function positionOf(value: Value): Position | undefined {
  return value instanceof Geometry && value.type === 'Point'
    ? (value.coordinates as unknown as Position)
    : undefined
}

function checkLength(length: number): number {
  if (length >= 1 && length <= functionLimits.geohashCharsMax) return length
  throw functionErrors.ARGUMENT_VALUE({
    name: 'geo::hash::encode',
    problem: `the length must be from 1 to ${functionLimits.geohashCharsMax}, found ${length}`,
  })
}

function isOnEarth(shape: Geometry): boolean {
  return shape.type === 'GeometryCollection'
    ? shape.geometries.every(isOnEarth)
    : areOnEarth(shape.coordinates)
}

function areOnEarth(coordinates: Coordinates): boolean {
  if (typeof coordinates === 'number') return true
  return typeof coordinates[0] === 'number'
    ? isPositionOnEarth(coordinates as unknown as Position)
    : coordinates.every(areOnEarth)
}

function isPositionOnEarth([longitude, latitude]: Position): boolean {
  return Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90
}
