import { RecordId } from '@dendrodb/protocol'
import { expect, test } from 'vitest'
import { collect, openTestCore, recordOf } from '../../testing/open-core.ts'
import { ScanCache, type TableChunk } from './scan-cache.ts'

const row = recordOf('row')

function chunk(from: string, to: string, bytes = 10): TableChunk {
  return {
    from,
    to,
    seq: 1,
    rows: [{ id: new RecordId('t', 1), idKey: new Uint8Array(), seq: 1, n: 0, value: {}, periodBefore: 0 }],
    bytes,
  }
}

test('a write removes the chunk it falls into and no other', () => {
  const cache = new ScanCache(1_000)
  cache.set(1, chunk('a', 'f'))
  cache.set(1, chunk('f', 'm'))
  cache.invalidate(1, 'f')
  expect(cache.get(1, 'a')).toBeDefined()
  expect(cache.get(1, 'f')).toBeUndefined()
  cache.invalidate(1, 'z')
  cache.invalidate(2, 'b')
  expect(cache.get(1, 'a')).toBeDefined()
})

test('a table that would take more than half of the room is not kept; the least recently read goes first', () => {
  const cache = new ScanCache(100)
  cache.set(1, chunk('a', 'b', 40))
  cache.set(2, chunk('a', 'b', 40))
  cache.set(3, chunk('a', 'b', 40))
  expect(cache.get(1, 'a')).toBeUndefined()
  expect(cache.get(3, 'a')).toBeDefined()
  cache.set(3, chunk('b', 'c', 20))
  expect(cache.get(3, 'a')).toBeUndefined()
  cache.set(3, chunk('c', 'd', 1))
  expect(cache.get(3, 'c')).toBeUndefined()
})

test('scans through the cache see every write, and views keep their own commit', async () => {
  const core = await openTestCore()
  await core.write(async (tx) => {
    for (let at = 0; at < 2_500; at += 1) await tx.put(row(at), { at })
  })
  const scan = async (view: Awaited<ReturnType<typeof core.view>>) => {
    const table = view.catalog.table('row')
    return table === undefined ? [] : (await collect(view.scanTable(table))).map(({ value }) => value.at)
  }
  const before = await core.view()
  expect(await scan(before)).toHaveLength(2_500)
  await core.write((tx) => tx.put(row(1_500), { at: -1 }), { isPoint: true })
  await core.write((tx) => tx.delete(row(3)), { isPoint: true })
  await core.write((tx) => tx.put(row(9_999), { at: 9_999 }), { isPoint: true })
  const after = await scan(await core.view())
  expect(after).toHaveLength(2_500)
  expect(after[1_499]).toBe(-1)
  expect(after.at(-1)).toBe(9_999)
  const again = await scan(before)
  expect(again).toHaveLength(2_500)
  expect(again[3]).toBe(3)
  expect(again[1_500]).toBe(1_500)
})
