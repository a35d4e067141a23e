/** A database keeps the hash function that it was made with. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hashNames } from '@dendrodb/protocol'
import { afterAll, expect, test } from 'vitest'
import { formatKey, manifestKey } from '../ledger/key-space.ts'
import { type Engine, openEngine } from '../open-engine.ts'
import { openMemoryStore } from '../storage/memory/memory-store.ts'
import { openTestCore, recordOf } from '../testing/open-core.ts'
import { verifyStore } from '../verify/verify-store.ts'
import { openLedger } from './open-core.ts'

const folder = await mkdtemp(join(tmpdir(), 'ddb-hash-'))

afterAll(() => rm(folder, { recursive: true }))

async function withEngine(use: (engine: Engine) => Promise<void>, options: object = {}): Promise<void> {
  const engine = await openEngine({ path: folder, ...options })
  try {
    await use(engine)
  } finally {
    await engine.close()
  }
}

test('SHA-512 is chosen when a database is made, and holds after that', async () => {
  await withEngine(async (engine) => {
    const audit = await engine.database('audit', { hash: 'sha512' })
    expect(audit).toMatchObject({ hash: 'sha512', id: expect.stringMatching(/^[0-9a-f-]{36}$/) })
    expect((await audit.put('entry:1', { text: 'x'.repeat(2_000) })).head).toMatch(/^s2:[0-9a-f]{64}$/)
    await audit.query('DEFINE INDEX text ON entry FIELDS text')
    expect(
      await audit.query('SELECT VALUE text FROM entry WHERE text = $text', { text: 'x'.repeat(2_000) }),
    ).toEqual([['x'.repeat(2_000)]])
    await audit.put('entry:1', { text: 'changed' })
    expect((await engine.database('plain')).hash).toBe('blake2b')
  })
  await withEngine(
    async (engine) => {
      const audit = await engine.database('audit')
      expect(audit.hash).toBe('sha512')
      expect(audit.head().head).toMatch(/^s2:/)
      expect(await audit.verify()).toMatchObject({ isIntact: true, head: audit.head().head })
      expect((await engine.database('plain')).hash).toBe('blake2b')
    },
    { hash: 'blake2b' },
  )
})

test('the engine may have another default for what it makes', async () => {
  const engine = await openEngine({ hash: 'sha512' })
  expect((await engine.database('a')).hash).toBe('sha512')
  expect((await engine.database('b', { hash: 'blake2b' })).hash).toBe('blake2b')
  await engine.close()
})

test('asking an existing database for another function is refused, open or not', async () => {
  const refusal = expect.objectContaining({ code: 'ENGINE_DATABASE_HASH', status: 'conflict' })
  await withEngine(async (engine) => {
    await expect(engine.database('audit', { hash: 'blake2b' })).rejects.toEqual(refusal)
    await expect(engine.database('audit', { hash: 'blake2b' })).rejects.toEqual(refusal)
    expect((await engine.database('audit', { hash: 'sha512' })).hash).toBe('sha512')
  })
})

test.each(['md5', 'toString', '', 1])('%j is no hash function', async (name) => {
  const hash = name as 'sha512'
  const refusal = expect.objectContaining({ code: 'ENGINE_HASH_UNKNOWN' })
  await expect(openEngine({ hash })).rejects.toEqual(refusal)
  const engine = await openEngine()
  await expect(engine.database('x', { hash })).rejects.toEqual(refusal)
  expect(await engine.databaseNames()).toEqual([])
  await engine.close()
})

test('DEFINE DATABASE names it', async () => {
  const engine = await openEngine()
  const main = await engine.database('main')
  await main.query('DEFINE DATABASE a HASH SHA512; DEFINE DATABASE b HASH blake2b; DEFINE DATABASE c')
  const names = ['a', 'b', 'c'].map(async (name) => (await engine.database(name)).hash)
  expect(await Promise.all(names)).toEqual(['sha512', 'blake2b', 'blake2b'])
  await engine.close()
})

test('one history under two functions has nothing in common, and each verifies', async () => {
  const stores = await Promise.all(
    hashNames.map(async (hash) => {
      const store = openMemoryStore()
      const core = await openTestCore(store, hash)
      for (let at = 0; at < 40; at += 1) await core.write((tx) => tx.put(recordOf('a')(at), { at }))
      return store
    }),
  )
  for (const store of stores) expect(await verifyStore(store)).toMatchObject({ isIntact: true })
  const [first, second] = stores.map((store) => store.snapshot())
  const swapped = openMemoryStore()
  await swapped.commit([
    { type: 'put', key: formatKey, value: (await first?.get(formatKey)) as Buffer },
    { type: 'put', key: manifestKey, value: (await second?.get(manifestKey)) as Buffer },
  ])
  await expect(openLedger('swapped', swapped)).rejects.toThrow(
    expect.objectContaining({ code: 'LEDGER_CORRUPT' }),
  )
})

test('a format entry that names another function is damage', async () => {
  const store = openMemoryStore()
  await openLedger('x', store)
  const snapshot = store.snapshot()
  const value = Buffer.from((await snapshot.get(formatKey)) as Buffer)
  value.write('blake2c', value.indexOf('blake2b'))
  await store.commit([{ type: 'put', key: formatKey, value }])
  for (const open of [() => openLedger('x', store), () => verifyStore(store)]) {
    await expect(open()).rejects.toThrow(expect.objectContaining({ code: 'LEDGER_CORRUPT' }))
  }
})
