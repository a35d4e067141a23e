/** Every kind of live key is changed, taken away and made up in turn; each must be found and named. */

import { expect, test } from 'vitest'
import { IndexBuilder } from '../database/index-builder.ts'
import type { KvEntry, KvStore } from '../storage/kv-store.ts'
import { openMemoryStore } from '../storage/memory/memory-store.ts'
import { openTestCore, recordOf } from '../testing/open-core.ts'
import { verifyStore } from './verify-store.ts'

const person = recordOf('person')
const knows = recordOf('knows')

async function makeDatabase(): Promise<KvStore> {
  const store = openMemoryStore()
  const core = await openTestCore(store)
  for (let at = 0; at < 20; at += 1)
    await core.write((tx) => tx.put(person(at), { name: `p${at}`, age: at % 4 }))
  await core.write(async (tx) => {
    await tx.defineIndex({ name: 'age', table: 'person', fields: [['age']], unique: false })
    await tx.defineIndex({ name: 'name', table: 'person', fields: [['name']], unique: true })
    await tx.ensureTable('knows', { type: 'relation', from: [], to: [], enforced: false })
    for (let at = 0; at < 5; at += 1) await tx.put(knows(at), { in: person(at), out: person(at + 1) })
  })
  const builder = new IndexBuilder(core)
  builder.resume()
  await builder.wait('person', 'age')
  await builder.wait('person', 'name')
  const meta = { actor: 'tester', causedBy: [1], evidence: { why: 'test' }, confidence: 0.5 }
  for (let at = 0; at < 20; at += 3)
    await core.write((tx) => tx.put(person(at), { name: `q${at}`, age: 9 }, { validFrom: '2026-01-01' }), {
      meta,
    })
  await core.write((tx) => tx.delete(person(1)))
  return store
}

async function allEntries(store: KvStore): Promise<KvEntry[]> {
  const entries: KvEntry[] = []
  const snapshot = store.snapshot()
  for await (const chunk of snapshot.scan({ gte: new Uint8Array(), lt: new Uint8Array([0xff]) }))
    entries.push(...chunk)
  snapshot.close()
  return entries
}

test('an untouched database is intact', async () => {
  const report = await verifyStore(await makeDatabase())
  expect(report).toMatchObject({ isIntact: true, findings: [] })
  expect(report.objectsChecked).toBeGreaterThan(200)
})

test('a changed byte in any value is found and its key named', async () => {
  const store = await makeDatabase()
  const kinds = new Set<string>()
  for (const { key, value } of await allEntries(store)) {
    kinds.add(String.fromCharCode(key[0] as number))
    for (const at of new Set([0, value.length >> 1, value.length - 1].map((each) => Math.max(0, each)))) {
      const changed = value.length === 0 ? Buffer.from([0]) : Buffer.from(value)
      changed[at] = (changed[at] as number) ^ 0x01
      await store.commit([{ type: 'put', key, value: changed }])
      const report = await verifyStore(store).catch((error: unknown) => ({
        isIntact: false,
        error,
        findings: [],
      }))
      expect(report.isIntact, `${key.toString('latin1')} byte ${at}`).toBe(false)
      await store.commit([{ type: 'put', key, value }])
    }
  }
  expect([...kinds].sort().join('')).toBe('CEHILMRTVXfm')
})

test('a missing key is found, whatever its kind', async () => {
  const store = await makeDatabase()
  for (const { key, value } of await allEntries(store)) {
    await store.commit([{ type: 'delete', key }])
    const report = await verifyStore(store).catch(() => ({ isIntact: false }))
    expect(report.isIntact, key.toString('latin1')).toBe(false)
    await store.commit([{ type: 'put', key, value }])
  }
})

test('a key that no commit accounts for is found, and a key moved to another place too', async () => {
  const store = await makeDatabase()
  for (const { key, value } of await allEntries(store)) {
    const moved = Buffer.concat([key, Buffer.from([0x05])])
    await store.commit([{ type: 'put', key: moved, value }])
    const report = await verifyStore(store).catch(() => ({ isIntact: false }))
    expect(report.isIntact, key.toString('latin1')).toBe(false)
    await store.commit([{ type: 'delete', key: moved }])
  }
})

test('findings name the object', async () => {
  const store = await makeDatabase()
  const entries = await allEntries(store)
  const record =
    entries.find(({ key }) => key[0] === 0x52 && key.includes('p2')) ??
    entries.find(({ key }) => key[0] === 0x52)
  const changed = Buffer.from(record?.value as Buffer)
  changed[changed.length - 1] = (changed.at(-1) as number) ^ 1
  await store.commit([{ type: 'put', key: record?.key as Buffer, value: changed }])
  const { findings } = await verifyStore(store)
  expect(findings[0]?.what).toMatch(/^record /)
  expect(findings[0]?.key).toBe(record?.key.toString('hex'))
})
