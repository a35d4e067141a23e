/** Opening a database of an earlier format: it is written anew from its log, once. */

import { cpSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { keyOf, manifestKey } from '../ledger/key-space.ts'
import { openEngine } from '../open-engine.ts'
import { sealDatabase } from '../sealing.ts'
import { openCurrentStore } from '../storage/generation.ts'
import type { KvStore } from '../storage/kv-store.ts'
import { openStoreFiles } from '../storage/open-files.ts'
import { temporaryFolder } from '../testing/shop-folder.ts'
import { verifyStore } from '../verify/verify-store.ts'
import { databaseDirectory, trashIn } from './database-files.ts'

const earlier = fileURLToPath(new URL('../../testdata/format-1/data', import.meta.url))
const masterKey = 'aB'.repeat(32)

function earlierFolder(): string {
  const path = temporaryFolder()
  cpSync(earlier, path, { recursive: true })
  return path
}

function generations(path: string): string[] {
  return readdirSync(databaseDirectory(path, 'shop')).filter((name) => name.startsWith('gen-'))
}

async function withStore<T>(path: string, use: (store: KvStore) => Promise<T>): Promise<T> {
  const store = await openCurrentStore(databaseDirectory(path, 'shop'), openStoreFiles)
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

/** Its head, and what the engine had to say. */
async function open(path: string, options: { masterKey?: string } = {}) {
  const warnings: string[] = []
  const engine = await openEngine({ path, ...options, onWarning: (warning) => warnings.push(warning) })
  try {
    const shop = await engine.database('shop')
    expect((await shop.verify()).findings).toEqual([])
    const past = await shop.query('SELECT VALUE id FROM product WHERE price = 3 AS OF 8')
    return { head: shop.head(), past, warnings }
  } finally {
    await engine.close()
  }
}

test('it is upgraded once, says so, and keeps the old files', async () => {
  const path = earlierFolder()
  const before = generations(path)
  const upgraded = await open(path)
  const [kept = ''] = readdirSync(trashIn(path))
  expect(upgraded.warnings).toEqual([expect.stringMatching(`shop was of an earlier format.*${kept}`)])
  expect(readdirSync(join(trashIn(path), kept)).sort()).toEqual(['CURRENT-GENERATION', ...before])
  const after = generations(path)
  expect(after).toHaveLength(1)
  expect(after).not.toEqual(before)
  expect(await open(path)).toEqual({ ...upgraded, warnings: [] })
  expect(generations(path)).toEqual(after)
})

test('one without its manifest is upgraded too', async () => {
  const path = earlierFolder()
  const { head, past } = await open(earlierFolder())
  await withStore(path, (store) => store.commit([{ type: 'delete', key: manifestKey }]))
  expect(await open(path)).toMatchObject({ head, past })
})

test('whoever does not want it upgraded is refused, and nothing is changed', async () => {
  const path = earlierFolder()
  const before = generations(path)
  const engine = await openEngine({ path, upgrades: false })
  await expect(engine.database('shop')).rejects.toMatchObject({ code: 'LEDGER_FORMAT_TOO_OLD' })
  await engine.close()
  expect(generations(path)).toEqual(before)
  expect((await open(path)).warnings).toHaveLength(1)
})

test('nothing else takes its keys for those of the present format', async () => {
  const path = earlierFolder()
  await withStore(path, (store) =>
    expect(verifyStore(store)).rejects.toMatchObject({ code: 'LEDGER_FORMAT_TOO_OLD' }),
  )
})

test('what was in the clear stays so, until it is sealed', async () => {
  const path = earlierFolder()
  await expect(sealDatabase({ path, name: 'shop', masterKey })).rejects.toMatchObject({
    code: 'LEDGER_FORMAT_TOO_OLD',
  })
  const { head, past } = await open(earlierFolder())
  expect(await open(path, { masterKey })).toMatchObject({ head, past })
  expect(await open(path)).toMatchObject({ head, past })
  await sealDatabase({ path, name: 'shop', masterKey })
  await expect(open(path)).rejects.toMatchObject({ code: 'STORAGE_KEY_NEEDED' })
  expect(await open(path, { masterKey })).toMatchObject({ head, past, warnings: [] })
})

test('one whose log is damaged is left as it is', async () => {
  const path = earlierFolder()
  const before = generations(path)
  await withStore(path, (store) => store.commit([{ type: 'delete', key: keyOf('version', 12, 0) }]))
  await expect(open(path)).rejects.toMatchObject({ code: 'ENGINE_REBUILD_IMPOSSIBLE' })
  await expect(open(path)).rejects.toMatchObject({ code: 'ENGINE_REBUILD_IMPOSSIBLE' })
  expect(generations(path)).toEqual(before)
})
