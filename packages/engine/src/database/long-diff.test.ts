/** A comparison over many commits shares the process, and ends when it is told to. */

import { RecordId } from '@dendrodb/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Engine, openEngine } from '../open-engine.ts'
import type { Database } from './database.ts'

let engine: Engine
let shop: Database

beforeAll(async () => {
  engine = await openEngine()
  shop = await engine.database('shop')
  for (let n = 0; n < 100; n += 1) {
    await Promise.all(Array.from({ length: 50 }, (_, key) => shop.put(`a:${key}`, { n })))
  }
  await shop.query('DELETE a')
})

afterAll(() => engine.close())

test.each(['DIFF FROM 1', 'DIFF BRANCH main FROM main AT 1'])(
  '%s is cancelled in the midst of it',
  async (text) => {
    const controller = new AbortController()
    // Has its turn before the answer only if it is given one.
    setImmediate(() => controller.abort())
    const { results } = await shop.run(text, {}, { session: { signal: controller.signal } })
    expect(results).toMatchObject([{ status: 'error', error: { code: 'QUERY_CANCELLED' } }])
  },
)

test('to its end it finds what differs', async () => {
  expect(await shop.query('SELECT VALUE [id, change] FROM (DIFF FROM 1)')).toEqual([
    [[RecordId.parse('a:0'), 'removed']],
  ])
})
