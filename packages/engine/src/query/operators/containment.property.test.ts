import { Geometry } from '@dendrodb/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { contains, intersects } from './containment.ts'

/** Axis-parallel boxes: everything about them is known by comparing their ends. */
interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

const anyBox = fc.record({
  x: fc.integer({ min: 0, max: 10 }),
  y: fc.integer({ min: 0, max: 10 }),
  width: fc.integer({ min: 1, max: 10 }),
  height: fc.integer({ min: 1, max: 10 }),
})

function toPolygon({ x, y, width, height }: Box, turn = 0): Geometry {
  const corners = [
    [x, y],
    [x + width, y],
    [x + width, y + height],
    [x, y + height],
  ]
  const turned = [...corners.slice(turn), ...corners.slice(0, turn)]
  return Geometry.of('Polygon', [[...turned, turned[0]]])
}

test('boxes contain and meet each other as their ends say', () => {
  fc.assert(
    fc.property(anyBox, anyBox, fc.nat({ max: 3 }), (a, b, turn) => {
      const isContained =
        b.x >= a.x && b.y >= a.y && b.x + b.width <= a.x + a.width && b.y + b.height <= a.y + a.height
      const doMeet =
        b.x <= a.x + a.width && a.x <= b.x + b.width && b.y <= a.y + a.height && a.y <= b.y + b.height
      expect(contains(toPolygon(a), toPolygon(b, turn))).toBe(isContained)
      expect(intersects(toPolygon(a), toPolygon(b, turn))).toBe(doMeet)
    }),
    { numRuns: 500 },
  )
})

test('what a geometry contains it also meets', () => {
  const anyPosition = fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 }))
  const anyLine = fc
    .array(anyPosition, { minLength: 2, maxLength: 4 })
    .map((positions) => Geometry.of('LineString', positions))
  const anyTriangle = fc
    .tuple(anyPosition, anyPosition, anyPosition)
    .map(([a, b, c]) => Geometry.of('Polygon', [[a, b, c, a]]))
  const anyGeometry = fc.oneof(
    anyPosition.map(([x, y]) => Geometry.point(x, y)),
    anyLine,
    anyTriangle,
  )
  fc.assert(
    fc.property(anyGeometry, anyGeometry, (a, b) => {
      fc.pre(contains(a, b))
      expect(intersects(a, b)).toBe(true)
    }),
    { numRuns: 300 },
  )
})
