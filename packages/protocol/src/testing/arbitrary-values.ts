/**
 * Generators of values for property tests.
 * Why by hand: uniform random values meet the interesting cases (2^53 ± 1, decimals beside floats, texts
 * around the surrogates, equal numbers of different kinds) too rarely, so that those are drawn on purpose and
 * often.
 */

import fc from 'fast-check'
import { Datetime } from '../datetime.ts'
import { Decimal } from '../decimal.ts'
import { Duration } from '../duration.ts'
import { float, int } from '../float.ts'
import { type GeoJson, Geometry } from '../geometry.ts'
import { encodeExact } from '../key-codec.ts'
import { limits } from '../limits.ts'
import { Range } from '../range.ts'
import { RecordId } from '../record-id.ts'
import { Uuid } from '../uuid.ts'
import { ValueSet } from '../value-set.ts'
import type { RangeBound, RecordKey, Value, ValueObject } from '../values.ts'

const arbitraryInt: fc.Arbitrary<number | bigint> = fc
  .oneof(
    fc.bigInt(-20n, 20n),
    fc
      .constantFrom(53n, 54n, 63n, 64n, 65n, 100n, 511n)
      .chain((bits) =>
        fc.bigInt(-3n, 3n).chain((near) => fc.constantFrom((1n << bits) + near, -(1n << bits) + near)),
      ),
    fc.bigInt(-(1n << 512n) + 1n, (1n << 512n) - 1n),
    fc.maxSafeInteger().map(BigInt),
  )
  .map(int)

const arbitraryFloat = fc
  .oneof(
    fc.double(),
    fc.integer({ min: -20, max: 20 }).map((n) => n / 4),
    fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 5e-324, -5e-324, 2 ** -1022, 2 ** 53, 2 ** 53 + 2),
    fc.constantFrom(2 ** 64, 1.7976931348623157e308, 65504, 65520, 2 ** -24, 2 ** -25, 2 ** -14, 0.1, -0.1),
  )
  .map(float)

const arbitraryDecimal: fc.Arbitrary<Decimal> = fc.oneof(
  fc.tuple(fc.bigInt(-20n, 20n), fc.integer({ min: -3, max: 3 })).map(([c, e]) => Decimal.of(c, e)),
  fc
    .tuple(fc.bigInt(-(10n ** 34n) + 1n, 10n ** 34n - 1n), fc.integer({ min: -290, max: 250 }))
    .map(([c, e]) => Decimal.of(c, e)),
  // On and beside floats and large ints.
  fc
    .tuple(fc.double({ min: -1e17, max: 1e17, noNaN: true }), fc.integer({ min: -1, max: 1 }))
    .filter(([n]) => n === 0 || Math.abs(n) > 1e-200)
    .map(([n, near]) => Decimal.fromFloat(n).add(Decimal.of(BigInt(near), -20))),
  fc.bigInt(-3n, 3n).map((near) => Decimal.fromInt(2n ** 53n + near)),
)

export const arbitraryNumber = fc.oneof(arbitraryInt, arbitraryFloat, arbitraryDecimal)

const trickyText = fc.constantFrom(
  '',
  'a',
  'b',
  '\0',
  '\x01',
  '\x02',
  '\x7f',
  'é',
  '\u07ff',
  '\u0800',
  '\ud7ff',
)
const trickyHighText = fc.constantFrom(
  '\ue000',
  '\uffff',
  '\u{10000}',
  '\u{10ffff}',
  '😀',
  '\u2028',
  "'",
  '\\',
  '⟩',
)

export const arbitraryText = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.array(fc.oneof(trickyText, trickyHighText), { maxLength: 5 }).map((parts) => parts.join('')),
  fc.string({ unit: 'grapheme', minLength: 40, maxLength: 90 }),
)

const arbitraryBytes = fc.oneof(
  fc.uint8Array({ maxLength: 8 }),
  fc.array(fc.constantFrom(0, 1, 2, 255), { maxLength: 4 }).map((bytes) => Uint8Array.from(bytes)),
)

const arbitraryNanos = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 999_999_999 }))

export const arbitraryDatetime = fc
  .tuple(
    fc.oneof(
      fc.integer({ min: Datetime.min.seconds, max: Datetime.max.seconds }),
      fc.integer({ min: -3, max: 3 }),
      fc.constantFrom(Datetime.min.seconds, Datetime.max.seconds),
    ),
    arbitraryNanos,
  )
  .map(([seconds, nanos]) => new Datetime(seconds, nanos))

export const arbitraryDuration = fc
  .tuple(fc.oneof(fc.nat(100), fc.maxSafeNat(), fc.constant(Number.MAX_SAFE_INTEGER)), arbitraryNanos)
  .map(([seconds, nanos]) => new Duration(seconds, nanos))

const arbitraryUuid = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Uuid.fromBytes(bytes))

const coordinate = fc.oneof(
  fc.constantFrom(0, 1, -1, 0.5, 180),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
)
const position = fc.tuple(coordinate, coordinate)
const line = fc.array(position, { minLength: 2, maxLength: 4 })
const ring = fc
  .array(position, { minLength: 3, maxLength: 4 })
  .map((positions) => [...positions, positions[0] as [number, number]])
const polygon = fc.array(ring, { minLength: 1, maxLength: 2 })

const simpleGeometry: fc.Arbitrary<GeoJson> = fc.oneof(
  position.map((coordinates) => ({ type: 'Point' as const, coordinates })),
  line.map((coordinates) => ({ type: 'LineString' as const, coordinates })),
  polygon.map((coordinates) => ({ type: 'Polygon' as const, coordinates })),
  fc.array(position, { maxLength: 3 }).map((coordinates) => ({ type: 'MultiPoint' as const, coordinates })),
  fc.array(line, { maxLength: 2 }).map((coordinates) => ({ type: 'MultiLineString' as const, coordinates })),
  fc.array(polygon, { maxLength: 2 }).map((coordinates) => ({ type: 'MultiPolygon' as const, coordinates })),
)

const arbitraryGeometry = fc
  .oneof(
    { weight: 4, arbitrary: simpleGeometry },
    {
      weight: 1,
      arbitrary: fc
        .array(simpleGeometry, { maxLength: 2 })
        .map((geometries) => ({ type: 'GeometryCollection' as const, geometries })),
    },
  )
  .map((json) => Geometry.fromGeoJson(json))

const arbitraryVector = fc
  .array(fc.oneof(fc.float(), fc.constantFrom(0, -0, NaN, 1)), { maxLength: 4 })
  .map((elements) => Float32Array.from(elements))

const arbitraryScalar: fc.Arbitrary<Value> = fc.oneof(
  fc.constantFrom(undefined, null, true, false),
  { weight: 4, arbitrary: arbitraryNumber },
  { weight: 3, arbitrary: arbitraryText },
  arbitraryBytes,
  arbitraryDatetime,
  arbitraryDuration,
  arbitraryUuid,
  arbitraryGeometry,
  arbitraryVector,
)

const fieldName = fc.oneof(
  fc.constantFrom('a', 'b', 'aa', 'id', 'name', '__proto__', 'constructor', '0', '10', '9', '$int', ''),
  arbitraryText,
)

function objectOf(value: fc.Arbitrary<Value>): fc.Arbitrary<ValueObject> {
  return fc
    .uniqueArray(fc.tuple(fieldName, value), { maxLength: 5, selector: ([field]) => field })
    .map((entries) => Object.fromEntries(entries))
}

function boundOf(value: fc.Arbitrary<Value>): fc.Arbitrary<RangeBound | undefined> {
  return fc.option(fc.record({ value, inclusive: fc.boolean() }, { noNullPrototype: true }), {
    nil: undefined,
  })
}

const tableName = fc.oneof(
  fc.constantFrom('user', 'a b', 'u⟩', 'täble', 'none', '1st', '\\'),
  fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' }),
)

function isKeySize(key: RecordKey): boolean {
  return encodeExact(key).length <= limits.recordKeyBytesMax
}

/** Any value, nested a few levels. */
export const { value: arbitraryValue, record: arbitraryRecordId } = fc.letrec<{
  value: Value
  record: RecordId
}>((tie) => {
  const shallow = fc.oneof({ maxDepth: 2, depthIdentifier: 'value' }, arbitraryScalar, tie('value'))
  const key = fc.oneof(
    fc.string({ maxLength: 8 }),
    arbitraryText,
    fc.constantFrom('123', '007', '01ARZ3NDEKTSV4RRFFQ69G5FAV', '-5', 'u', ''),
    arbitraryInt,
    arbitraryUuid,
    fc.array(arbitraryScalar, { maxLength: 3 }),
    objectOf(arbitraryScalar),
  )
  return {
    record: fc.tuple(tableName, key.filter(isKeySize)).map(([table, key]) => new RecordId(table, key)),
    value: fc.oneof(
      { maxDepth: 2, depthIdentifier: 'value' },
      { weight: 6, arbitrary: arbitraryScalar },
      { weight: 1, arbitrary: tie('record') },
      { weight: 2, arbitrary: fc.array(shallow, { maxLength: 4 }) },
      { weight: 1, arbitrary: fc.array(shallow, { maxLength: 4 }).map((values) => ValueSet.from(values)) },
      { weight: 2, arbitrary: objectOf(shallow) },
      {
        weight: 1,
        arbitrary: fc.tuple(boundOf(shallow), boundOf(shallow)).map(([begin, end]) => new Range(begin, end)),
      },
    ),
  }
})

/** Two values that are often equal or nearly so, where mistakes in an order hide. */
export const arbitraryPair: fc.Arbitrary<readonly [Value, Value]> = fc.oneof(
  fc.tuple(arbitraryValue, arbitraryValue),
  fc.tuple(arbitraryNumber, arbitraryNumber),
  fc.tuple(arbitraryText, arbitraryText),
  fc.tuple(fc.array(arbitraryNumber, { maxLength: 3 }), fc.array(arbitraryNumber, { maxLength: 3 })),
  arbitraryNumber.chain((n) => fc.tuple(fc.constant(n), sameNumber(n))),
  arbitraryValue.map((value) => [value, value] as const),
)

/** The same number in another kind where there is one, else beside it. */
function sameNumber(n: number | bigint | { toNumber(): number }): fc.Arbitrary<Value> {
  const nearest = typeof n === 'object' ? n.toNumber() : Number(n)
  const others: Value[] = [float(nearest)]
  if (Number.isInteger(nearest) && Math.abs(nearest) < 2 ** 511) {
    others.push(int(BigInt(nearest)), int(BigInt(nearest) + 1n), Decimal.fromInt(BigInt(nearest)))
  }
  if (Number.isFinite(nearest) && Math.abs(nearest) > 1e-290 && Math.abs(nearest) < 1e290) {
    others.push(Decimal.fromFloat(nearest))
  }
  return fc.constantFrom(...others)
}
