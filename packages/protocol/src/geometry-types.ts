/**
 * The geometry types of GeoJSON (RFC 7946) and the shape of their coordinates.
 * Order: their order among geometries. Their index is part of stored bytes: new types go to the end.
 */

export const geometryTypes = [
  'Point',
  'LineString',
  'Polygon',
  'MultiPoint',
  'MultiLineString',
  'MultiPolygon',
  'GeometryCollection',
] as const

export type GeometryType = (typeof geometryTypes)[number]

/** A position is `[longitude, latitude]`; the types nest lists of positions. */
export type Coordinates = number | readonly Coordinates[]

/** How many lists are around a position: 0 for a point, 3 for a multipolygon. */
export const coordinateNesting: Readonly<Record<GeometryType, number>> = {
  Point: 0,
  LineString: 1,
  Polygon: 2,
  MultiPoint: 1,
  MultiLineString: 2,
  MultiPolygon: 3,
  GeometryCollection: 0,
}
