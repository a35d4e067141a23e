import { expect, test } from 'vitest'
import { Datetime } from './datetime.ts'
import { Decimal } from './decimal.ts'
import { Duration } from './duration.ts'
import { Float } from './float.ts'
import { Geometry } from './geometry.ts'
import { Range } from './range.ts'
import { RecordId } from './record-id.ts'
import { typeOf } from './type-of.ts'
import { isPlainObject } from './type-tag.ts'
import { Uuid } from './uuid.ts'
import { ValueSet } from './value-set.ts'
import type { TypeName, Value } from './values.ts'

const examples: Readonly<Record<TypeName, readonly Value[]>> = {
  none: [undefined],
  null: [null],
  bool: [true, false],
  int: [0, -1, 2n ** 60n],
  float: [0.5, Number.NaN, new Float(1), -0, 1e300],
  decimal: [Decimal.one],
  string: ['', 'int'],
  bytes: [new Uint8Array(), Buffer.from('a')],
  datetime: [new Datetime(0)],
  duration: [Duration.zero],
  uuid: [Uuid.v4()],
  record: [new RecordId('t', 1)],
  array: [[], [1]],
  set: [ValueSet.empty],
  object: [{}, { length: 1 }, Object.create(null), JSON.parse('{"__proto__":{"x":1},"constructor":1}')],
  range: [new Range(undefined, undefined)],
  geometry: [Geometry.point(0, 0)],
  vector: [new Float32Array()],
}

test.each(Object.entries(examples))('typeOf knows %s', (name, values) => {
  for (const value of values) expect(typeOf(value)).toBe(name)
  for (const value of values) expect(isPlainObject(value)).toBe(name === 'object')
})
