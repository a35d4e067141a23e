import { Decimal, float, Geometry, Range, type Value, ValueSet } from '@dendrodb/protocol'
import { describe, expect, test } from 'vitest'
import {
  contains,
  containsAll,
  containsAny,
  containsNone,
  inside,
  intersects,
  outside,
} from './containment.ts'
import { operatorLimits } from './limits.ts'

const point = (x: number, y: number): Geometry => Geometry.point(x, y)
const line = (...positions: number[][]): Geometry => Geometry.of('LineString', positions)
const polygon = (...rings: number[][][]): Geometry => Geometry.of('Polygon', rings)
const square = (x: number, y: number, size: number): number[][] => [
  [x, y],
  [x + size, y],
  [x + size, y + size],
  [x, y + size],
  [x, y],
]
const range = (begin: Value, end: Value, inclusive = false): Range =>
  new Range({ value: begin, inclusive: true }, { value: end, inclusive })

describe('CONTAINS', () => {
  const cases: [Value, Value, boolean][] = [
    [[10, 20], 10, true],
    [[10, 20], float(10), true],
    [[10, 20], 15, false],
    [[[1], 2], [1], true],
    [ValueSet.from(['a']), 'a', true],
    [ValueSet.from(['a']), 'b', false],
    ['this is some text', 'text', true],
    ['this is some text', 'Text', false],
    ['123', 123, false],
    [{ name: 1 }, 'name', true],
    [{ name: 1 }, 'constructor', false],
    [range(1, 5), 1, true],
    [range(1, 5), 5, false],
    [range(1, 5, true), 5, true],
    [range('a', 'z'), 'g', true],
    [new Range(undefined, { value: 5, inclusive: false }), -100, true],
    [new Float32Array([1, 0.5]), Decimal.parse('0.5'), true],
    [new Float32Array([1, 0.5]), 'x', false],
    [undefined, 1, false],
    [5, 5, false],
  ]
  test.each(cases)('%s CONTAINS %s is %s', (container, value, expected) => {
    expect(contains(container, value)).toBe(expected)
    expect(inside(value, container)).toBe(expected)
  })
})

describe('CONTAINSALL, CONTAINSANY, CONTAINSNONE', () => {
  const cases: [Value, Value, boolean, boolean][] = [
    [[10, 20, 30], [10, 20, 10], true, true],
    [[10, 20, 30], [10, 15], false, true],
    [[10, 20, 30], [1, 2], false, false],
    [[10, 20, 30], [], true, false],
    [[10, 20, 30], ValueSet.from([30]), true, true],
    ['some text', ['some', 'text'], true, true],
    ['some text', 'text', true, true],
    ['some text', 'q', false, false],
    [range(1, 5), [1, 2], true, true],
    [[10, 20, 30], 10, false, false],
    [undefined, [1], false, false],
  ]
  test.each(cases)('%s and %s', (container, values, all, any) => {
    expect(containsAll(container, values)).toBe(all)
    expect(containsAny(container, values)).toBe(any)
    expect(containsNone(container, values)).toBe(!any)
  })

  test('give the same answer for long lists as for short ones', () => {
    const long = Array.from({ length: 1_000 }, (_, i) => i * 2)
    expect(containsAll(long, long.map(float))).toBe(true)
    expect(containsAll(long, [...long, 1])).toBe(false)
    expect(
      containsAny(
        long,
        long.map((n) => n + 1),
      ),
    ).toBe(false)
    expect(containsAny(long, [...long.map((n) => n + 1), 4])).toBe(true)
  })
})

describe('geometries', () => {
  const big = polygon(square(0, 0, 10))
  const ringed = polygon(square(0, 0, 10), square(4, 4, 2))
  const cases: [string, Geometry, Geometry, boolean, boolean][] = [
    ['a point within', big, point(5, 5), true, true],
    ['a point outside', big, point(15, 5), false, false],
    ['a point on the border', big, point(10, 5), true, true],
    ['a corner', big, point(0, 0), true, true],
    ['a point in the hole', ringed, point(5, 5), false, false],
    ['a point on the rim of the hole', ringed, point(4, 5), true, true],
    ['a smaller polygon', big, polygon(square(1, 1, 3)), true, true],
    ['itself', big, big, true, true],
    ['an overlapping polygon', big, polygon(square(8, 8, 5)), false, true],
    ['a polygon apart', big, polygon(square(20, 20, 5)), false, false],
    ['a polygon around it', polygon(square(1, 1, 3)), big, false, true],
    ['a polygon over the hole', ringed, polygon(square(3, 3, 4)), false, true],
    ['a polygon in the hole', ringed, polygon(square(4.5, 4.5, 1)), false, false],
    ['the hole itself', ringed, polygon(square(4, 4, 2)), false, true],
    ['a polygon with the same hole', ringed, polygon(square(1, 1, 8), square(4, 4, 2)), true, true],
    ['a polygon with a smaller hole', ringed, polygon(square(1, 1, 8), square(4.5, 4.5, 1)), false, true],
    ['a polygon that only touches', big, polygon(square(10, 0, 5)), false, true],
    ['a line within', big, line([1, 1], [9, 9]), true, true],
    ['a line on the border', big, line([0, 0], [10, 0]), true, true],
    ['a line that leaves', big, line([1, 1], [11, 1]), false, true],
    ['a line through both sides', big, line([-1, 5], [11, 5]), false, true],
    ['a line through the hole', ringed, line([1, 5], [9, 5]), false, true],
    [
      'a line across a dent',
      polygon([
        [0, 0],
        [10, 0],
        [10, 10],
        [5, 5],
        [0, 10],
        [0, 0],
      ]),
      line([1, 8], [9, 8]),
      false,
      true,
    ],
    ['a part of the same line', line([0, 0], [3, 9]), line([1, 3], [2, 6]), true, true],
    ['a line that crosses', line([0, 0], [3, 9]), line([0, 5], [5, 5]), false, true],
    ['a parallel line', line([0, 0], [3, 9]), line([1, 0], [4, 9]), false, false],
    ['a point of a line', line([0, 0], [3, 9]), point(1, 3), true, true],
    ['the same point', point(1, 2), point(1, 2), true, true],
    ['another point', point(1, 2), point(2, 1), false, false],
    [
      'several points',
      Geometry.of('MultiPoint', [
        [1, 1],
        [2, 2],
      ]),
      Geometry.of('MultiPoint', [[2, 2]]),
      true,
      true,
    ],
    [
      'points in several polygons',
      Geometry.of('MultiPolygon', [[square(0, 0, 1)], [square(5, 5, 1)]]),
      Geometry.of('MultiPoint', [
        [0.5, 0.5],
        [5.5, 5.5],
      ]),
      true,
      true,
    ],
    ['a collection', big, Geometry.collection([point(1, 1), line([2, 2], [3, 3])]), true, true],
    [
      'several lines',
      big,
      Geometry.of('MultiLineString', [
        [
          [1, 1],
          [2, 2],
        ],
        [
          [11, 1],
          [12, 2],
        ],
      ]),
      false,
      true,
    ],
  ]
  test.each(cases)('%s', (_name, container, other, isContained, doIntersect) => {
    expect(contains(container, other)).toBe(isContained)
    expect(intersects(container, other)).toBe(doIntersect)
    expect(intersects(other, container)).toBe(doIntersect)
    expect(outside(container, other)).toBe(!doIntersect)
  })

  test('a geometry neither contains nor meets another value', () => {
    expect(contains(big, [5, 5])).toBe(false)
    expect(intersects(big, 'x')).toBe(false)
    expect(outside(undefined, big)).toBe(true)
  })

  test('London is in the box around London', () => {
    const box = polygon([
      [-0.38314819, 51.37692386],
      [0.1785278, 51.37692386],
      [0.1785278, 51.6146057],
      [-0.38314819, 51.6146057],
      [-0.38314819, 51.37692386],
    ])
    expect(contains(box, point(-0.118092, 51.509865))).toBe(true)
    expect(contains(box, point(-0.518092, 53.509865))).toBe(false)
  })

  test('two geometries with too many edges are refused', () => {
    const zigzag = (count: number): Geometry => line(...Array.from({ length: count }, (_, i) => [i, i % 2]))
    expect(intersects(zigzag(1_000), zigzag(1_000))).toBe(true)
    expect(() => intersects(zigzag(1_001), zigzag(1_000))).toThrow(
      expect.objectContaining({ code: 'OPERATOR_GEOMETRY_TOO_COMPLEX' }),
    )
  })
  test('a geometry that cuts another into too many pieces is refused', () => {
    // 125 corners, whose edges cut one that they run along at 158 places: 160 tests with its two ends.
    const alternating = (count: number, a: number, b: number) =>
      Array.from({ length: count }, (_, i) => [i % 2 === 0 ? a : b, 0])
    const container = line(...alternating(45, 0, 3), ...alternating(79, 1, 2), [3, 0])
    const backAndForth = (edges: number): Geometry => line(...alternating(edges + 1, 0, 3))
    const edgesMax = operatorLimits.geometryTestsMax / 125 / 160
    expect(contains(container, backAndForth(edgesMax))).toBe(true)
    expect(() => contains(container, backAndForth(edgesMax + 1))).toThrow(
      expect.objectContaining({ code: 'OPERATOR_GEOMETRY_TOO_COMPLEX' }),
    )
  })
})
