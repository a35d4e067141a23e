import { expect, test } from 'vitest'
import { openMemoryStore } from '../storage/memory/memory-store.ts'
import { collect, openTestCore, recordOf } from '../testing/open-core.ts'

const item = recordOf('item')

test('a table that was removed last is there as of before, also for the next process', async () => {
  const store = openMemoryStore()
  const core = await openTestCore(store)
  await core.write((tx) => tx.put(item(1), { n: 1 }))
  await core.write((tx) => tx.put(item(2), { n: 2 }))
  await core.write((tx) => tx.removeTable('item'))
  for (const each of [core, await openTestCore(store)]) {
    for (const [seq, rows] of [
      [1, 1],
      [2, 2],
    ] as const) {
      const view = await each.view({ seq })
      const table = view.catalog.table('item')
      expect(table?.name).toBe('item')
      if (table === undefined) continue
      expect(await view.countTable(table)).toBe(rows)
      expect(await collect(view.scanTable(table))).toHaveLength(rows)
      expect((await view.getRecord(item(1)))?.value.n).toBe(1)
      view.close()
    }
    const view = await each.view({ seq: 3 })
    expect(view.catalog.table('item')).toBeUndefined()
    view.close()
  }
})

test('views of the past with the same definitions share them, so that plans are kept', async () => {
  const core = await openTestCore()
  await core.write((tx) => tx.put(item(1), { n: 1 }))
  await core.write((tx) => tx.put(item(1), { n: 2 }))
  await core.write(async (tx) => {
    await tx.defineIndex({ name: 'n', table: 'item', fields: [['n']], unique: false })
  })
  await core.write((tx) => tx.put(item(1), { n: 3 }))
  const catalogs = []
  for (let seq = 1; seq <= 4; seq += 1) {
    const view = await core.view({ seq })
    catalogs.push(view.catalog)
    view.close()
  }
  const head = await core.view()
  const [first, second, third, fourth] = catalogs
  expect(first).toBe(second)
  expect(first?.table('item')?.indexes).toEqual([])
  expect(first?.table('item')).toBe(second?.table('item'))
  expect(third).toBe(fourth)
  expect(fourth).toBe(head.catalog)
  head.close()
})
