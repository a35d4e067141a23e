/**
 * A database with damaged derived keys comes back from its own log; one with a damaged log stays as it is.
 */

import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { RecordId } from '@dendrodb/protocol'
import { expect, test } from 'vitest'
import { keyOf, kindRange, manifestKey } from '../ledger/key-space.ts'
import type { WriteMeta } from '../ledger/write-meta.ts'
import { importHistory, rebuildDatabase, restoreBackup } from '../offline.ts'
import { sealDatabase } from '../sealing.ts'
import type { KvEntry, KvOperation, KvStore } from '../storage/kv-store.ts'
import { openLevelStore } from '../storage/leveldb/level-store.ts'
import { collect } from '../testing/open-core.ts'
import { answersOf, shopFolder, withShop } from '../testing/shop-folder.ts'
import type { Database } from './database.ts'

const copy = shopFolder()

function directoryIn(path: string): string {
  return join(path, 'databases', 'shop')
}

async function change(
  path: string,
  work: (store: KvStore) => Promise<readonly KvOperation[]>,
): Promise<void> {
  const store = await openLevelStore({ path: join(directoryIn(path), 'gen-000001') })
  await store.commit(await work(store))
  await store.close()
}

function entriesOf(store: KvStore, kind: Parameters<typeof kindRange>[0]): Promise<KvEntry[]> {
  return collect(store.snapshot().scan(kindRange(kind)))
}

test('whatever derived keys are lost, changed or made up, the database comes back as it was', async () => {
  const path = copy()
  const before = await answersOf(path)
  await change(path, async (store) => {
    const operations: KvOperation[] = []
    for (const kind of ['record', 'history', 'index', 'pastIndex', 'merkle', 'count'] as const) {
      for (const [at, { key, value }] of (await entriesOf(store, kind)).entries()) {
        if (at % 3 === 0) operations.push({ type: 'delete', key })
        if (at % 3 === 1) operations.push({ type: 'put', key, value: Buffer.from(value).reverse() })
        if (at % 5 === 0) operations.push({ type: 'put', key: Buffer.concat([key, key]), value })
      }
    }
    operations.push({ type: 'put', key: Buffer.from('stray'), value: Buffer.from('x') })
    return operations
  })
  const damaged = await withShop(path, async (shop) => (await shop.verify()).findingsCount).catch(() => -1)
  expect(damaged).not.toBe(0)

  const phases = new Set<string>()
  const report = await rebuildDatabase({ path, name: 'shop', onProgress: ({ phase }) => phases.add(phase) })
  expect(report).toMatchObject({ seq: before.head.seq, head: before.head.head, isHeadConfirmed: true })
  expect([...phases]).toEqual(['log', 'records', 'verify'])
  expect(await answersOf(path)).toEqual(before)
  expect(readdirSync(directoryIn(path)).sort()).toEqual(['CURRENT-GENERATION', 'gen-000002'])
})

test('what was carried out is not carried out again after a rebuild, a restore or an import', async () => {
  const path = copy()
  const put = (shop: Database, meta: WriteMeta) => shop.put('product:1', { price: 1 }, meta)
  const requests: WriteMeta[] = [{ client: 'till', nonce: 4 }, { idempotencyKey: 'order-7' }]
  const file = join(path, 'shop.ddbackup')
  const exported = join(path, 'shop.export')
  await withShop(path, async (shop) => {
    for (const meta of requests) await put(shop, meta)
    await shop.backup({ path: file })
    await shop.export({ path: exported, history: true })
  })
  await rebuildDatabase({ path, name: 'shop' })
  await restoreBackup({ path, files: [file], name: 'restored' })
  await importHistory({ path, file: exported, name: 'imported' })
  for (const name of ['shop', 'restored', 'imported']) {
    const again = (shop: Database) => Promise.allSettled(requests.map((meta) => put(shop, meta)))
    expect(await withShop(path, again, name)).toMatchObject([
      { status: 'rejected', reason: { code: 'LEDGER_NONCE_STALE' } },
      { status: 'rejected', reason: { code: 'LEDGER_REPLAY_ANSWER_GONE' } },
    ])
  }
})

test('a damaged manifest is made anew from the last commit', async () => {
  const path = copy()
  const before = await answersOf(path)
  await change(path, async () => [{ type: 'put', key: manifestKey, value: Buffer.from('nonsense') }])
  const report = await rebuildDatabase({ path, name: 'shop' })
  expect(report).toMatchObject({ head: before.head.head, isHeadConfirmed: false })
  expect(await answersOf(path)).toEqual(before)
})

test.each([
  ['a commit', keyOf('commit', 3)],
  ['the last commit', keyOf('commit', 5)],
  ['a version', keyOf('version', 2, 7)],
  ['the format entry', Buffer.from('f')],
])('a database without %s is left as it is', async (_, key) => {
  const path = copy()
  await change(path, async () => [{ type: 'delete', key }])
  await expect(rebuildDatabase({ path, name: 'shop' })).rejects.toMatchObject({
    code: 'ENGINE_REBUILD_IMPOSSIBLE',
  })
  expect(readdirSync(directoryIn(path)).sort()).toEqual(['CURRENT-GENERATION', 'gen-000001'])
})

test('a version that was changed together with its checksum is found by the verification', async () => {
  const path = copy()
  await change(path, async (store) => {
    const key = keyOf('version', 2, 9)
    const value = Buffer.from((await store.snapshot().get(key)) as Buffer)
    value[value.length - 1] = (value.at(-1) as number) ^ 1
    return [{ type: 'put', key, value }]
  })
  await expect(rebuildDatabase({ path, name: 'shop' })).rejects.toMatchObject({
    code: 'ENGINE_REBUILD_IMPOSSIBLE',
    message: expect.stringContaining('version 9 of commit 2'),
  })
  expect(readdirSync(directoryIn(path)).sort()).toEqual(['CURRENT-GENERATION', 'gen-000001'])
})

test('an entry of the log whose checksum does not match is named by what reads it offline', async () => {
  const path = copy()
  const script = join(import.meta.dirname, '..', 'testing', 'damage-value.ts')
  execFileSync(process.execPath, [script, path, 'shop', keyOf('commit', 3).toString('hex')])
  const said = { message: expect.stringContaining('commit 3 is damaged: its checksum does not match') }
  await expect(rebuildDatabase({ path, name: 'shop' })).rejects.toMatchObject(said)
  await expect(sealDatabase({ path, name: 'shop', masterKey: Buffer.alloc(32, 1) })).rejects.toMatchObject(
    said,
  )
})

test('a database that is open, or not there, is refused', async () => {
  const path = copy()
  await withShop(path, async (shop) => {
    await expect(rebuildDatabase({ path, name: 'shop' })).rejects.toMatchObject({ code: 'STORAGE_LOCKED' })
    expect(await shop.get(new RecordId('product', 1))).toBeDefined()
  })
  await expect(rebuildDatabase({ path, name: 'shup' })).rejects.toMatchObject({
    code: 'ENGINE_DATABASE_UNKNOWN',
  })
  expect(readdirSync(join(path, 'databases'))).toEqual(['shop'])
})
