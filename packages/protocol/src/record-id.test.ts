import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareExact } from './compare-values.ts'
import { Float } from './float.ts'
import { encodeExact } from './key-codec.ts'
import { limits } from './limits.ts'
import { RecordId } from './record-id.ts'
import { arbitraryRecordId } from './testing/arbitrary-values.ts'
import { codeOf } from './testing/code-of.ts'
import { isUlid } from './ulid.ts'
import { Uuid } from './uuid.ts'
import type { RecordKey } from './values.ts'

const uuid = '01234567-89ab-7def-8123-456789abcdef'

describe('text', () => {
  const forms: readonly (readonly [string, string, RecordKey])[] = [
    ['user:alice', 'user', 'alice'],
    ['user:123', 'user', 123],
    ['user:⟨123⟩', 'user', '123'],
    ['user:-5', 'user', -5],
    ['user:⟨-5⟩', 'user', '-5'],
    ['user:9007199254740993', 'user', 9007199254740993n],
    ['user:01ARZ3NDEKTSV4RRFFQ69G5FAV', 'user', '01ARZ3NDEKTSV4RRFFQ69G5FAV'],
    ['user:1e5', 'user', '1e5'],
    ['user:_', 'user', '_'],
    ['user:⟨⟩', 'user', ''],
    ['user:⟨a b⟩', 'user', 'a b'],
    ['user:⟨a⟩b⟩'.replace('a⟩', 'a\\⟩'), 'user', 'a⟩b'],
    ['user:⟨a\\\\⟩', 'user', 'a\\'],
    ['user:⟨a:b⟩', 'user', 'a:b'],
    ['⟨a b⟩:c', 'a b', 'c'],
    ['⟨1st⟩:c', '1st', 'c'],
    ['⟨täble⟩:c', 'täble', 'c'],
    [`user:u'${uuid}'`, 'user', Uuid.parse(uuid)],
    ['user:u', 'user', 'u'],
    ["user:['a', 1]", 'user', ['a', 1]],
    ['user:[]', 'user', []],
    ['user:{ a: 1 }', 'user', { a: 1 }],
    ['user:{}', 'user', {}],
    ['user:[post:1, 1f]', 'user', [new RecordId('post', 1), new Float(1)]],
  ]

  test.each(forms)('%s', (text, table, key) => {
    const id = new RecordId(table, key)
    expect(id.toString()).toBe(text)
    expect(compareExact(RecordId.parse(text), id)).toBe(0)
  })

  test.each([
    ['`a b`:`c d`', '⟨a b⟩:⟨c d⟩'],
    ['`a\\`b`:1', '⟨a`b⟩:1'],
    ['user:007', 'user:7'],
    ['user:-0', 'user:0'],
    [`user:u"${uuid}"`, `user:u'${uuid}'`],
    ['user:[ "a" ,1, ]', "user:['a', 1]"],
  ])('%s is read as %s', (text, normal) => {
    expect(RecordId.parse(text).toString()).toBe(normal)
  })

  test.each([
    '',
    'user',
    'user:',
    ':1',
    'user: 1',
    'user :1',
    ' user:1',
    'user:1 ',
    'user:a b',
    'user:a-b',
    'user:1.5',
    'user:-',
    'user:-a',
    'user:⟨a',
    'user:⟨a\\x⟩',
    'user:[1',
    'user:{1,}',
    '1st:c',
    'user:a:b',
    'user:ä',
  ])('refuses "%s"', (text) => {
    expect(codeOf(() => RecordId.parse(text))).toBe('LITERAL_SYNTAX')
  })

  test('comes back for any record id', () => {
    fc.assert(
      fc.property(arbitraryRecordId, (id) => {
        const parsed = RecordId.parse(id.toString())
        expect(compareExact(parsed, id)).toBe(0)
        expect(parsed.equals(id)).toBe(true)
        expect(parsed.toString()).toBe(id.toString())
      }),
      { numRuns: 2000 },
    )
  })
})

describe('identity', () => {
  test('the type of the key counts', () => {
    const keys: readonly RecordKey[] = [1, '1', [1], [new Float(1)], { a: 1 }, ['1'], Uuid.parse(uuid), uuid]
    for (const [i, a] of keys.entries()) {
      for (const [j, b] of keys.entries()) {
        expect(new RecordId('t', a).equals(new RecordId('t', b))).toBe(i === j)
      }
    }
    expect(new RecordId('t', 1).equals(new RecordId('u', 1))).toBe(false)
  })

  test('the form of an int does not', () => {
    expect(new RecordId('t', 5n).key).toBe(5)
    expect(Object.is(new RecordId('t', -0).key, 0)).toBe(true)
  })
})

describe('limits', () => {
  test('a table has 1 to 128 UTF-8 bytes', () => {
    expect(new RecordId('x'.repeat(limits.tableNameBytesMax), 1).table).toHaveLength(limits.tableNameBytesMax)
    expect(new RecordId('ä'.repeat(limits.tableNameBytesMax / 2), 1).table).toHaveLength(64)
    const refused = ['', 'x'.repeat(129), 'ä'.repeat(65), `${'水'.repeat(42)}xyz`, 'a\ud800']
    for (const table of refused)
      expect(
        codeOf(() => new RecordId(table, 1)),
        table,
      ).toBe('VALUE_TABLE_NAME')
  })

  test('a key has at most 1024 encoded bytes', () => {
    const text = 'x'.repeat(limits.recordKeyBytesMax - 2)
    const list = ['x'.repeat(limits.recordKeyBytesMax - 4)]
    const wide = '水'.repeat(340)
    for (const key of [text, list, wide]) expect(new RecordId('t', key).key).toBe(key)
    expect([encodeExact(text).length, encodeExact(list).length]).toEqual([1024, 1024])
    for (const key of [`${text}x`, [`${list[0]}x`], `${wide}水`, '\0'.repeat(512), [[list[0] ?? '']]]) {
      expect(codeOf(() => new RecordId('t', key))).toBe('VALUE_RECORD_KEY_SIZE')
    }
  })

  test('a key has one of its types', () => {
    for (const key of [undefined, null, true, new Float(1), new Uint8Array(1), new RecordId('a', 1)]) {
      expect(
        codeOf(() => new RecordId('t', key as never)),
        String(key),
      ).toBe('VALUE_RECORD_KEY_TYPE')
    }
    expect(codeOf(() => new RecordId('t', 0.5))).toBe('VALUE_INT_EXPECTED')
    expect(codeOf(() => new RecordId('t', 2n ** 512n))).toBe('VALUE_INT_RANGE')
    expect(codeOf(() => new RecordId('t', '\ud800'))).toBe('VALUE_LONE_SURROGATE')
    expect(codeOf(() => new RecordId('t', ['\ud800']))).toBe('VALUE_LONE_SURROGATE')
  })
})

test('generate makes rising ULID keys', () => {
  const [a, b] = [RecordId.generate('t'), RecordId.generate('t')]
  expect(isUlid(a.key as string)).toBe(true)
  expect(compareExact(a, b)).toBeLessThan(0)
})
