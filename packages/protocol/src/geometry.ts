/**
 * Geometries as in GeoJSON (RFC 7946), in two dimensions.
 * Invariants: positions are pairs of finite numbers, longitude first, never -0; a line has two positions or
 * more; a ring has four or more and ends where it begins; a polygon has at least one ring. The size of
 * longitude and latitude is not bounded, as the plane may be another one than the Earth's surface. Winding
 * order is kept as given. The lists inside are frozen.
 */

import { type NumericValue, toFloat } from './float.ts'
import { type Coordinates, coordinateNesting, type GeometryType, geometryTypes } from './geometry-types.ts'
import { limits } from './limits.ts'
import { isPlainObject, tagOf, tags, typeTag } from './type-tag.ts'
import { valueErrors } from './value-errors.ts'

/** A GeoJSON geometry object. */
export type GeoJson =
  | { readonly type: Exclude<GeometryType, 'GeometryCollection'>; readonly coordinates: Coordinates }
  | { readonly type: 'GeometryCollection'; readonly geometries: readonly GeoJson[] }

export class Geometry {
  readonly type: GeometryType
  /** Empty for a collection. */
  readonly coordinates: Coordinates
  /** Empty unless this is a collection. */
  readonly geometries: readonly Geometry[]

  private constructor(type: GeometryType, coordinates: Coordinates, geometries: readonly Geometry[]) {
    this.type = type
    this.coordinates = coordinates
    this.geometries = geometries
  }

  /** @throws VALUE_GEOMETRY when a coordinate is not finite */
  static point(longitude: number, latitude: number): Geometry {
    return Geometry.of('Point', [longitude, latitude])
  }

  /** Any type but a collection, its coordinates checked. @throws VALUE_GEOMETRY */
  static of(type: Exclude<GeometryType, 'GeometryCollection'>, coordinates: unknown): Geometry {
    const checked = checkLists(coordinates, coordinateNesting[type])
    checkShape(type, checked)
    return new Geometry(type, checked, [])
  }

  static collection(geometries: readonly Geometry[]): Geometry {
    return new Geometry('GeometryCollection', [], Object.freeze([...geometries]))
  }

  /**
   * From a GeoJSON geometry object; other members than type, coordinates and geometries are refused. @throws
   * VALUE_GEOMETRY
   */
  static fromGeoJson(input: unknown): Geometry {
    return readGeoJson(input, 0)
  }

  get [typeTag](): typeof tags.geometry {
    return tags.geometry
  }

  toGeoJson(): GeoJson {
    return this.type === 'GeometryCollection'
      ? { type: this.type, geometries: this.geometries.map((member) => member.toGeoJson()) }
      : { type: this.type, coordinates: this.coordinates }
  }

  toString(): string {
    return JSON.stringify(this.toGeoJson())
  }

  /** For `JSON.stringify`. */
  toJSON(): GeoJson {
    return this.toGeoJson()
  }
}

function readGeoJson(input: unknown, depth: number): Geometry {
  if (!isPlainObject(input)) throw valueErrors.GEOMETRY({ problem: 'not an object' })
  if (depth > limits.depthMax) throw valueErrors.TOO_DEEP({ levelsMax: limits.depthMax })
  const { type, coordinates, geometries, ...others } = input
  if (!isGeometryType(type)) throw valueErrors.GEOMETRY({ problem: 'unknown type' })
  const [other] = Object.keys(others)
  if (other !== undefined) throw valueErrors.GEOMETRY({ problem: `unexpected member ${other}` })
  if (type !== 'GeometryCollection') {
    if (geometries !== undefined) throw valueErrors.GEOMETRY({ problem: 'only a collection has geometries' })
    return Geometry.of(type, coordinates)
  }
  if (!Array.isArray(geometries) || coordinates !== undefined) {
    throw valueErrors.GEOMETRY({ problem: 'a collection has geometries and no coordinates' })
  }
  return Geometry.collection(geometries.map((member) => readGeoJson(member, depth + 1)))
}

function isGeometryType(type: unknown): type is GeometryType {
  return (geometryTypes as readonly unknown[]).includes(type)
}

function checkLists(input: unknown, nesting: number): Coordinates {
  if (!Array.isArray(input))
    throw valueErrors.GEOMETRY({ problem: 'coordinates are not lists of the right depth' })
  if (nesting > 0) return Object.freeze(input.map((inner) => checkLists(inner, nesting - 1)))
  if (input.length !== 2) throw valueErrors.GEOMETRY({ problem: 'a position is [longitude, latitude]' })
  return Object.freeze(input.map(checkNumber))
}

function checkNumber(input: unknown): number {
  const n = tagOf(input) === tags.number ? toFloat(input as NumericValue) : Number.NaN
  if (!Number.isFinite(n)) throw valueErrors.GEOMETRY({ problem: 'a coordinate is not a finite number' })
  // Adding 0 turns -0 into 0.
  return n + 0
}

function checkShape(geometryType: GeometryType, coordinates: Coordinates): void {
  switch (geometryType) {
    case 'LineString':
      return checkLine(coordinates)
    case 'MultiLineString':
      return listOf(coordinates).forEach(checkLine)
    case 'Polygon':
      return checkPolygon(coordinates)
    case 'MultiPolygon':
      return listOf(coordinates).forEach(checkPolygon)
    case 'Point':
    case 'MultiPoint':
    case 'GeometryCollection':
      return
    default: {
      geometryType satisfies never
    }
  }
}

function checkLine(line: Coordinates): void {
  if (listOf(line).length < 2) throw valueErrors.GEOMETRY({ problem: 'a line has two positions or more' })
}

function checkPolygon(polygon: Coordinates): void {
  const rings = listOf(polygon)
  if (rings.length === 0) throw valueErrors.GEOMETRY({ problem: 'a polygon has at least one ring' })
  for (const ring of rings) {
    const positions = listOf(ring)
    const first = listOf(positions[0] ?? [])
    const last = listOf(positions[positions.length - 1] ?? [])
    if (positions.length < 4 || first[0] !== last[0] || first[1] !== last[1]) {
      throw valueErrors.GEOMETRY({ problem: 'a ring has four positions or more and ends where it begins' })
    }
  }
}

function listOf(coordinates: Coordinates): readonly Coordinates[] {
  return typeof coordinates === 'number' ? [] : coordinates
}
