import { Datetime, Geometry, type Value } from '@dendrodb/protocol'
import { describe, expect, test } from 'vitest'
import { functions, resolveFunction } from './registry.ts'
import { collectionCases } from './testing/collection-cases.ts'
import { createTestContext, errorCodeOf, type FunctionCase, parseCases } from './testing/function-cases.ts'
import { numberCases } from './testing/number-cases.ts'
import { stringCases } from './testing/string-cases.ts'
import { typeCases } from './testing/type-cases.ts'

const cases: readonly FunctionCase[] = [stringCases, numberCases, collectionCases, typeCases].flatMap(
  parseCases,
)

/**
 * Functions whose results no literal can show; their own tests are in closures.test.ts, random.test.ts,
 * passwords.test.ts.
 */
const testedElsewhere = new Set([
  ...['fold', 'map', 'reduce'].flatMap((name) => [`array::${name}`, `set::${name}`]),
  'array::shuffle',
  'rand',
  'rand::bool',
  'rand::id',
  'rand::ulid',
  'rand::uuid',
  'rand::uuid::v4',
  'rand::uuid::v7',
  'crypto::argon2::generate',
  'crypto::scrypt::generate',
  'crypto::pbkdf2::generate',
])
/** Takes anything in any number. */
const refusesNothing = new Set(['string::concat', 'rand::enum'])

describe.each(Object.entries(Object.groupBy(cases, ({ name }) => name)))('%s', (_name, group = []) => {
  test.each(group.map((one) => [one.line, one] as const))('%s', async (_line, { name, args, expected }) => {
    const definition = resolveFunction(name)
    expect(definition, `there is no ${name}`).toBeDefined()
    const run = (): Value | Promise<Value> | undefined => definition?.call(args, createTestContext())
    if ('code' in expected) expect(await errorCodeOf(run)).toBe(expected.code)
    else expect(await run()).toStrictEqual(expected.value)
  })
})

describe('predicates of type', () => {
  const examples: Record<string, Value> = {
    none: undefined,
    null: null,
    bool: false,
    int: 1,
    float: 1.5,
    decimal: resolveFunction('type::decimal')?.call([1], createTestContext()) as Value,
    string: '',
    bytes: new Uint8Array(),
    datetime: Datetime.now(),
    duration: resolveFunction('type::duration')?.call(['1s'], createTestContext()) as Value,
    uuid: resolveFunction('rand::uuid')?.call([], createTestContext()) as Value,
    array: [],
    set: resolveFunction('type::set')?.call([[]], createTestContext()) as Value,
    object: {},
    range: resolveFunction('type::range')?.call([[1, 2]], createTestContext()) as Value,
    vector: new Float32Array(),
    record: resolveFunction('type::record')?.call(['a', 1], createTestContext()) as Value,
    point: Geometry.point(1, 2),
    line: Geometry.of('LineString', [
      [0, 0],
      [1, 1],
    ]),
    polygon: Geometry.of('Polygon', [
      [
        [0, 0],
        [1, 1],
        [1, 0],
        [0, 0],
      ],
    ]),
    multipoint: Geometry.of('MultiPoint', [[0, 0]]),
    multiline: Geometry.of('MultiLineString', [
      [
        [0, 0],
        [1, 1],
      ],
    ]),
    multipolygon: Geometry.of('MultiPolygon', [
      [
        [
          [0, 0],
          [1, 1],
          [1, 0],
          [0, 0],
        ],
      ],
    ]),
    collection: Geometry.collection([]),
  }
  const shapes = ['point', 'line', 'polygon', 'multipoint', 'multiline', 'multipolygon', 'collection']
  const groups: Record<string, readonly string[]> = { number: ['int', 'float', 'decimal'], geometry: shapes }

  test.each([...Object.keys(examples), ...Object.keys(groups)])(
    'type::is_%s holds for its type alone',
    async (type) => {
      const definition = resolveFunction(`type::is_${type}`)
      const held = Object.keys(examples).filter(
        (name) => definition?.call([examples[name]], createTestContext()) === true,
      )
      expect(held).toEqual(groups[type] ?? [type])
      expect(resolveFunction(`type::is::${type}`)).toBe(definition)
      expect(await errorCodeOf(() => definition?.call([], createTestContext()))).toBe(
        'FUNCTION_ARGUMENT_COUNT',
      )
    },
  )

  test('type::is_record can ask for a table', () => {
    const definition = resolveFunction('type::is_record')
    expect(definition?.call([examples.record, 'a'], createTestContext())).toBe(true)
    expect(definition?.call([examples.record, 'b'], createTestContext())).toBe(false)
  })
})

describe('every function', () => {
  const named = new Map(
    functions.flatMap((f) => [f.name, ...f.aliases].map((name) => [name, f.name] as const)),
  )
  const known = functions.filter(({ name }) => !name.startsWith('type::is_'))

  test.each(known.map(({ name }) => [name]))('%s has a case with a result and one with an error', (name) => {
    const mine = cases.filter((one) => named.get(one.name) === name)
    if (!testedElsewhere.has(name)) expect(mine.some(({ expected }) => 'value' in expected)).toBe(true)
    if (!refusesNothing.has(name)) expect(mine.some(({ expected }) => 'code' in expected)).toBe(true)
  })
})
