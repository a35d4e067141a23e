/**
 * Points, edges and rings in the plane: on which side, on which edge, inside or out.
 * Degrees are taken as plane coordinates; geometries that cross the antimeridian must be split by whoever
 * makes them (RFC 7946, section 3.1.9).
 * Tolerance: a point that was computed (a middle, a crossing) is off its edge by rounding; what is nearer
 * than that counts as on the edge.
 */

import type { Coordinates } from '@dendrodb/protocol'

/** `[x, y]`, that is `[longitude, latitude]`. */
export type Position = readonly [number, number]
export type Ring = readonly Position[]
/** The outer ring, then the holes. */
export type Polygon = readonly Ring[]

export type Place = 'inside' | 'edge' | 'outside'

export function positionsOf(coordinates: Coordinates): readonly Position[] {
  return coordinates as unknown as readonly Position[]
}

/** Above 0 when `p` lies to the left of the edge from `a` to `b`, below 0 to the right, 0 on its line. */
function sideOf(p: Position, a: Position, b: Position): number {
  const edgeX = b[0] - a[0]
  const edgeY = b[1] - a[1]
  const left = edgeX * (p[1] - a[1])
  const right = edgeY * (p[0] - a[0])
  const size = Math.abs(a[0]) + Math.abs(a[1]) + Math.abs(p[0]) + Math.abs(p[1])
  const rounding =
    1e-12 * (Math.abs(left) + Math.abs(right)) + 4e-16 * size * (Math.abs(edgeX) + Math.abs(edgeY))
  const cross = left - right
  return Math.abs(cross) <= rounding ? 0 : cross
}

export function isOnEdge(p: Position, a: Position, b: Position): boolean {
  return sideOf(p, a, b) === 0 && isWithin(p[0], a[0], b[0]) && isWithin(p[1], a[1], b[1])
}

/** Whether the edges a–b and c–d have a point in common, ends included. */
export function edgesMeet(a: Position, b: Position, c: Position, d: Position): boolean {
  if (Math.max(a[0], b[0]) < Math.min(c[0], d[0]) || Math.max(c[0], d[0]) < Math.min(a[0], b[0])) return false
  if (Math.max(a[1], b[1]) < Math.min(c[1], d[1]) || Math.max(c[1], d[1]) < Math.min(a[1], b[1])) return false
  const sideA = sideOf(a, c, d)
  const sideB = sideOf(b, c, d)
  const sideC = sideOf(c, a, b)
  const sideD = sideOf(d, a, b)
  if (sideA * sideB < 0 && sideC * sideD < 0) return true
  return isOnEdge(a, c, d) || isOnEdge(b, c, d) || isOnEdge(c, a, b) || isOnEdge(d, a, b)
}

/** Where on a–b, from 0 to 1, the edge c–d meets it; two places when the edges run along each other. */
export function meetingPlaces(a: Position, b: Position, c: Position, d: Position): readonly number[] {
  const edgeX = b[0] - a[0]
  const edgeY = b[1] - a[1]
  const otherX = d[0] - c[0]
  const otherY = d[1] - c[1]
  const cross = edgeX * otherY - edgeY * otherX
  const places: number[] = []
  if (cross !== 0) places.push(((c[0] - a[0]) * otherY - (c[1] - a[1]) * otherX) / cross)
  const length = edgeX * edgeX + edgeY * edgeY
  for (const end of [c, d]) {
    if (isOnEdge(end, a, b)) places.push(((end[0] - a[0]) * edgeX + (end[1] - a[1]) * edgeY) / length)
  }
  return places.filter((place) => place > 0 && place < 1)
}

function placeInRing(p: Position, ring: Ring): Place {
  let isInside = false
  for (let i = 1; i < ring.length; i += 1) {
    const a = ring[i - 1] as Position
    const b = ring[i] as Position
    if (isOnEdge(p, a, b)) return 'edge'
    // A ray to the right crosses the edge when one end is above it and the other is not.
    if (a[1] > p[1] !== b[1] > p[1] && p[0] < crossingX(a, b, p[1])) isInside = !isInside
  }
  return isInside ? 'inside' : 'outside'
}

export function placeInPolygon(p: Position, polygon: Polygon): Place {
  const [outer, ...holes] = polygon
  const place = outer === undefined ? 'outside' : placeInRing(p, outer)
  if (place !== 'inside') return place
  for (const hole of holes) {
    const inHole = placeInRing(p, hole)
    if (inHole !== 'outside') return inHole === 'edge' ? 'edge' : 'outside'
  }
  return 'inside'
}

/** Some point inside the polygon: on a level that has no corner, between the first two edges it crosses. */
export function interiorPoint(polygon: Polygon): Position | undefined {
  const levels = [...new Set(polygon.flatMap((ring) => ring.map((p) => p[1])))].sort((a, b) => a - b)
  const middle = Math.floor(levels.length / 2)
  const upper = levels[middle]
  const lower = levels[middle - 1]
  if (upper === undefined || lower === undefined) return undefined
  const y = (lower + upper) / 2
  const crossings: number[] = []
  for (const ring of polygon) {
    for (let i = 1; i < ring.length; i += 1) {
      const a = ring[i - 1] as Position
      const b = ring[i] as Position
      if (a[1] > y !== b[1] > y) crossings.push(crossingX(a, b, y))
    }
  }
  crossings.sort((a, b) => a - b)
  const [left, right] = crossings
  return left === undefined || right === undefined ? undefined : [(left + right) / 2, y]
}

function crossingX(a: Position, b: Position, y: number): number {
  return a[0] + ((y - a[1]) / (b[1] - a[1])) * (b[0] - a[0])
}

function isWithin(n: number, a: number, b: number): boolean {
  const slack = 4e-16 * (Math.abs(a) + Math.abs(b))
  return n >= Math.min(a, b) - slack && n <= Math.max(a, b) + slack
}
