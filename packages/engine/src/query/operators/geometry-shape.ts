/**
 * The names by which DQL types call the geometry types of GeoJSON.
 */

import type { Geometry, GeometryType } from '@dendrodb/protocol'
import type { GeometryShape } from '../dql/ast-type.ts'

const shapeOfType: Readonly<Record<GeometryType, GeometryShape>> = {
  Point: 'point',
  LineString: 'line',
  Polygon: 'polygon',
  MultiPoint: 'multipoint',
  MultiLineString: 'multiline',
  MultiPolygon: 'multipolygon',
  GeometryCollection: 'collection',
}

/** Whether the geometry has one of the shapes; `feature`, and no list at all, take every geometry. */
export function hasShape(geometry: Geometry, shapes: readonly GeometryShape[] | undefined): boolean {
  return shapes === undefined || shapes.includes('feature') || shapes.includes(shapeName(geometry))
}

export function shapeName(geometry: Geometry): GeometryShape {
  return shapeOfType[geometry.type]
}
