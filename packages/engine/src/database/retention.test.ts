/** Histories that are cut: what can still be asked for, what cannot, and what verification makes of it. */

import { must, RecordId } from '@dendrodb/protocol'
import { expect, onTestFinished, test } from 'vitest'
import { encodeForgottenMark, forgottenKey, placeOfVersion } from '../ledger/forgotten-mark.ts'
import { keyOf, kindRange } from '../ledger/key-space.ts'
import type { RecordTx } from '../models/document/record-tx.ts'
import type { CommitInfo } from '../models/model.ts'
import { openEngine } from '../open-engine.ts'
import { contentOf, replayed } from '../replay/testing/replayed-store.ts'
import { openMemoryStore } from '../storage/memory/memory-store.ts'
import { collect, openTestCore, recordOf } from '../testing/open-core.ts'
import { temporaryFolder } from '../testing/shop-folder.ts'
import { verifyStore } from '../verify/verify-store.ts'
import { BranchService } from './branch-service.ts'
import type { Database } from './database.ts'
import { RetentionService } from './retention-service.ts'

const person = recordOf('person')
const gone = { code: 'FORGET_HISTORY_GONE' }

async function open(path?: string): Promise<Database> {
  const engine = await openEngine(path === undefined ? {} : { path })
  onTestFinished(() => engine.close())
  return engine.database('main')
}

async function openCut(names: readonly string[]) {
  const store = openMemoryStore()
  const core = await openTestCore(store)
  await core.write(async (tx) => {
    await tx.defineTable('person', { historyMicros: 0 })
    await tx.defineIndex({ name: 'name', table: 'person', fields: [['name']], unique: false })
  })
  for (const name of names) await core.write((tx) => tx.put(person(1), { name }))
  const retention = new RetentionService(core, async () => [])
  return { store, core, retention }
}

test('what was replaced longer ago than the time goes, and nothing else', async () => {
  const store = openMemoryStore()
  const core = await openTestCore(store)
  const hour = 3_600_000_000
  await core.write((tx) => tx.defineTable('person', { historyMicros: hour }))
  const seqs: number[] = []
  for (const name of ['a', 'b', 'c']) {
    seqs.push((await core.write((tx) => tx.put(person(1), { name }))).receipt.seq)
  }
  const [first = 0, second = 0] = seqs
  let now = 0
  const retention = new RetentionService(
    core,
    async () => [],
    () => now,
  )
  const view = await core.view()
  const [info] = await view.commits.commits([second])
  view.close()
  const { seconds, nanos } = (info as CommitInfo).time
  now = seconds * 1_000_000 + Math.floor(nanos / 1_000) + hour - 1
  expect(await retention.run()).toBe(0)
  now += 1
  expect(await retention.run()).toBe(1)
  const nameAt = async (seq: number) => {
    const then = await core.view({ seq })
    const record = await (async () => then.getRecord(person(1)))().finally(() => then.close())
    return record?.value.name
  }
  await expect(nameAt(first)).rejects.toMatchObject(gone)
  expect(await nameAt(second)).toBe('b')
  expect(await nameAt(second + 1)).toBe('c')
  expect(await verifyStore(store)).toMatchObject({ findings: [], expired: 1 })
})

test('what was deleted long enough ago is gone altogether', async () => {
  const { store, core, retention } = await openCut(['a', 'b'])
  await core.write((tx) => tx.delete(person(1)))
  expect(await retention.run()).toBe(3)
  const snapshot = store.snapshot()
  const { id } = core.catalogs.newest().table('person') as { id: number }
  expect(await collect(snapshot.scan(kindRange('history', 0, id)))).toEqual([])
  expect(await retention.run()).toBe(0)
  expect((await verifyStore(store)).findings).toEqual([])
  expect(await contentOf(await replayed(store, core.head().seq))).toEqual(await contentOf(store))
})

test('a definition that a branch writes says less than main, and nothing is damaged by that', async () => {
  const { store, core, retention } = await openCut(['a', 'b'])
  expect(await retention.run()).toBe(1)
  await core.write((tx) => tx.put(person(1), { name: 'c' }))
  await new BranchService(core, () => must(undefined, 'a host')).create('trial')
  expect(await retention.run()).toBe(1)
  const put = (tx: RecordTx) => tx.put(person(2), { name: 'd' }, { validFrom: '2026-01-01' })
  await core.branches.open('trial').write(put)
  expect(await verifyStore(store)).toMatchObject({ findings: [], expired: 2 })
})

test('writes that come in between win, and nothing is lost', async () => {
  const { store, core, retention } = await openCut(['a'])
  const writes = Array.from({ length: 60 }, (_, n) =>
    core.write((tx) => tx.put(person(1), { name: `n${n}` })),
  )
  await Promise.all([retention.run(), ...writes])
  await retention.run()
  const view = await core.view()
  expect((await view.getRecord(person(1)))?.value).toMatchObject({ name: 'n59' })
  view.close()
  expect(await verifyStore(store)).toMatchObject({ findings: [], expired: 60 })
})

test('a read at a valid time answers as before', async () => {
  const db = await open()
  await db.query('DEFINE TABLE rate HISTORY NONE')
  for (const [year, percent] of [
    ['2023', 1],
    ['2023', 2],
    ['2024', 3],
    ['2024', 4],
    ['2025', 5],
    ['2025', 6],
  ] as const) {
    await db.put('rate:1', { percent }, { validFrom: `${year}-01-01` })
  }
  const ask = async () => {
    const years = ['2022', '2023', '2024', '2025']
    return Promise.all(
      years.map((year) => db.query(`SELECT VALUE percent FROM rate VALID AS OF d'${year}-06-01T00:00:00Z'`)),
    )
  }
  const before = await ask()
  expect(before).toEqual([[[]], [[2]], [[4]], [[6]]])
  await db.forgetting.expire()
  expect(await ask()).toEqual(before)
  expect(await db.verify()).toMatchObject({ findings: [], expired: 3 })
})

test('where writes take turns between periods, the newest version of each stays', async () => {
  const db = await open()
  await db.query('DEFINE TABLE rate HISTORY NONE')
  const years = ['2023', '2024', '2025', '2026']
  for (let at = 0; at < 60; at += 1) {
    const validFrom = `${years[(at * 7) % years.length]}-01-01`
    await db.put('rate:1', { percent: at }, { validFrom })
    await db.put(
      'rate:2',
      { percent: at },
      at % 10 === 9 ? {} : { validFrom, validTo: `2026-06-0${1 + (at % 9)}` },
    )
    if (at === 30) await db.delete('rate:1')
  }
  const ask = () =>
    Promise.all(
      ['2022', ...years].map((year) =>
        db.query(`SELECT id, percent FROM rate VALID AS OF d'${year}-06-05T00:00:00Z'`),
      ),
    )
  const before = await ask()
  await db.forgetting.expire()
  expect(await ask()).toEqual(before)
  // Of both records four periods at most, and of one the version without bounds.
  expect(await db.verify()).toMatchObject({ findings: [], expired: 121 - 4 - 5 })
  await db.put('rate:1', { percent: -1 }, { validFrom: '2024-01-01' })
  await db.forgetting.expire()
  expect(await db.verify()).toMatchObject({ findings: [], expired: 122 - 4 - 5 })
})

test('what a change replaced cannot be brought back, and a change is not undone as a creation', async () => {
  const db = await open()
  await db.query('DEFINE TABLE person HISTORY NONE')
  const { seq } = await db.put('person:1', { n: 1 })
  await db.put('person:1', { n: 2 })
  await db.forgetting.expire()
  await expect(db.query('UNDO person:1')).rejects.toMatchObject(gone)
  await expect(db.query(`RESTORE person:1 TO ${seq}`)).rejects.toMatchObject(gone)
  expect(await db.get('person:1')).toMatchObject({ n: 2 })
  await db.put('person:1', { n: 3 })
  await db.query('UNDO person:1')
  expect(await db.get('person:1')).toMatchObject({ n: 2 })
})

test('of a table that was removed, what is gone stays gone, after a restart, too', async () => {
  const path = temporaryFolder()
  const engine = await openEngine({ path })
  const first = await engine.database('main')
  await first.query('DEFINE TABLE person HISTORY NONE')
  const { seq } = await first.put('person:1', { n: 1 })
  const kept = await first.put('person:1', { n: 2 })
  await first.forgetting.expire()
  await first.query('REMOVE TABLE person')
  const check = async (db: Database) => {
    await expect(db.get('person:1', { asOf: { seq } })).rejects.toMatchObject(gone)
    expect(await db.get('person:1', { asOf: { seq: kept.seq + 1 } })).toMatchObject({ n: 2 })
    expect((await db.verify()).findings).toEqual([])
  }
  await check(first)
  await engine.close()
  const again = await open(path)
  await check(again)
  await again.put('person:1', { n: 9 })
  await check(again)
})

test('a table whose history goes on for ever again does not get back what is gone', async () => {
  const db = await open()
  await db.query('DEFINE TABLE person HISTORY NONE')
  const { seq } = await db.put('person:1', { n: 1 })
  await db.put('person:1', { n: 2 })
  await db.forgetting.expire()
  await db.query('DEFINE TABLE OVERWRITE person HISTORY FOREVER')
  await db.put('person:1', { n: 3 })
  expect(await db.forgetting.expire()).toBe(0)
  await expect(db.get('person:1', { asOf: { seq } })).rejects.toMatchObject(gone)
  expect(await db.history(new RecordId('person', 1))).toHaveLength(2)
})

test('marks that are younger than the horizon are found', async () => {
  const { store, core, retention } = await openCut(['a', 'b'])
  const { id: tableId } = core.catalogs.newest().table('person') as { id: number }
  await retention.run()
  await core.write((tx) => tx.put(person(1), { name: 'c' }))
  const newest = core.head().seq
  const value = encodeForgottenMark({ reason: 'retention', tableId, until: newest })
  await store.commit([
    { type: 'delete', key: keyOf('version', 3, 0) },
    { type: 'put', key: forgottenKey({ seq: 3, place: placeOfVersion(0) }), value },
  ])
  const reasons = (await verifyStore(store)).findings.map(({ reason }) => reason)
  expect(reasons).toContain(`table ${tableId} keeps what was in force until commit ${newest}`)
})

test.each(['', ' UNIQUE'])(
  'a write whose snapshot is of before a cut leaves the entries that follow from the history (%s)',
  async (unique) => {
    for (const last of ['put', 'delete'] as const) {
      const engine = await openEngine()
      const shop = await engine.database('shop')
      await shop.query(`DEFINE TABLE item HISTORY NONE; DEFINE INDEX place ON item FIELDS place${unique}`)
      const id = new RecordId('item', 1)
      await shop.put(id, { place: 1, at: 1 })
      // In force since the first version, which goes.
      await shop.put(id, { place: 1, at: 2 })
      let expiring: Promise<unknown> | undefined
      let writing: Promise<unknown> | undefined
      const stop = shop.onCommit(() => {
        stop()
        writing = shop.transaction(async (tx) => {
          await tx.getRecord(id)
          await expiring
          if (last === 'put') await tx.put(id, { place: 2 })
          else await tx.delete(id)
        })
      })
      expiring = shop.forgetting.expire()
      await expiring
      await writing
      expect((await shop.verify()).findings).toEqual([])
      await engine.close()
    }
  },
)
