/**
 * Snapshots through the library: names, bounds, restores beside other writes, and the files of a database.
 */

import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { snapshotsMax } from '../models/snapshot/limits.ts'
import { planRestore } from '../models/snapshot/plan-restore.ts'
import { importHistory, rebuildDatabase, restoreBackup } from '../offline.ts'
import { type Engine, openEngine } from '../open-engine.ts'
import { openTestCore, recordOf } from '../testing/open-core.ts'
import { temporaryFolder } from '../testing/shop-folder.ts'
import type { Database } from './database.ts'

async function withShop<T>(path: string | undefined, work: (shop: Database) => Promise<T>): Promise<T> {
  const engine: Engine = await openEngine(path === undefined ? {} : { path })
  try {
    return await work(await engine.database('shop'))
  } finally {
    await engine.close()
  }
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: { readonly code?: string }) => error.code,
  )

describe('a snapshot', () => {
  test('has a name of its own', () =>
    withShop(undefined, async ({ snapshots }) => {
      expect(await snapshots.list()).toEqual([])
      for (const name of ['', 'x'.repeat(129), 'a\nb', '\ud800']) {
        expect(await codeOf(snapshots.create(name))).toBe('SNAPSHOT_NAME')
      }
      await snapshots.create('x'.repeat(128))
      await snapshots.create('größe / 2')
      expect((await snapshots.list()).map(({ name }) => name.length)).toEqual([9, 128])
      expect(await codeOf(snapshots.create('größe / 2'))).toBe('SNAPSHOT_EXISTS')
      expect(await codeOf(snapshots.info('none'))).toBe('SNAPSHOT_UNKNOWN')
      expect(await codeOf(snapshots.remove('none'))).toBe('SNAPSHOT_UNKNOWN')
      expect(await codeOf(snapshots.restore('none'))).toBe('SNAPSHOT_UNKNOWN')
    }))

  test('names the commit of then, and pins it', () =>
    withShop(undefined, async (shop) => {
      const { seq } = await shop.put('a:1', {})
      await shop.put('a:2', {})
      const { at } = await shop.snapshots.create('then', { at: { seq }, tables: ['b', 'a', 'a'] })
      await shop.snapshots.create('now', { comment: 'why' })
      expect(at).toBe(seq)
      expect(await shop.snapshots.info('then')).toMatchObject({ at: seq, tables: ['a', 'b'] })
      expect(await shop.snapshots.pins()).toEqual([{ seq: 3 }, { seq, tables: ['a', 'b'] }])
      expect(await codeOf(shop.snapshots.create('later', { at: { seq: 99 } }))).toBe('LEDGER_AS_OF_UNKNOWN')
    }))

  test('is one of so many and no more', () =>
    withShop(undefined, async ({ snapshots }) => {
      for (let n = 0; n < snapshotsMax; n += 1) await snapshots.create(`s${n}`)
      expect(await codeOf(snapshots.create('one more'))).toBe('SNAPSHOT_TOO_MANY')
      await snapshots.remove('s0')
      await snapshots.create('one more')
    }))

  test('is made, restored and removed once for one key', () =>
    withShop(undefined, async (shop) => {
      const meta = (idempotencyKey: string) => ({ meta: { idempotencyKey } })
      await shop.put('a:1', { n: 1 })
      const made = await shop.snapshots.create('s', meta('1'))
      expect(await shop.snapshots.create('s', meta('1'))).toEqual(made)
      await shop.put('a:1', { n: 2 })
      const restored = await shop.snapshots.restore('s', meta('2'))
      await shop.put('a:1', { n: 3 })
      expect(await shop.snapshots.restore('s', meta('2'))).toEqual(restored)
      expect(await shop.get('a:1')).toMatchObject({ n: 3 })
      expect(await codeOf(shop.snapshots.restore('s', { tables: ['a'], ...meta('2') }))).toBe(
        'LEDGER_REPLAY_MISMATCH',
      )
      const removed = await shop.snapshots.remove('s', meta('3'))
      expect(await shop.snapshots.remove('s', meta('3'))).toEqual(removed)
    }))
})

describe('a restore', () => {
  test('and other writers come one after the other', () =>
    withShop(undefined, async (shop) => {
      const keys = [0, 1, 2, 3, 4, 5, 6, 7]
      await shop.commit(keys.map((key) => ({ put: `a:${key}`, fields: { n: 0 } })))
      await shop.snapshots.create('s')
      for (let round = 1; round <= 10; round += 1) {
        await shop.commit(keys.map((key) => ({ put: `a:${key}`, fields: { n: round } })))
        const work = [
          shop.snapshots.restore('s'),
          ...keys.map((key) =>
            shop.transaction(async (tx) => {
              const id = recordOf('a')(key)
              const { value } = (await tx.getRecord(id)) ?? { value: { n: -1 } }
              // Whoever saw a restored record must find its neighbour restored.
              const other = (await tx.getRecord(recordOf('a')((key + 1) % 8)))?.value
              await tx.put(recordOf('seen')(round * 8 + key), { own: value.n, other: other?.n })
            }),
          ),
          shop.put('a:new', { n: round }),
        ]
        await Promise.all(work)
        const rows = await shop.select('a')
        const isRestoredLast = !rows.some(({ id }) => String(id) === 'a:new')
        expect(rows.filter(({ id }) => String(id) !== 'a:new').map(({ n }) => n)).toEqual(keys.map(() => 0))
        if (!isRestoredLast) await shop.delete('a:new')
      }
      for (const { own, other } of await shop.select('seen')) expect(other).toBe(own)
      expect((await shop.verify()).findings).toEqual([])
    }))

  test('undoes nothing that it cannot undo whole', async () => {
    const core = await openTestCore()
    const item = recordOf('item')
    const { receipt } = await core.write((tx) => tx.put(item(0), {}))
    await core.write(async (tx) => {
      for (const key of [1, 2, 3]) await tx.put(item(key), {})
    })
    const plan = (recordsMax: number) =>
      core.write(async (tx) => {
        const then = await core.view({ seq: receipt.seq })
        const base = { tx, branch: 0, branchOf: () => undefined, then, tables: undefined }
        try {
          return (await planRestore({ ...base, recordsMax })).length
        } finally {
          then.close()
        }
      })
    expect((await plan(3)).result).toBe(3)
    expect(await codeOf(plan(2))).toBe('SNAPSHOT_TOO_LARGE')
  })
})

test('snapshots are in what is opened again, restored, rebuilt and imported', async () => {
  const [path, files] = [temporaryFolder(), temporaryFolder()]
  const [backup, history] = [join(files, 'shop.ddbackup'), join(files, 'shop.jsonl')]
  const answers = async (shop: Database) => ({
    list: await shop.snapshots.list(),
    diff: (await shop.diff({ from: (await shop.snapshots.info('s')).at })).changes,
    findings: (await shop.verify()).findings,
  })
  const expected = await withShop(path, async (shop) => {
    await shop.put('a:1', { n: 1 })
    await shop.snapshots.create('s', { tables: ['a'], comment: 'why' })
    await shop.snapshots.create('gone')
    await shop.put('a:1', { n: 2 })
    await shop.snapshots.restore('s')
    await shop.put('a:1', { n: 3 })
    await shop.snapshots.remove('gone')
    await shop.backup({ path: backup })
    await shop.export({ path: history, history: true })
    return answers(shop)
  })
  expect(expected).toMatchObject({ list: [{ name: 's', comment: 'why' }], diff: [{}], findings: [] })
  expect(await withShop(path, answers)).toEqual(expected)
  const restored = temporaryFolder()
  await restoreBackup({ path: restored, files: [backup] })
  expect(await withShop(restored, answers)).toEqual(expected)
  await rebuildDatabase({ path, name: 'shop' })
  expect(await withShop(path, answers)).toEqual(expected)
  const imported = temporaryFolder()
  await importHistory({ path: imported, name: 'shop', file: history })
  expect(await withShop(imported, answers)).toEqual(expected)
})
