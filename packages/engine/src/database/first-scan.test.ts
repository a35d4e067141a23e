import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { manifestKey } from '../ledger/key-space.ts'
import { type Engine, type EngineOptions, openEngine } from '../open-engine.ts'
import { openCurrentStore } from '../storage/generation.ts'
import type { KvOperation } from '../storage/kv-store.ts'
import { openLevelStore } from '../storage/leveldb/level-store.ts'
import { databaseDirectory } from './database-files.ts'
import type { EngineEvent } from './engine-feed.ts'

async function useData(commits: number): Promise<{ path: string; head: string }> {
  const path = mkdtempSync(join(tmpdir(), 'ddb-scan-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  const engine = await openEngine({ path })
  const shop = await engine.database('shop')
  await shop.query('DEFINE INDEX price ON product FIELDS price')
  await shop.branches.create('sale')
  await Promise.all(Array.from({ length: commits }, (_, n) => shop.put(`product:${n}`, { price: n })))
  await shop.branch('sale').put('product:1', { price: 0 })
  // What was erased leaves marks in the log.
  await shop.query('CREATE gone:1 SET a = 1; ERASE gone:1')
  await shop.forgetting.settle()
  const { head } = shop.head()
  await engine.close()
  return { path, head }
}

/** Changes the store while no engine has it open. */
async function change(path: string, operations: readonly KvOperation[]): Promise<void> {
  const store = await openCurrentStore(databaseDirectory(path, 'shop'), (generation) =>
    openLevelStore({ path: generation }),
  )
  await store.commit(operations)
  await store.close()
}

async function useEngine(options: EngineOptions): Promise<{ engine: Engine; events: EngineEvent[] }> {
  const engine = await openEngine(options)
  onTestFinished(() => engine.close())
  const events: EngineEvent[] = []
  engine.watch((event) => events.push(event))
  return { engine, events }
}

const noManifest: KvOperation = { type: 'delete', key: manifestKey }

test('without a manifest reads are served, writes wait for the scan, and then all is as before', async () => {
  const { path, head } = await useData(500)
  await change(path, [noManifest])
  const { engine, events } = await useEngine({ path })
  const shop = await engine.database('shop')
  // All at once, before the scan has begun.
  expect(shop.scanProgress).toBeDefined()
  expect(shop.head().head).toBe(head)
  const refused = expect(shop.put('product:1', {})).rejects.toMatchObject({
    code: 'ENGINE_SCANNING',
    status: 'unavailable',
    details: { name: 'shop', retry_after_secs: expect.any(Number) },
  })
  const found = shop.nql('FROM product WHERE price = 8')
  const length = shop.query('RETURN array::len((SELECT id FROM product))')
  expect(await shop.get('product:7')).toMatchObject({ price: 7 })
  expect(await found).toMatchObject({ count: 1, head })
  expect(await length).toEqual([500])
  await refused
  await shop.scanned()
  expect(shop.scanProgress).toBeUndefined()
  expect(shop.head().head).toBe(head)
  const { seq } = await shop.put('product:1', { price: 3 })
  await shop.query('DEFINE INDEX name ON product FIELDS name; CREATE other:1')
  expect((await shop.verify()).findings).toEqual([])
  expect(await shop.checkpoint()).toMatchObject({ size: shop.head().seq })
  const types = events.map(({ type }) => type)
  expect(types.slice(0, types.indexOf('ready'))).toContain('scan')
  const scans = events.filter((event) => event.type === 'scan')
  expect(scans.at(-1)?.progress).toMatchObject({ objects: seq - 1, of: seq - 1 })
  expect(events.find((event) => event.type === 'commit')).toMatchObject({
    database: 'shop',
    commit: { seq, tables: ['product'], head: expect.stringMatching(/^b2:/) },
  })
})

test('a scan that was cut short begins anew', async () => {
  const { path, head } = await useData(2_000)
  await change(path, [noManifest])
  const first = await openEngine({ path })
  await first.database('shop')
  await first.close()
  const { engine } = await useEngine({ path })
  const shop = await engine.database('shop')
  await shop.scanned()
  expect(shop.head().head).toBe(head)
  await shop.put('product:1', {})
})

test('a log with a gap stays readable and takes no writes', async () => {
  const { path } = await useData(50)
  await change(path, [noManifest, { type: 'delete', key: Buffer.from([0x4c, 20]) }])
  const { engine, events } = await useEngine({ path })
  const shop = await engine.database('shop')
  await shop.scanned()
  expect(await shop.get('product:7')).toMatchObject({ price: 7 })
  await expect(shop.put('product:1', {})).rejects.toMatchObject({
    code: 'ENGINE_SCAN_FAILED',
    message: expect.stringContaining('commit 20'),
  })
  const failed = { code: 'ENGINE_SCAN_FAILED' }
  await expect(shop.branch('sale').put('product:1', {})).rejects.toMatchObject(failed)
  await expect(shop.query('DEFINE INDEX n ON product FIELDS n')).rejects.toMatchObject(failed)
  // What stands on the tree over the commits, which nobody knows.
  await expect(shop.checkpoint()).rejects.toMatchObject(failed)
  await expect(shop.proof({ seq: 3 })).rejects.toMatchObject(failed)
  await expect(shop.verify()).rejects.toMatchObject(failed)
  expect(events.at(-1)).toMatchObject({ type: 'scan_failed', database: 'shop' })
})

test('a database is verified before it takes writes where that is asked for, once', async () => {
  const { path } = await useData(50)
  const { engine, events } = await useEngine({ path, verifyOnOpen: true })
  const shop = await engine.database('shop')
  await expect(shop.put('product:1', {})).rejects.toMatchObject({ code: 'ENGINE_SCANNING' })
  await shop.scanned()
  await shop.put('product:1', {})
  expect(events.some(({ type }) => type === 'ready')).toBe(true)
  await shop.close()
  await (await engine.database('shop')).put('product:1', {})
})

test('one that does not verify takes no writes and says what is wrong', async () => {
  const { path } = await useData(50)
  await change(path, [{ type: 'delete', key: Buffer.from([0x56, 20, 0]) }])
  const { engine } = await useEngine({ path, verifyOnOpen: true })
  const shop = await engine.database('shop')
  await shop.scanned()
  await expect(shop.put('product:1', {})).rejects.toMatchObject({
    code: 'ENGINE_SCAN_FAILED',
    status: 'corrupt',
    message: expect.stringContaining('commit 20'),
  })
  expect(await shop.get('product:0')).toBeDefined()
})
