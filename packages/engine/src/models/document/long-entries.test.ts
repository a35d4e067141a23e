/**
 * Indexed values that are longer than a key may be are cut, and still found, kept apart and counted right.
 */

import { expect, test } from 'vitest'
import { indexEntryBytesMax } from '../../ledger/limits.ts'
import { collect, openTestCore, recordOf } from '../../testing/open-core.ts'
import { verifyStore } from '../../verify/verify-store.ts'

const text = recordOf('text')
const long = (end: string) => `${'x'.repeat(indexEntryBytesMax)}${end}`

test('equality on a long value finds candidates of the same beginning, marked as long', async () => {
  const core = await openTestCore()
  await core.write((tx) => tx.defineIndex({ name: 'body', table: 'text', fields: [['body']], unique: false }))
  const bodies = ['short', long('a'), long('b'), 'z']
  for (const [at, body] of bodies.entries()) await core.write((tx) => tx.put(text(at), { body }))
  const view = await core.view()
  const index = view.catalog.table('text')?.indexes[0]
  if (index === undefined) throw new Error('no index')
  const found = await collect(view.scanIndex(index, { equals: [long('a')] }))
  expect(found.map(({ id, isLong }) => ({ key: id.key, isLong }))).toEqual(
    expect.arrayContaining([{ key: 1, isLong: true }]),
  )
  const above = await collect(view.scanIndex(index, { equals: [], lower: { value: 'x', inclusive: false } }))
  expect(new Set(above.map(({ id }) => id.key))).toEqual(new Set([1, 2, 3]))
  expect((await verifyStore(core.store)).findings).toEqual([])
})

test('a unique index tells long values apart by all of them', async () => {
  const core = await openTestCore()
  await core.write((tx) => tx.defineIndex({ name: 'body', table: 'text', fields: [['body']], unique: true }))
  await core.write((tx) => tx.put(text(1), { body: long('a') }))
  await core.write((tx) => tx.put(text(2), { body: long('b') }))
  await expect(core.write((tx) => tx.put(text(3), { body: long('a') }))).rejects.toMatchObject({
    code: 'INDEX_UNIQUE_VIOLATION',
  })
})
