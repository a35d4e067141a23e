/**
 * Every kind of live key is changed, taken away and made up in turn; each must be found and named, and in the
 * same words whether or not the chain is verified by another thread.
 */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeExact } from '@dendrodb/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { IndexBuilder } from '../database/index-builder.ts'
import { keyOf, mainBranch } from '../ledger/key-space.ts'
import { readUvarint, uvarintBytes, writeUvarint } from '../ledger/uvarint.ts'
import type { KvEntry, KvOperation, KvStore } from '../storage/kv-store.ts'
import { openLevelStore } from '../storage/leveldb/level-store.ts'
import { openMemoryStore } from '../storage/memory/memory-store.ts'
import { openTestCore, recordOf } from '../testing/open-core.ts'
import { ChainThread } from './chain-thread.ts'
import { type VerifyReport, verifyStore } from './verify-store.ts'

const person = recordOf('person')
const knows = recordOf('knows')
const rate = recordOf('rate')

async function fillDatabase(store: KvStore): Promise<void> {
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
  await core.write((tx) => tx.put(person(1), { name: 'again', age: 1 }))
  for (const year of ['2024', '2025'])
    await core.write((tx) => tx.put(rate(1), { percent: 1 }, { validFrom: `${year}-01-01` }))
}

async function allEntries(store: KvStore): Promise<KvEntry[]> {
  const entries: KvEntry[] = []
  const snapshot = store.snapshot()
  for await (const chunk of snapshot.scan({ gte: new Uint8Array(), lt: new Uint8Array([0xff]) }))
    entries.push(...chunk)
  snapshot.close()
  return entries
}

function encodeUvarint(value: number): Buffer {
  const bytes = Buffer.alloc(uvarintBytes(value))
  writeUvarint(bytes, 0, value)
  return bytes
}

function withFirst(bytes: Buffer, first: number): Buffer {
  const changed = Buffer.from(bytes)
  changed[0] = first
  return changed
}

type Outcome = Omit<VerifyReport, 'durationMs'> | { readonly isIntact: false; readonly error: unknown }

async function outcomeOf(store: KvStore, thread?: ChainThread): Promise<Outcome> {
  try {
    const { durationMs: _, ...report } = await verifyStore(store, {}, thread)
    return report
  } catch (error) {
    return { isIntact: false, error }
  }
}

interface Setup {
  readonly store: KvStore
  /** Whether each kind of key is changed in several places, or only those that make up the log. */
  readonly isThorough: boolean
  verify(): Promise<Outcome>
  dispose(): Promise<void>
}

async function inOneThread(): Promise<Setup> {
  const store = openMemoryStore()
  return { store, isThorough: true, verify: () => outcomeOf(store), dispose: () => store.close() }
}

async function inTwoThreads(): Promise<Setup> {
  const path = await mkdtemp(join(tmpdir(), 'verify-'))
  const store = await openLevelStore({ path })
  const thread = new ChainThread()
  return {
    store,
    isThorough: false,
    async verify() {
      const outcome = await outcomeOf(store, thread)
      expect(outcome).toEqual(await outcomeOf(store))
      return outcome
    },
    async dispose() {
      await thread.close()
      await store.close()
      await rm(path, { recursive: true })
    },
  }
}

test('a store that closes meanwhile ends the verification with an error, not with findings', async () => {
  const seen = new Set<unknown>()
  for (let turns = 0; turns < 1_500; turns += 50) {
    const { store, verify } = await inOneThread()
    await fillDatabase(store)
    const verifying = verify()
    for (let turn = 0; turn < turns; turn += 1) await undefined
    await store.close()
    const outcome = await verifying
    if (!outcome.isIntact) expect(outcome).toMatchObject({ error: { code: 'STORAGE_CLOSED' } })
    seen.add(outcome.isIntact)
  }
  expect(seen).toEqual(new Set([true, false]))
})

describe.each([
  ['in one thread', inOneThread],
  ['in two threads', inTwoThreads],
])('%s', (_, open) => {
  let setup: Setup
  let entries: KvEntry[]

  beforeAll(async () => {
    setup = await open()
    await fillDatabase(setup.store)
    entries = await allEntries(setup.store)
  })
  afterAll(() => setup.dispose())

  const change = (...batch: KvOperation[]) => setup.store.commit(batch, { durable: false })

  test('an untouched database is intact', async () => {
    const report = await setup.verify()
    expect(report).toMatchObject({ isIntact: true, findings: [] })
    expect('objectsChecked' in report && report.objectsChecked).toBeGreaterThan(200)
  })

  test('a changed byte in any value is found', async () => {
    const kinds = new Set<string>()
    for (const { key, value } of entries) {
      const kind = String.fromCharCode(key[0] as number)
      kinds.add(kind)
      const last = Math.max(0, value.length - 1)
      const ends = setup.isThorough || 'LMTVfm'.includes(kind) ? [0, last] : []
      for (const at of new Set([...ends, value.length >> 1])) {
        const changed = value.length === 0 ? Buffer.alloc(1) : Buffer.from(value)
        changed[at] = (changed[at] as number) ^ 0x01
        await change({ type: 'put', key, value: changed })
        const { isIntact } = await setup.verify()
        expect(isIntact, `${key.toString('latin1')} byte ${at}`).toBe(false)
      }
      await change({ type: 'put', key, value })
    }
    expect([...kinds].sort().join('')).toBe('CEHILMRTVXfm')
  })

  test('bits and bytes that mean nothing are found in the history and in current records', async () => {
    for (const { key, value } of entries) {
      const kind = String.fromCharCode(key[0] as number)
      if (!'HR'.includes(kind)) continue
      const bits = setup.isThorough ? [1, 2, 4, 8, 16, 32, 64, 128] : [128]
      const changes = bits.map((bit) => withFirst(value, (value[0] as number) ^ bit))
      for (const changed of [...changes, Buffer.concat([value, Buffer.alloc(1)])]) {
        await change({ type: 'put', key, value: changed })
        const { isIntact } = await setup.verify()
        expect(isIntact, `${key.toString('latin1')} as ${changed.toString('hex')}`).toBe(false)
      }
      await change({ type: 'put', key, value })
    }
  })

  test('a missing key is found, whatever its kind', async () => {
    for (const { key, value } of entries) {
      await change({ type: 'delete', key })
      const { isIntact } = await setup.verify()
      expect(isIntact, key.toString('latin1')).toBe(false)
      await change({ type: 'put', key, value })
    }
  })

  test('a key that no commit accounts for is found, and a key moved to another place too', async () => {
    for (const { key, value } of entries) {
      const moved = Buffer.concat([key, Buffer.from([0x05])])
      await change({ type: 'put', key: moved, value })
      const { isIntact } = await setup.verify()
      expect(isIntact, key.toString('latin1')).toBe(false)
      await change({ type: 'delete', key: moved })
    }
  })

  test('a record of which every trace but the log is gone is found', async () => {
    const idKey = Buffer.from(encodeExact(5))
    const table = entries.find(({ key, value }) => key[0] === 0x52 && value.includes('p5')) as KvEntry
    const count = keyOf('count', mainBranch, readUvarint(table.key, 2).value)
    const traces = entries.filter(({ key, value }) => {
      const isDerived = 'RHIX'.includes(String.fromCharCode(key[0] as number))
      return isDerived && (key.includes(idKey) || value.includes(idKey)) && !key.includes('person')
    })
    expect(traces.map(({ key }) => String.fromCharCode(key[0] as number)).sort()).toEqual([...'HIIR'])
    const stored = entries.find(({ key }) => key.equals(count)) as KvEntry
    const oneLess = encodeUvarint(readUvarint(stored.value, 0).value - 1)
    await change(...traces.map(({ key }) => ({ type: 'delete' as const, key })))
    await change({ type: 'put', key: count, value: oneLess })
    expect(await setup.verify()).toMatchObject({
      findings: [{ what: 'the history of person:5', reason: 'it is missing' }],
    })
    await change(...[...traces, stored].map(({ key, value }) => ({ type: 'put' as const, key, value })))
  })

  test('findings name the object', async () => {
    const record = entries.findLast(({ key }) => key[0] === 0x52) as KvEntry
    const changed = Buffer.from(record.value)
    changed[changed.length - 1] = (changed.at(-1) as number) ^ 1
    await change({ type: 'put', key: record.key, value: changed })
    expect(await setup.verify()).toMatchObject({
      findings: [{ what: expect.stringMatching(/^record /), key: record.key.toString('hex') }],
    })
    await change({ type: 'put', key: record.key, value: record.value })
  })
})
