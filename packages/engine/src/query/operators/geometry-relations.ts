/**
 * Whether one geometry contains another, or has a point in common with it.
 * Both are taken apart into points, lines and polygons. A border belongs to its geometry, so a polygon
 * contains its own corners. Each part of the contained geometry must lie within one part of the container;
 * several polygons that only together cover a part are not joined.
 * Cost: edges of one times edges of the other, bounded by `geometryEdgePairsMax`.
 */

import type { Geometry } from '@dendrodb/protocol'
import { operatorLimits } from './limits.ts'
import { operatorErrors } from './operator-errors.ts'
import {
  edgesMeet,
  interiorPoint,
  isOnEdge,
  meetingPlaces,
  type Polygon,
  type Position,
  placeInPolygon,
  positionsOf,
  type Ring,
} from './plane.ts'

interface Parts {
  readonly points: Position[]
  readonly lines: Ring[]
  readonly polygons: Polygon[]
}

/** @throws OPERATOR_GEOMETRY_TOO_COMPLEX */
export function geometryContains(container: Geometry, inner: Geometry): boolean {
  const outer = partsOf(container)
  const parts = partsOf(inner)
  checkCost(outer, parts)
  return (
    parts.points.every((point) => coversPoint(outer, point)) &&
    parts.lines.every((line) => coversLine(outer, line)) &&
    parts.polygons.every((polygon) => outer.polygons.some((candidate) => polygonCovers(candidate, polygon)))
  )
}

/** @throws OPERATOR_GEOMETRY_TOO_COMPLEX */
export function geometryIntersects(left: Geometry, right: Geometry): boolean {
  const a = partsOf(left)
  const b = partsOf(right)
  checkCost(a, b)
  if (a.points.some((point) => coversPoint(b, point))) return true
  if (b.points.some((point) => coversPoint(a, point))) return true
  const linesOfA = borders(a)
  const linesOfB = borders(b)
  if (linesOfA.some((line) => linesOfB.some((other) => linesMeet(line, other)))) return true
  // No borders meet: one lies within the other or they are apart, and any one position of each border tells.
  return (
    linesOfA.some((line) => isInSomePolygon(line[0] as Position, b.polygons)) ||
    linesOfB.some((line) => isInSomePolygon(line[0] as Position, a.polygons))
  )
}

function partsOf(geometry: Geometry): Parts {
  const parts: Parts = { points: [], lines: [], polygons: [] }
  collectParts(geometry, parts)
  return parts
}

function collectParts(geometry: Geometry, into: Parts): void {
  const { coordinates } = geometry
  switch (geometry.type) {
    case 'Point':
      into.points.push(coordinates as unknown as Position)
      return
    case 'MultiPoint':
      appendAll(into.points, positionsOf(coordinates))
      return
    case 'LineString':
      into.lines.push(positionsOf(coordinates))
      return
    case 'MultiLineString':
      appendAll(into.lines, coordinates as unknown as readonly Ring[])
      return
    case 'Polygon':
      into.polygons.push(coordinates as unknown as Polygon)
      return
    case 'MultiPolygon':
      appendAll(into.polygons, coordinates as unknown as readonly Polygon[])
      return
    case 'GeometryCollection':
      for (const member of geometry.geometries) collectParts(member, into)
      return
    default:
      geometry.type satisfies never
  }
}

/** Not by spreading into `push`: the elements may be more than a call can take. */
function appendAll<T>(into: T[], elements: readonly T[]): void {
  for (const element of elements) into.push(element)
}

function checkCost(a: Parts, b: Parts): void {
  if (edgeCount(a) * edgeCount(b) > operatorLimits.geometryEdgePairsMax) {
    throw operatorErrors.GEOMETRY_TOO_COMPLEX()
  }
}

function edgeCount(parts: Parts): number {
  return borders(parts).reduce((count, line) => count + line.length, parts.points.length)
}

function borders(parts: Parts): readonly Ring[] {
  return [...parts.lines, ...parts.polygons.flat()]
}

function coversPoint(parts: Parts, point: Position): boolean {
  return (
    parts.points.some((other) => other[0] === point[0] && other[1] === point[1]) ||
    parts.lines.some((line) => isOnLine(point, line)) ||
    isInSomePolygon(point, parts.polygons)
  )
}

function coversLine(parts: Parts, line: Ring): boolean {
  return (
    parts.polygons.some((polygon) => polygonCoversLine(polygon, line)) ||
    parts.lines.some((other) => everyPiece(line, [other], (point) => isOnLine(point, other)))
  )
}

function polygonCoversLine(polygon: Polygon, line: Ring): boolean {
  return everyPiece(line, polygon, (point) => placeInPolygon(point, polygon) !== 'outside')
}

function polygonCovers(container: Polygon, inner: Polygon): boolean {
  if (!inner.every((ring) => polygonCoversLine(container, ring))) return false
  // With all of its border inside, the inner polygon can only fail by lying in a hole or around one.
  const point = interiorPoint(inner)
  if (point !== undefined && placeInPolygon(point, container) === 'outside') return false
  return container.slice(1).every((hole) => {
    const inHole = interiorPoint([hole])
    return inHole === undefined || placeInPolygon(inHole, inner) !== 'inside'
  })
}

/**
 * Whether `holds` for the corners of `line` and for the middle of each piece into which `lines` cut its
 * edges.
 */
function everyPiece(line: Ring, lines: readonly Ring[], holds: (point: Position) => boolean): boolean {
  if (!line.every(holds)) return false
  const edges = lines.reduce((count, other) => count + other.length, 0)
  let tests = 0
  for (let i = 1; i < line.length; i += 1) {
    const a = line[i - 1] as Position
    const b = line[i] as Position
    const cuts = [0, 1]
    for (const other of lines) {
      for (let j = 1; j < other.length; j += 1) {
        cuts.push(...meetingPlaces(a, b, other[j - 1] as Position, other[j] as Position))
      }
    }
    tests += cuts.length
    if (tests * edges > operatorLimits.geometryTestsMax) throw operatorErrors.GEOMETRY_TOO_COMPLEX()
    cuts.sort((x, y) => x - y)
    for (let k = 1; k < cuts.length; k += 1) {
      const middle = ((cuts[k - 1] as number) + (cuts[k] as number)) / 2
      if (!holds([a[0] + (b[0] - a[0]) * middle, a[1] + (b[1] - a[1]) * middle])) return false
    }
  }
  return true
}

function isOnLine(point: Position, line: Ring): boolean {
  for (let i = 1; i < line.length; i += 1) {
    if (isOnEdge(point, line[i - 1] as Position, line[i] as Position)) return true
  }
  return false
}

function isInSomePolygon(point: Position, polygons: readonly Polygon[]): boolean {
  return polygons.some((polygon) => placeInPolygon(point, polygon) !== 'outside')
}

function linesMeet(line: Ring, other: Ring): boolean {
  for (let i = 1; i < line.length; i += 1) {
    for (let j = 1; j < other.length; j += 1) {
      if (
        edgesMeet(
          line[i - 1] as Position,
          line[i] as Position,
          other[j - 1] as Position,
          other[j] as Position,
        )
      ) {
        return true
      }
    }
  }
  return false
}
