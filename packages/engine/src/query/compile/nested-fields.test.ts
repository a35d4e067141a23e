import { ValueSet } from '@dendrodb/protocol'
import { describe, expect, test } from 'vitest'
import { changeAt, everyElement, readAt, removeAt, writeAt } from './nested-fields.ts'

const record = { a: { b: [1, 2], c: { d: 1 } }, l: [{ x: 1 }, { x: 2 }] }

describe('reading a place', () => {
  test.each([
    [['a', 'b', 1], 2],
    [['a', 'b', -1], 2],
    [
      ['l', 'x'],
      [1, 2],
    ],
    [
      ['l', everyElement, 'x'],
      [1, 2],
    ],
    [['a', 'nothing', 'at'], undefined],
  ] as const)('%j', (place, expected) => {
    expect(readAt(record, place)).toEqual(expected)
  })

  test('inherited members are no fields', () => {
    expect(readAt(record, ['constructor'])).toBeUndefined()
    expect(readAt(record, ['a', '__proto__'])).toBeUndefined()
  })
})

describe('writing a place', () => {
  test('copies what is on the way and nothing else', () => {
    const written = writeAt(record, ['a', 'c', 'd'], 5) as typeof record
    expect(written).toEqual({ a: { b: [1, 2], c: { d: 5 } }, l: record.l })
    expect(record.a.c.d).toBe(1)
    expect(written.l).toBe(record.l)
    expect(written.a.b).toBe(record.a.b)
  })

  test('makes the objects that are missing', () => {
    expect(writeAt({}, ['a', 'b', 'c'], 1)).toEqual({ a: { b: { c: 1 } } })
  })

  test('a field called __proto__ is one like any other', () => {
    const written = writeAt({}, ['__proto__', 'polluted'], true) as object
    expect(Object.hasOwn(written, '__proto__')).toBe(true)
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
    expect(Object.getPrototypeOf(written)).toBe(Object.prototype)
  })

  test('NONE removes the field, and makes nothing on the way', () => {
    expect(writeAt({ a: 1, b: 2 }, ['a'], undefined)).toStrictEqual({ b: 2 })
    expect(writeAt({ a: 1 }, ['b', 'c'], undefined)).toStrictEqual({ a: 1 })
    expect(writeAt({ a: 1 }, ['a', 0], undefined)).toStrictEqual({ a: 1 })
  })

  test('of every field of an object', () => {
    const add = (x: unknown) => (x as number) + 1
    expect(changeAt({ o: { x: 1, y: 2 } }, ['o', everyElement], add)).toEqual({ o: { x: 2, y: 3 } })
    expect(writeAt({ o: { x: 1, y: 2 } }, ['o', everyElement], undefined)).toStrictEqual({ o: {} })
    expect(writeAt({ n: 5 }, ['n', everyElement], 1)).toEqual({ n: 5 })
  })

  test('a position is a field of an object, and nothing of anything else', () => {
    expect(writeAt({ o: {} }, ['o', 3], 1)).toEqual({ o: { 3: 1 } })
    for (const value of [undefined, null, 5, 'text', ValueSet.from([1])]) {
      expect(() => writeAt({ value }, ['value', 0], 1)).toThrow('setting the position 0')
      expect(() => writeAt({ value }, ['value', -1], 1)).toThrow('setting the position -1')
    }
    expect(() => writeAt({ s: ValueSet.from([1]) }, ['s', everyElement], 1)).toThrow('setting elements')
  })

  test('of every element', () => {
    expect(changeAt(record, ['l', everyElement, 'x'], (x) => (x as number) * 10)).toMatchObject({
      l: [{ x: 10 }, { x: 20 }],
    })
  })

  test('a position past the end is refused', () => {
    expect(() => writeAt(record, ['a', 'b', 3], 1)).toThrow('a position in an array')
    expect(writeAt(record, ['a', 'b', 2], 3)).toMatchObject({ a: { b: [1, 2, 3] } })
  })

  test('a field inside of a text is refused', () => {
    expect(() => writeAt({ a: 'text' }, ['a', 'b'], 1)).toThrow('an object around it')
  })
})

describe('removing a place', () => {
  test.each([
    [['a', 'c'], { a: { b: [1, 2] }, l: record.l }],
    [['a', 'b', 0], { a: { b: [2], c: { d: 1 } }, l: record.l }],
    [['l', 'x'], { a: record.a, l: [{}, {}] }],
    [['l', everyElement], { a: record.a, l: [] }],
    [['nothing'], record],
    [['a', 'b', 9], record],
  ] as const)('%j', (place, expected) => {
    expect(removeAt(record, place)).toEqual(expected)
  })
})
