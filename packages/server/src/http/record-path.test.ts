import { DbError, RecordId, Uuid } from '@dendrodb/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { tableNameCharsMax } from './limits.ts'
import { decodeCursor, encodeCursor } from './page-cursor.ts'
import { checkTable, locationOf, pathPartOf, recordOfField, recordOfPath } from './record-path.ts'

const uuid = '0190163d-8694-739b-aea5-966c26f8ad91'

function codeOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (error instanceof DbError) return error.code
    throw error
  }
  return 'no error'
}

describe('keys in a path', () => {
  test.each([
    ['alice', 'alice'],
    ['_', '_'],
    ['12ab', '12ab'],
    ['123', 123],
    ['-5', -5],
    ['⟨123⟩', '123'],
    ['`123`', '123'],
    [`u'${uuid}'`, Uuid.parse(uuid)],
    [uuid, uuid],
    ["[1,'a']", [1, 'a']],
    ['{a: 1}', { a: 1 }],
    ['a-b@c.example', 'a-b@c.example'],
    ['a b', 'a b'],
    ['u', 'u'],
    ["u'not a uuid", "u'not a uuid"],
    ['[', '['],
    ['{', '{'],
    ['⟨', '⟨'],
    ['12.5', '12.5'],
    ['a:b', 'a:b'],
    ['../x', '../x'],
    ['__proto__', '__proto__'],
  ])('%s', (part, key) => {
    expect(recordOfPath('t', part).key).toEqual(key)
  })

  test('every id finds its way through a path and back', () => {
    const keys = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 50 }),
      fc.maxSafeInteger(),
      fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n }),
      fc.array(fc.oneof(fc.maxSafeInteger(), fc.string({ maxLength: 10 })), { maxLength: 3 }),
    )
    fc.assert(
      fc.property(keys, (key) => {
        const id = new RecordId('some-table', key)
        const [, , , table = '', part = ''] = locationOf(id).split('/')
        expect(recordOfPath(table, decodeURIComponent(part)).equals(id)).toBe(true)
        expect(recordOfField(id.table, pathPartOf(id)).equals(id)).toBe(true)
        expect(recordOfField(id.table, id.toString()).equals(id)).toBe(true)
        expect(decodeCursor(id.table, encodeCursor(id)).equals(id)).toBe(true)
      }),
    )
  })

  test.each([
    ["u'nope'", 'VALUE_UUID_SYNTAX'],
    ["[u'nope']", 'VALUE_UUID_SYNTAX'],
    ['9'.repeat(200), 'VALUE_INT_RANGE'],
    ['['.repeat(200) + ']'.repeat(200), 'VALUE_TOO_DEEP'],
  ])('%s has the form of a value and is none: it is refused', (part, code) => {
    expect(codeOf(() => recordOfPath('t', part))).toBe(code)
    expect(codeOf(() => recordOfField('t', part))).toBe(code)
    expect(recordOfPath('t', `⟨${part}⟩`).key).toBe(part)
  })

  test('a key that is too long is refused', () => {
    expect(codeOf(() => recordOfPath('t', 'x'.repeat(1100)))).toBe('VALUE_RECORD_KEY_SIZE')
    expect(codeOf(() => recordOfPath('t', '9'.repeat(1025)))).not.toBe('no error')
  })
})

test('the id of a body is a key, a number or a whole id', () => {
  expect(recordOfField('t', 5).key).toBe(5)
  expect(recordOfField('t', '5').key).toBe(5)
  expect(recordOfField('t', 't:x').key).toBe('x')
  expect(recordOfField('t', 'other:x').key).toBe('other:x')
  for (const id of [null, true, '', {}, []]) {
    expect(codeOf(() => recordOfField('t', id))).toBe('HTTP_FIELD_INVALID')
  }
})

describe('tables in a path', () => {
  test('begin with a letter or _, then letters, digits, _ and -', () => {
    const good = ['a', '_a', 'A-1', 'x'.repeat(tableNameCharsMax)]
    const bad = [
      '',
      '1a',
      '-a',
      '$user',
      'a b',
      'a.b',
      'ä',
      '⟨a⟩',
      '..',
      'a%',
      'x'.repeat(tableNameCharsMax + 1),
    ]
    expect(good.filter((name) => codeOf(() => checkTable(name)) !== 'no error')).toEqual([])
    expect(bad.filter((name) => codeOf(() => checkTable(name)) !== 'HTTP_TABLE_NAME')).toEqual([])
  })
})

test.each(['', '!', '9g', 'x'.repeat(2049), '_-', '9Q'])('%j is no cursor', (cursor) => {
  expect(codeOf(() => decodeCursor('t', cursor))).toBe('HTTP_CURSOR_INVALID')
})
