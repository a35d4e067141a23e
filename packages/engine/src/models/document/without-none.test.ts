import { limits, type Value, type ValueObject, ValueSet } from '@dendrodb/protocol'
import { expect, test } from 'vitest'
import { openEngine } from '../../open-engine.ts'
import { recordOf } from '../../testing/open-core.ts'
import { withoutNone } from './without-none.ts'

const item = recordOf('item')

test('fields that are NONE go away in objects, lists and sets; elements stay', () => {
  const record = {
    a: undefined,
    o: { x: undefined, y: 1, deep: { z: undefined } },
    list: [undefined, { q: undefined }, [{ r: undefined, s: null }]],
    set: ValueSet.from([{ x: undefined, n: 1 }, { n: 1 }, 2]),
  }
  expect(withoutNone(record)).toStrictEqual({
    o: { y: 1, deep: {} },
    list: [undefined, {}, [{ s: null }]],
    set: ValueSet.from([2, { n: 1 }]),
  })
})

test('a record without them is the same object', () => {
  const record = { a: Number.NaN, o: { l: [undefined, -0, { b: null }] }, s: ValueSet.from([1]) }
  expect(withoutNone(record)).toBe(record)
})

test('the record given is not changed, and odd names are fields like others', () => {
  const record = JSON.parse('{ "__proto__": { "a": 1 }, "constructor": 2 }') as Record<string, Value>
  record.gone = undefined
  const kept = withoutNone(record)
  expect(Object.keys(kept)).toEqual(['__proto__', 'constructor'])
  expect(Object.keys(record)).toHaveLength(3)
})

test('takes one step per value, however deep', () => {
  let value: ValueObject = { none: undefined }
  for (let depth = 1; depth < limits.depthMax; depth += 1) value = { value, none: undefined }
  let kept = withoutNone(value)
  for (let depth = 1; depth < limits.depthMax; depth += 1) {
    expect(Object.keys(kept)).toEqual(['value'])
    kept = kept.value as ValueObject
  }
  expect(kept).toStrictEqual({})
})

test('what is put through the library is stored without them', async () => {
  const engine = await openEngine()
  try {
    const shop = await engine.database('shop')
    await shop.put('item:1', { o: { x: undefined, y: 1 }, list: [{ z: undefined }] })
    await shop.transaction((tx) => tx.put(item(2), { o: { x: undefined, y: 1 }, list: [{ z: undefined }] }))
    const [keys] = await shop.query('SELECT VALUE [object::keys(o), object::keys(list[0])] FROM item')
    expect(keys).toEqual([
      [['y'], []],
      [['y'], []],
    ])
  } finally {
    await engine.close()
  }
})
