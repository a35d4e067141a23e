/** What the library gives and is given belongs to its user: changing it changes nothing in the database. */

import { Geometry, Range, RecordId, type Value, ValueSet } from '@dendrodb/protocol'
import { expect, test } from 'vitest'
import { openEngine } from '../open-engine.ts'
import type { Database } from './database.ts'

async function withShop(use: (shop: Database) => Promise<void>): Promise<void> {
  const engine = await openEngine()
  try {
    await use(await engine.database('shop'))
  } finally {
    await engine.close()
  }
}

/** Changes whatever can be changed in a value, however deep. */
function spoil(value: unknown): void {
  if (value === null || typeof value !== 'object' || Object.isFrozen(value)) return
  for (const inner of Object.values(value)) spoil(inner)
  if (Array.isArray(value)) value.push('spoilt')
  else if (value instanceof Uint8Array) value.fill(255)
  else if (Object.getPrototypeOf(value) === Object.prototype) Object.assign(value, { spoilt: true })
}

const fields = (): Record<string, Value> => ({
  list: [1, [2, { a: [3] }]],
  bytes: new Uint8Array([1, 2]),
  set: ValueSet.from([1, [2], { a: 1 }, new Uint8Array([1])]),
  range: new Range({ value: [1], inclusive: true }, { value: [2], inclusive: false }),
  id: new RecordId('x', { a: [1] }),
  ref: new RecordId('x', [1, [2]]),
  line: Geometry.fromGeoJson({
    type: 'LineString',
    coordinates: [
      [1, 2],
      [3, 4],
    ],
  }),
  many: Geometry.collection([Geometry.point(1, 2)]),
})

test('what reads give may be changed', () =>
  withShop(async (shop) => {
    const key = new RecordId('t', [1, { a: [2] }])
    await shop.query('DEFINE INDEX ref ON t FIELDS ref')
    const { id: _, ...given } = fields()
    const { seq } = await shop.put(key, given)
    const reads = () =>
      Promise.all([
        shop.get(key),
        shop.get(key),
        shop.get(key, { asOf: { seq } }),
        shop.query('SELECT * FROM $id', { id: key }),
        shop.query('SELECT * FROM t WHERE ref = $ref', { ref: new RecordId('x', [1, [2]]) }),
        shop.select('t'),
        shop.history(key),
      ])
    const before = await reads()
    for (let round = 0; round < 2; round += 1) spoil(await reads())
    expect(await reads()).toEqual(before)
    await shop.query('UPDATE $id SET n = 1', { id: key })
    expect((await shop.verify()).findings).toEqual([])
  }))

test('what writes and reads are given may be changed afterwards', () =>
  withShop(async (shop) => {
    await shop.query('DEFINE INDEX ref ON t FIELDS ref')
    const key = () => new RecordId('t', [1, { a: [2] }])
    const [written, read] = [key(), key()]
    const { id: _, ...given } = fields()
    const putting = shop.put(written, given)
    spoil(given)
    spoil(written)
    await putting
    const getting = shop.get(read)
    spoil(read)
    await getting
    const { id: __, ...same } = fields()
    expect(await shop.get(key())).toEqual({ id: key(), ...same })
    expect((await shop.verify()).findings).toEqual([])
  }))

test.each([undefined, null, 5, {}, { table: 't', key: 1 }, [1]])('an id that is none, %j', (id) =>
  withShop(async (shop) => {
    await shop.put('t:1', {})
    const refused = { code: 'VALUE_RECORD_ID' }
    await expect(shop.get(id as never)).rejects.toMatchObject(refused)
    await expect(shop.put(id as never, {})).rejects.toMatchObject(refused)
    await expect(shop.delete(id as never)).rejects.toMatchObject(refused)
  }),
)
