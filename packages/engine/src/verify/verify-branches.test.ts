/** Every key of a branch is changed, taken away and made up in turn; each must be found and named. */

import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { BranchService } from '../database/branch-service.ts'
import type { DatabaseCore } from '../database/database-core.ts'
import { GarbageCollector } from '../database/garbage-collector.ts'
import { branchKindOf, branchOfKey, keyOnBranch } from '../ledger/branch-keys.ts'
import { kindRange } from '../ledger/key-space.ts'
import type { KvEntry, KvSnapshot, KvStore } from '../storage/kv-store.ts'
import { openMemoryStore } from '../storage/memory/memory-store.ts'
import { storageErrors } from '../storage/storage-errors.ts'
import { openTestCore, recordOf } from '../testing/open-core.ts'
import { verifyStore } from './verify-store.ts'

const garbageByte = kindRange('garbage').gte[0]
const person = recordOf('person')
const knows = recordOf('knows')

interface World {
  readonly core: DatabaseCore
  readonly branches: BranchService
}

async function makeDatabase(store: KvStore): Promise<World> {
  const core = await openTestCore(store)
  const branches = new BranchService(core, () => {
    throw new Error('not opened here')
  })
  await core.write(async (tx) => {
    await tx.defineIndex({ name: 'name', table: 'person', fields: [['name']], unique: true })
    await tx.defineIndex({ name: 'age', table: 'person', fields: [['age']], unique: false })
    await tx.ensureTable('knows', { type: 'relation', from: [], to: [], enforced: false })
    for (let at = 0; at < 6; at += 1) await tx.put(person(at), { name: `p${at}`, age: at % 2 })
    await tx.put(knows(1), { in: person(1), out: person(2) })
  })
  await branches.create('one')
  await core.write((tx) => tx.put(person(0), { name: 'main', age: 7 }))
  const one = core.branches.open('one')
  await one.write((tx) => tx.put(person(3), { name: 'one', age: 1 }))
  await one.write(async (tx) => {
    await tx.delete(person(1))
    await tx.put(person(9), { name: 'p1', age: 0 })
    await tx.put(knows(2), { in: person(9), out: person(2) })
  })
  await one.write((tx) => tx.put(person(3), { name: 'p3', age: 0 }))
  await branches.create('two', { from: 'one' })
  await core.branches.open('two').write((tx) => tx.put(person(3), { name: 'two', age: 2 }))
  await core.branches.open('two').write((tx) => tx.put(recordOf('note')(1), { text: 'new' }))
  return { core, branches }
}

async function allEntries(store: KvStore): Promise<KvEntry[]> {
  const entries: KvEntry[] = []
  const snapshot = store.snapshot()
  for await (const chunk of snapshot.scan({ gte: new Uint8Array(), lt: new Uint8Array([0xff]) }))
    entries.push(...chunk)
  snapshot.close()
  return entries
}

async function branchEntries(store: KvStore): Promise<KvEntry[]> {
  const entries = await allEntries(store)
  return entries.filter(({ key }) => branchKindOf(key) !== undefined && branchOfKey(key) !== 0)
}

/** A verification goes through to its end, whatever it meets. */
async function isIntact(store: KvStore): Promise<boolean> {
  const { isIntact, findings } = await verifyStore(store)
  expect(isIntact).toBe(findings.length === 0)
  return isIntact
}

/** The store with a value that cannot be read. */
function withDamage(store: KvStore, damaged: Buffer): KvStore {
  const error = () =>
    storageErrors.CORRUPT({ what: 'a value', reason: 'flipped', key: damaged.toString('hex') })
  const isHere = (key: Uint8Array) => damaged.equals(key)
  const snapshot = (): KvSnapshot => {
    const sound = store.snapshot()
    return {
      async get(key) {
        if (isHere(key)) throw error()
        return sound.get(key)
      },
      async getMany(keys) {
        if (keys.some(isHere)) throw error()
        return sound.getMany(keys)
      },
      async *scan(range, options) {
        for await (const chunk of sound.scan(range, options)) {
          for (const entry of chunk) {
            if (isHere(entry.key) && options?.values !== false) throw error()
            yield [entry]
          }
        }
      },
      close: () => sound.close(),
    }
  }
  return { reads: 'async', findDamage: () => store.findDamage(), snapshot } as unknown as KvStore
}

test('untouched branches are intact, and their keys are counted', async () => {
  const store = openMemoryStore()
  await makeDatabase(store)
  const report = await verifyStore(store)
  expect(report).toMatchObject({ isIntact: true, findings: [] })
  expect(report.objectsChecked).toBeGreaterThan((await branchEntries(store)).length)
})

test('a changed byte in any value of a branch is found', async () => {
  const store = openMemoryStore()
  await makeDatabase(store)
  const kinds = new Set<string>()
  for (const { key, value } of await branchEntries(store)) {
    kinds.add(String.fromCharCode(key[0] as number))
    for (const at of new Set([0, value.length >> 1, value.length - 1])) {
      const changed = Buffer.from(value)
      changed[at] = (changed[at] as number) ^ 0x01
      await store.commit([{ type: 'put', key, value: changed }])
      expect(await isIntact(store), `${key.toString('latin1')} byte ${at}`).toBe(false)
      await store.commit([{ type: 'put', key, value }])
    }
  }
  expect([...kinds].sort().join('')).toBe('CHIRX')
})

test('bits and bytes that mean nothing are found in the history of a branch', async () => {
  const store = openMemoryStore()
  await makeDatabase(store)
  const history = (await branchEntries(store)).filter(({ key }) => branchKindOf(key) === 'history')
  expect(history.length).toBeGreaterThan(5)
  for (const { key, value } of history) {
    const unknownFlag = Buffer.from(value)
    unknownFlag[0] = (value[0] as number) ^ 0x40
    for (const changed of [unknownFlag, Buffer.concat([value, Buffer.alloc(1)])]) {
      await store.commit([{ type: 'put', key, value: changed }])
      expect(await isIntact(store), `${key.toString('latin1')} as ${changed.toString('hex')}`).toBe(false)
    }
    await store.commit([{ type: 'put', key, value }])
  }
})

test('a value of a branch, or of its log, that cannot be read is named, and the rest is verified', async () => {
  const store = openMemoryStore()
  await makeDatabase(store)
  const log = new Set([...'VLM'].map((letter) => letter.charCodeAt(0)))
  const entries = (await allEntries(store)).filter(({ key }) => log.has(key[0] as number))
  for (const { key } of [...(await branchEntries(store)), ...entries]) {
    const { findings, findingsCount } = await verifyStore(withDamage(store, key))
    const text = key.toString('latin1')
    expect(
      findings.map((finding) => finding.key),
      text,
    ).toContain(key.toString('hex'))
    // With a definition, all that rests on it.
    expect(findingsCount, text).toBeLessThan(60)
  }
})

test('a missing key of a branch is found, and one too many', async () => {
  const store = openMemoryStore()
  await makeDatabase(store)
  for (const { key, value } of await branchEntries(store)) {
    await store.commit([{ type: 'delete', key }])
    expect(await isIntact(store), `without ${key.toString('latin1')}`).toBe(false)
    await store.commit([{ type: 'put', key, value }])
    const moved = Buffer.concat([key, Buffer.from([0x05])])
    await store.commit([{ type: 'put', key: moved, value }])
    expect(await isIntact(store), `with ${moved.toString('latin1')}`).toBe(false)
    await store.commit([{ type: 'delete', key: moved }])
  }
})

test('a branch’s commit that is passed off as one of main, or of another branch, is found', async () => {
  const store = openMemoryStore()
  const { branches } = await makeDatabase(store)
  const [from, to] = [branches.info('one').number, branches.info('two').number]
  const history = (await branchEntries(store)).filter(
    ({ key }) => key[0] === 0x48 && branchOfKey(key) === from,
  )
  expect(history.length).toBeGreaterThan(3)
  for (const { key, value } of history) {
    for (const target of [0, to]) {
      const asMain = Buffer.concat([key.subarray(0, 1), Buffer.from([0]), key.subarray(2)])
      const moved = keyOnBranch(target, asMain)
      await store.commit([
        { type: 'delete', key },
        { type: 'put', key: moved, value },
      ])
      expect(await isIntact(store), key.toString('latin1')).toBe(false)
      await store.commit([
        { type: 'put', key, value },
        { type: 'delete', key: moved },
      ])
    }
  }
  expect(await isIntact(store)).toBe(true)
})

test('findings name the branch', async () => {
  const store = openMemoryStore()
  await makeDatabase(store)
  const record = (await branchEntries(store)).find(({ key }) => key[0] === 0x52) as KvEntry
  await store.commit([{ type: 'delete', key: record.key }])
  const { findings } = await verifyStore(store)
  expect(findings[0]).toMatchObject({ what: 'a key of branch one', key: record.key.toString('hex') })
})

test('what is left of a removed branch is its history, which is still checked', async () => {
  const store = openMemoryStore()
  const { core, branches } = await makeDatabase(store)
  const { number } = branches.info('two')
  await branches.remove('two')
  // Its keys are on their way out.
  expect(await isIntact(store)).toBe(true)
  const garbage = new GarbageCollector(core)
  garbage.run()
  while ((await allEntries(store)).some(({ key }) => key[0] === garbageByte)) await setImmediate()
  await garbage.stop()
  const left = (await branchEntries(store)).filter(({ key }) => branchOfKey(key) === number)
  expect(new Set(left.map(({ key }) => key[0]))).toEqual(new Set([0x48]))
  expect(await isIntact(store)).toBe(true)
  for (const { key, value } of left) {
    await store.commit([{ type: 'delete', key }])
    expect(await isIntact(store)).toBe(false)
    await store.commit([{ type: 'put', key, value }])
    const record = Buffer.concat([Buffer.from([0x52]), key.subarray(1, -1)])
    await store.commit([{ type: 'put', key: record, value }])
    expect(await isIntact(store)).toBe(false)
    await store.commit([{ type: 'delete', key: record }])
  }
})
