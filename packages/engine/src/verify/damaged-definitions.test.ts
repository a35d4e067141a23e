/**
 * Definitions whose bytes were changed under a sound checksum: verification names them, and whoever opens the
 * database is told of them or reads what is there.
 */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Datetime, DbError, RecordId, type Value, type ValueObject } from '@dendrodb/protocol'
import { expect, onTestFinished, test } from 'vitest'
import { systemTables } from '../catalog/system-tables.ts'
import type { DatabaseCore } from '../database/database-core.ts'
import { decodeCurrentRecord, encodeCurrentRecord } from '../ledger/current-record.ts'
import { kindRange, mainBranch } from '../ledger/key-space.ts'
import { decodeRow } from '../models/document/live-records.ts'
import { encodeFields, storedFields } from '../models/document/record-codec.ts'
import type { KvEntry, KvStore } from '../storage/kv-store.ts'
import { openLevelStore } from '../storage/leveldb/level-store.ts'
import { openMemoryStore } from '../storage/memory/memory-store.ts'
import { collect, openTestCore, recordOf } from '../testing/open-core.ts'
import { ChainThread } from './chain-thread.ts'
import { verifyStore } from './verify-store.ts'

const person = recordOf('person')
const knows = recordOf('knows')

async function fill(store: KvStore): Promise<void> {
  const core = await openTestCore(store)
  await core.write(async (tx) => {
    const rule = { where: 'age > 1' } as const
    const permissions = { select: rule, create: 'full', update: 'none', delete: 'none' } as const
    await tx.defineTable('person', { permissions, historyMicros: 10 ** 15, comment: 'people' })
    await tx.defineIndex({ name: 'age', table: 'person', fields: [['age']], unique: false, comment: 'years' })
    await tx.defineIndex({ name: 'tag', table: 'person', fields: [['tags', { each: true }]], unique: true })
    await tx.ensureTable('knows', { type: 'relation', from: ['person'], to: [], enforced: false })
    await tx.setParam('limit', 7)
  })
  for (let at = 0; at < 6; at += 1)
    await core.write((tx) => tx.put(person(at), { age: at, tags: [`a${at}`, `b${at}`] }))
  await core.write((tx) => tx.put(knows(1), { in: person(1), out: person(2) }))
  const { seq: forkedAt } = core.head()
  const branch = { number: 100, parent: 0, forkedAt, created: Datetime.parse('2026-01-01T00:00:00Z') }
  await core.write((tx) => tx.put(new RecordId('$branch', 'sale'), branch))
  await core.write((tx) => tx.put(person(1), { age: 40, tags: ['c'] }))
  await core.write((tx) => tx.put(person(2), { age: 41, tags: ['c2'] }, { validFrom: '2026-01-01' }))
}

/** One in so many is tried, which is prime to the number of values. */
const casesShare = 5

interface Damage {
  readonly id: RecordId
  readonly field: string
  readonly key: Buffer
  readonly value: Buffer
}

const otherValues: readonly Value[] = [
  undefined,
  null,
  true,
  '',
  'text',
  -1,
  0,
  0.5,
  2,
  16,
  17,
  18,
  99,
  2 ** 40,
  Number.MAX_SAFE_INTEGER,
  2 ** 60,
  [],
  [[]],
  [['*']],
  [['x']],
  [['.id']],
  ['.age'],
  [7],
  {},
  { type: 'relation' },
  { type: 'relation', from: [], to: [] },
  { type: 'any' },
  { select: 'full' },
  { select: { where: 'SELECT' }, create: 'full', update: 'none', delete: 'none' },
  'ready',
  'building',
  'failed',
  'periods',
  new RecordId('person', 1),
]

async function definitionsOf(store: KvStore): Promise<KvEntry[]> {
  const snapshot = store.snapshot()
  const tables = Object.values(systemTables)
  const found = await Promise.all(
    tables.map(({ id }) => collect(snapshot.scan(kindRange('record', mainBranch, id)))),
  )
  snapshot.close()
  return found.flat()
}

/** Every field of every definition with every other value, and bytes that are no record. */
async function damages(store: KvStore): Promise<Damage[]> {
  const all: Damage[] = []
  for (const { key, value } of await definitionsOf(store)) {
    const table = Object.values(systemTables).find(({ id }) => id === key[2])
    if (table === undefined) continue
    const current = decodeCurrentRecord(value)
    const { id, value: record } = decodeRow(table, { key, value })
    const with_ = (field: string, bytes: Uint8Array) =>
      all.push({ id, field, key, value: encodeCurrentRecord({ ...current, bytes }) })
    const fields = Object.keys(record).filter((field) => field !== 'id')
    for (const field of [...fields, 'sinceSeq', 'failure', 'validTime', 'historySince', 'outward', 'drop'])
      for (const other of otherValues) {
        const changed: ValueObject = { ...record, [field]: other }
        with_(field, encodeFields(storedFields(changed)))
      }
    with_('everything', Buffer.from('00ff17', 'hex'))
    all.push({ id, field: 'its head', key, value: Buffer.from([7, 0xff]) })
  }
  return all
}

/** What reads and writes do with it; none of them may fail like a bug. */
async function use(core: DatabaseCore): Promise<void> {
  const view = await core.view()
  try {
    for (const table of view.catalog.tables()) {
      await collect(view.scanTable(table))
      await view.countTable(table)
      for (const index of table.indexes) await collect(view.scanIndex(index, { equals: [] }))
    }
    await view.edges(person(1), 'both')
    for (const { name } of core.catalogs.newest().branches()) {
      const onBranch = await core.branches.open(name).view()
      for (const table of onBranch.catalog.tables()) await collect(onBranch.scanTable(table))
      onBranch.close()
    }
  } finally {
    view.close()
  }
  await core.write((tx) => tx.put(person(1), { age: 3, tags: [] }))
  await core.write((tx) => tx.delete(person(1)))
}

async function expectNamed(store: KvStore, damage: Damage, thread?: ChainThread): Promise<void> {
  const report = await verifyStore(store, {}, thread)
  const named = report.findings.some(({ key }) => key === damage.key.toString('hex'))
  expect({ ...damage, isNamed: named }).toEqual({ ...damage, isNamed: true })
}

test('a definition that says something else is found, whatever it says, and nothing fails like a bug', async () => {
  const store = openMemoryStore()
  await fill(store)
  const all = await damages(store)
  const whole = await collect(store.snapshot().scan({ gte: new Uint8Array(), lt: new Uint8Array([0xff]) }))
  for (const [at, damage] of all.entries()) {
    const before = whole.find(({ key }) => key.equals(damage.key))
    // Not all of them every time: another value for each field is as good as any.
    if (at % casesShare !== 0 || before?.value.equals(damage.value)) continue
    const damaged = openMemoryStore()
    await damaged.commit(whole.map(({ key, value }) => ({ type: 'put', key, value })))
    await damaged.commit([{ type: 'put', key: damage.key, value: damage.value }])
    await expectNamed(damaged, damage)
    try {
      await use(await openTestCore(damaged))
    } catch (error) {
      if (!(error instanceof DbError)) throw new Error(`${damage.id} ${damage.field}`, { cause: error })
    }
  }
})

test('in two threads too', async () => {
  const path = await mkdtemp(join(tmpdir(), 'definitions-'))
  onTestFinished(() => rm(path, { recursive: true }))
  const store = await openLevelStore({ path })
  const thread = new ChainThread()
  await fill(store)
  const whole = await definitionsOf(store)
  for (const [at, damage] of (await damages(store)).entries()) {
    const before = whole.find(({ key }) => key.equals(damage.key))
    if (at % (2 * casesShare + 1) !== 0 || before === undefined || before.value.equals(damage.value)) continue
    await store.commit([{ type: 'put', key: damage.key, value: damage.value }])
    await expectNamed(store, damage, thread)
    await store.commit([{ type: 'put', key: before.key, value: before.value }])
  }
  expect((await verifyStore(store, {}, thread)).isIntact).toBe(true)
  await thread.close()
  await store.close()
})
