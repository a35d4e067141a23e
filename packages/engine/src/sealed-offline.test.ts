/** Backups, restores, exports and rebuilds where databases are sealed. */

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Database } from './database/database.ts'
import { kindRange } from './ledger/key-space.ts'
import { importHistory, rebuildDatabase, restoreBackup } from './offline.ts'
import { openEngine } from './open-engine.ts'
import { listSealing, resealCheckpointKeys, rotateMasterKey, sealDatabase } from './sealing.ts'
import type { KvOperation } from './storage/kv-store.ts'
import { openStoreFiles } from './storage/open-files.ts'
import { MasterKey } from './storage/sealed/master-key.ts'

const masterKey = 'aB'.repeat(32)
const otherKey = Buffer.alloc(32, 7)

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ddb-sealed-offline-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

type Key = string | Uint8Array | undefined

async function withShop<T>(path: string, key: Key, use: (shop: Database) => Promise<T>): Promise<T> {
  const engine = await openEngine({ path, masterKey: key, onWarning: () => undefined })
  try {
    return await use(await engine.database('shop'))
  } finally {
    await engine.close()
  }
}

async function sealedShop(): Promise<string> {
  const path = newFolder()
  await withShop(path, masterKey, async (shop) => {
    await shop.query('DEFINE INDEX colour ON fruit FIELDS colour')
    await shop.query('FOR $i IN 1..=50 { CREATE type::record("fruit", $i) SET colour = "crimson" }')
    await shop.query('UPDATE fruit:1 SET colour = "green"; DELETE fruit:2')
  })
  return path
}

/** Its head, having looked at all of it. */
function intactHead(path: string, key: Key): Promise<string> {
  return withShop(path, key, async (shop) => {
    const { findings, head } = await shop.verify()
    expect(findings).toEqual([])
    const [red, before] = await shop.query(
      'SELECT VALUE count() FROM fruit WHERE colour = "crimson" GROUP ALL; SELECT VALUE colour FROM ONLY fruit:1 AS OF 2',
    )
    expect([red, before]).toEqual([[48], 'crimson'])
    return head
  })
}

function textOf(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n')
}

const isShopSealed = async (path: string) =>
  (await listSealing(path)).find(({ name }) => name === 'shop')?.isSealed

test('a backup of a sealed database is restored sealed under a master key, in the clear without', async () => {
  const path = await sealedShop()
  const head = await intactHead(path, masterKey)
  const folder = newFolder()
  const [sealed, clear] = [join(folder, 'sealed.ddbackup'), join(folder, 'clear.ddbackup')]
  await withShop(path, masterKey, async (shop) => {
    await shop.backup({ path: sealed, masterKey })
    await shop.backup({ path: clear })
  })
  expect(readFileSync(sealed, 'latin1')).not.toContain('crimson')
  const target = newFolder()
  await expect(restoreBackup({ path: target, files: [sealed] })).rejects.toMatchObject({
    code: 'BACKUP_KEY_MISSING',
  })
  await expect(restoreBackup({ path: target, files: [sealed], masterKey: 'ab' })).rejects.toMatchObject({
    code: 'ENGINE_MASTER_KEY',
  })
  expect(await restoreBackup({ path: target, files: [sealed], masterKey })).toMatchObject({ head })
  expect(await isShopSealed(target)).toBe(true)
  expect(textOf(target)).not.toContain('crimson')
  expect(await intactHead(target, masterKey)).toBe(head)
  const unsealed = newFolder()
  expect(await restoreBackup({ path: unsealed, files: [clear] })).toMatchObject({ head })
  expect(await isShopSealed(unsealed)).toBe(false)
  expect(await intactHead(unsealed, undefined)).toBe(head)
})

test('a sealed database that is replaced can be read in the trash', async () => {
  const path = await sealedShop()
  const head = await intactHead(path, masterKey)
  const file = join(newFolder(), 'shop.ddbackup')
  await withShop(path, masterKey, (shop) => shop.backup({ path: file }))
  await withShop(path, masterKey, (shop) => shop.query('CREATE fruit:new SET colour = "blue"'))
  const newer = await withShop(path, masterKey, async (shop) => shop.head().head)
  const replace = { path, files: [file], replace: true }
  await expect(restoreBackup(replace)).rejects.toMatchObject({ code: 'STORAGE_KEY_NEEDED' })
  await expect(restoreBackup({ ...replace, masterKey: otherKey })).rejects.toMatchObject({
    code: 'STORAGE_KEY_WRONG',
  })
  const { trash } = await restoreBackup({ ...replace, masterKey })
  expect(await intactHead(path, masterKey)).toBe(head)
  expect(await isShopSealed(path)).toBe(true)
  const elsewhere = newFolder()
  const { mkdir, rename } = await import('node:fs/promises')
  await mkdir(join(elsewhere, 'databases'))
  await rename(String(trash), join(elsewhere, 'databases', 'shop'))
  expect(await withShop(elsewhere, masterKey, async (shop) => shop.head().head)).toBe(newer)
})

test('a history is imported sealed under a master key', async () => {
  const path = await sealedShop()
  const file = join(newFolder(), 'shop.jsonl')
  const head = await withShop(path, masterKey, async (shop) => {
    await shop.export({ path: file, history: true })
    return shop.head().head
  })
  const target = newFolder()
  expect(await importHistory({ path: target, file, masterKey })).toMatchObject({ head })
  expect(await isShopSealed(target)).toBe(true)
  expect(await intactHead(target, masterKey)).toBe(head)
})

test('a sealed database with damaged records is rebuilt sealed; without its key nothing happens', async () => {
  const path = await sealedShop()
  const head = await intactHead(path, masterKey)
  const directory = join(path, 'databases', 'shop')
  const change = async (work: (key: Buffer) => KvOperation, kind: 'record' | 'commit') => {
    const [generation] = readdirSync(directory).filter((name) => /^gen-\d+$/.test(name))
    const store = await openStoreFiles(join(directory, String(generation)), {
      masterKey: new MasterKey(Buffer.from(masterKey, 'hex')),
    })
    const snapshot = store.snapshot()
    const batch: KvOperation[] = []
    for await (const chunk of snapshot.scan(kindRange(kind))) batch.push(...chunk.map(({ key }) => work(key)))
    snapshot.close()
    await store.commit(batch)
    await store.close()
  }
  await change((key) => ({ type: 'put', key, value: Buffer.from('nonsense') }), 'record')
  const rebuild = { path, name: 'shop' }
  await expect(rebuildDatabase(rebuild)).rejects.toMatchObject({ code: 'STORAGE_KEY_NEEDED' })
  await expect(rebuildDatabase({ ...rebuild, masterKey: otherKey })).rejects.toMatchObject({
    code: 'STORAGE_KEY_WRONG',
  })
  expect(await rebuildDatabase({ ...rebuild, masterKey })).toMatchObject({ head, isHeadConfirmed: true })
  expect(await intactHead(path, masterKey)).toBe(head)
  const files = ['CURRENT-GENERATION', 'gen-000002', 'gen-000002.key']
  expect(readdirSync(directory).sort()).toEqual(files)
  await change((key) => ({ type: 'delete', key }), 'commit')
  await expect(rebuildDatabase({ ...rebuild, masterKey })).rejects.toMatchObject({
    code: 'ENGINE_REBUILD_IMPOSSIBLE',
  })
  expect(readdirSync(directory).sort()).toEqual(files)
})

test('the key that signs checkpoints moves with the master key', async () => {
  const path = newFolder()
  const keyUnder = (key: Key) => withShop(path, key, (shop) => shop.checkpointKey())
  const before = await keyUnder(undefined)
  expect(existsSync(join(path, 'keys', 'master.key'))).toBe(true)
  await sealDatabase({ path, name: 'shop', masterKey })
  expect(await keyUnder(masterKey)).toBe(before)
  expect(existsSync(join(path, 'keys', 'master.key'))).toBe(false)
  for (let twice = 0; twice < 2; twice += 1) await rotateMasterKey({ path, from: masterKey, to: otherKey })
  expect(await keyUnder(otherKey)).toBe(before)
  await expect(resealCheckpointKeys(path, masterKey, undefined)).rejects.toMatchObject({
    code: 'KEYS_UNREADABLE',
  })
  for (let twice = 0; twice < 2; twice += 1) await resealCheckpointKeys(path, otherKey, undefined)
  expect(existsSync(join(path, 'keys', 'master.key'))).toBe(true)
})
