/** Pages that held what was deleted are in no file after a purge. */

import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findBytes } from '../../testing/file-bytes.ts'
import { openLevelStore } from '../leveldb/level-store.ts'
import { contentOf, del, entriesOf, expectCode, put, reading } from '../testing/store-fixture.ts'
import { openSealedStore } from './open-sealed-store.ts'
import { tinyShape } from './testing/sealed-fixture.ts'

test('pages, log records and long values from before are gone, and what is left can be read', async () => {
  const path = await mkdtemp(join(tmpdir(), 'sealed-purge-'))
  const base = await openLevelStore({ path, compression: false })
  const store = await openSealedStore({ base, dataKey: randomBytes(32), shape: tinyShape })
  const secret = [put('secret', 'short'), put('secret-long', Buffer.alloc(5_000, 's'))]
  await store.commit([put('a', '1'), ...secret, put('z', '1')])
  const logged = await reading(base, entriesOf)
  await store.compact()
  const paged = await reading(base, entriesOf)
  // Log records, then pages. Each begins with a random nonce.
  const old = Object.fromEntries(
    [...logged, ...paged].map(({ key, value }) => [key.toString('hex'), value.subarray(0, 24)]),
  )
  expect(Object.keys(old).length).toBeGreaterThan(5)
  const before = store.snapshot()
  await store.commit([del('secret'), del('secret-long')])
  expect(findBytes(path, old).length).toBeGreaterThan(5)
  await store.purge({ snapshotWaitMs: 50 })
  expect(findBytes(path, old)).toEqual([])
  expect(await contentOf(store)).toEqual(['a=1', 'z=1'])
  await expectCode('STORAGE_SNAPSHOT_LOST', () => before.get(Buffer.from('a')))
  await store.close()
  await rm(path, { recursive: true })
})
