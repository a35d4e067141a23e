import { describe, expect, test } from 'vitest'
import { Decimal } from './decimal.ts'
import { Float } from './float.ts'
import { type GeoJson, Geometry } from './geometry.ts'
import { limits } from './limits.ts'
import { codeOf } from './testing/code-of.ts'

const square = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 0],
]

describe('fromGeoJson', () => {
  const valid: readonly GeoJson[] = [
    { type: 'Point', coordinates: [4.9, 52.4] },
    { type: 'Point', coordinates: [1e300, -1e300] },
    {
      type: 'LineString',
      coordinates: [
        [0, 0],
        [1, 1],
      ],
    },
    { type: 'Polygon', coordinates: [square, square] },
    { type: 'MultiPoint', coordinates: [] },
    {
      type: 'MultiLineString',
      coordinates: [
        [
          [0, 0],
          [1, 1],
        ],
      ],
    },
    { type: 'MultiPolygon', coordinates: [[square]] },
    { type: 'GeometryCollection', geometries: [{ type: 'GeometryCollection', geometries: [] }] },
  ]

  test.each(valid)('accepts $type and gives it back', (json) => {
    expect(Geometry.fromGeoJson(json).toGeoJson()).toEqual(json)
    expect(JSON.parse(String(Geometry.fromGeoJson(json)))).toEqual(json)
  })

  const invalid: readonly (readonly [string, unknown])[] = [
    ['no object', 'Point'],
    ['an array', []],
    ['null', null],
    ['no type', { coordinates: [0, 0] }],
    ['an unknown type', { type: 'Circle', coordinates: [0, 0] }],
    ['an inherited type', { type: 'toString', coordinates: [0, 0] }],
    ['a further member', { type: 'Point', coordinates: [0, 0], bbox: [] }],
    ['one coordinate', { type: 'Point', coordinates: [0] }],
    ['an altitude', { type: 'Point', coordinates: [0, 0, 0] }],
    ['text coordinates', { type: 'Point', coordinates: ['0', '0'] }],
    ['NaN', { type: 'Point', coordinates: [Number.NaN, 0] }],
    ['Infinity', { type: 'Point', coordinates: [0, Number.POSITIVE_INFINITY] }],
    ['too shallow lists', { type: 'LineString', coordinates: [0, 0] }],
    ['too deep lists', { type: 'Point', coordinates: [[0, 0]] }],
    ['a line of one position', { type: 'LineString', coordinates: [[0, 0]] }],
    ['a line of one position among others', { type: 'MultiLineString', coordinates: [[[0, 0]]] }],
    ['a polygon without rings', { type: 'Polygon', coordinates: [] }],
    ['an empty ring', { type: 'Polygon', coordinates: [[]] }],
    [
      'a ring of three positions',
      {
        type: 'Polygon',
        coordinates: [
          [
            [0, 0],
            [1, 0],
            [0, 0],
          ],
        ],
      },
    ],
    ['an open ring', { type: 'Polygon', coordinates: [[...square.slice(0, 3), [0, 0.5]]] }],
    [
      'an open ring among others',
      { type: 'MultiPolygon', coordinates: [[square], [[...square.slice(0, 3), [9, 9]]]] },
    ],
    ['geometries of a point', { type: 'Point', coordinates: [0, 0], geometries: [] }],
    ['a collection without geometries', { type: 'GeometryCollection' }],
    ['a collection with coordinates', { type: 'GeometryCollection', geometries: [], coordinates: [] }],
    ['an invalid member', { type: 'GeometryCollection', geometries: [{ type: 'Point', coordinates: [] }] }],
  ]

  test.each(invalid)('refuses %s', (_, json) => {
    expect(codeOf(() => Geometry.fromGeoJson(json))).toBe('VALUE_GEOMETRY')
  })

  test('collections nest to the limit', () => {
    let json: GeoJson = { type: 'Point', coordinates: [0, 0] }
    for (let i = 0; i < limits.depthMax; i += 1) json = { type: 'GeometryCollection', geometries: [json] }
    expect(Geometry.fromGeoJson(json).type).toBe('GeometryCollection')
    const deeper: GeoJson = { type: 'GeometryCollection', geometries: [json] }
    expect(codeOf(() => Geometry.fromGeoJson(deeper))).toBe('VALUE_TOO_DEEP')
  })
})

test('coordinates of any kind of number become floats, -0 becomes 0', () => {
  const coordinates = [new Float(-0), Decimal.parse('52.5')]
  const [longitude, latitude] = Geometry.of('Point', coordinates).coordinates as readonly number[]
  expect([Object.is(longitude, 0), latitude]).toEqual([true, 52.5])
})

test('does not keep the lists that it was given', () => {
  const coordinates = [1, 2]
  const point = Geometry.of('Point', coordinates)
  coordinates[0] = 9
  expect(point.coordinates).toEqual([1, 2])
})
