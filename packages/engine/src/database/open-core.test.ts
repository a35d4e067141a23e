import { encodeCanonical } from '@dendrodb/protocol'
import { expect, test } from 'vitest'
import { formatKey } from '../ledger/key-space.ts'
import { formatVersion } from '../ledger/manifest.ts'
import { openMemoryStore } from '../storage/memory/memory-store.ts'
import { openTestCore, recordOf } from '../testing/open-core.ts'
import { openLedger } from './open-core.ts'

test('a store of a newer format is refused by name', async () => {
  const store = openMemoryStore()
  const newer = encodeCanonical({ format: formatVersion + 1, databaseId: 'x', hash: 'blake2b' })
  await store.commit([{ type: 'put', key: formatKey, value: newer }])
  await expect(openLedger('shop', store)).rejects.toMatchObject({
    code: 'LEDGER_FORMAT_TOO_NEW',
    details: { found: formatVersion + 1, supported: formatVersion },
  })
})

test('a store that holds something else is left alone', async () => {
  const store = openMemoryStore()
  await store.commit([{ type: 'put', key: Buffer.from('x'), value: Buffer.from('y') }])
  await expect(openLedger('shop', store)).rejects.toMatchObject({ code: 'LEDGER_FORMAT_UNKNOWN' })
})

test('a damaged manifest is named', async () => {
  const store = openMemoryStore()
  await openLedger('shop', store)
  await store.commit([{ type: 'put', key: Buffer.from('m'), value: Buffer.alloc(60) }])
  await expect(openLedger('shop', store)).rejects.toMatchObject({ code: 'LEDGER_CORRUPT' })
})

test('numbers, counts and definitions go on where they were', async () => {
  const store = openMemoryStore()
  const first = await openTestCore(store)
  await first.write((tx) => tx.put(recordOf('a')(1), {}))
  await first.write((tx) => tx.defineIndex({ name: 'n', table: 'a', fields: [['n']], unique: false }))
  const again = await openTestCore(store)
  expect(again.head()).toEqual(first.head())
  await again.write((tx) => tx.put(recordOf('b')(1), {}))
  const view = await again.view()
  const numbers = [...view.catalog.tables()].flatMap(({ id, indexes }) => [
    id,
    ...indexes.map((index) => index.id),
  ])
  expect(new Set(numbers).size).toBe(3)
  const table = view.catalog.table('a')
  expect(table && (await view.countTable(table))).toBe(1)
})
