/**
 * Branches through everything that is done to the files of a database: closing and opening, backup and
 * restore, rebuilding, export and import of the history; with files in the clear and sealed ones.
 */

import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { importHistory, rebuildDatabase, restoreBackup } from '../offline.ts'
import { openEngine } from '../open-engine.ts'
import { sealDatabase } from '../sealing.ts'
import { temporaryFolder } from '../testing/shop-folder.ts'
import type { Database } from './database.ts'

const masterKey = Buffer.alloc(32, 7)

describe.each([
  ['in the clear', {}],
  ['sealed', { masterKey }],
])('files %s', (_, key) => {
  test('a database with branches is opened, restored, rebuilt and imported as it was', async () => {
    const path = temporaryFolder()
    const files = temporaryFolder()
    const [full, next, history] = ['full.ddbackup', 'next.ddbackup', 'history.jsonl'].map((name) =>
      join(files, name),
    ) as [string, string, string]
    const forked = await withShop(path, key, async (shop) => {
      const answers = await fill(shop)
      await shop.backup({ path: full })
      return answers
    })
    const expected = await withShop(path, key, async (shop) => {
      expect(await answersOf(shop)).toEqual(forked)
      await goOn(shop)
      await shop.backup({ path: next, since: { file: full } })
      await shop.export({ path: history, history: true })
      return answersOf(shop)
    })
    expect(expected.findings).toEqual([])
    expect(expected.heads.map(({ name }) => name)).toEqual(['deep', 'kept', 'late'])

    const restored = temporaryFolder()
    await restoreBackup({ path: restored, files: [full, next], ...key })
    expect(await withShop(restored, key, answersOf)).toEqual(expected)

    const earlier = temporaryFolder()
    await restoreBackup({ path: earlier, files: [full, next], to: { seq: forked.head.seq }, ...key })
    expect(await withShop(earlier, key, answersOf)).toEqual(forked)

    await rebuildDatabase({ path, name: 'shop', ...key })
    expect(await withShop(path, key, answersOf)).toEqual(expected)

    const imported = temporaryFolder()
    await importHistory({ path: imported, file: history, ...key })
    expect(await withShop(imported, key, answersOf)).toEqual(expected)
    await withShop(imported, key, goesOn)
  })
})

test('a database with branches is sealed as it was', async () => {
  const path = temporaryFolder()
  const expected = await withShop(path, {}, fill)
  await sealDatabase({ path, name: 'shop', masterKey })
  expect(await withShop(path, { masterKey }, answersOf)).toEqual(expected)
})

type Key = { readonly masterKey?: Buffer }

async function withShop<T>(path: string, key: Key, work: (shop: Database) => Promise<T>): Promise<T> {
  const engine = await openEngine({ path, ...key })
  try {
    return await work(await engine.database('shop'))
  } finally {
    await engine.close()
  }
}

/** A branch of a branch, one that was removed, edges, a unique index, periods of valid time. */
async function fill(shop: Database) {
  await shop.query(`
    DEFINE INDEX name ON product FIELDS name UNIQUE;
    FOR $i IN 1..=40 { CREATE type::record("product", $i) SET name = "p" + <string> $i, price = $i % 7 };
    RELATE product:1->like->product:2;
    CREATE rate:1 SET percent = 5 VALID FROM '2025-01-01'`)
  await shop.branches.create('kept')
  await shop.branch('kept').query(`
    DELETE product:1; UPDATE product:2 SET name = 'p1'; CREATE product:1 SET name = 'p2';
    RELATE product:3->like->product:1; RELATE product:3->seen->product:4;
    UPDATE rate:1 SET percent = 6 VALID FROM '2026-01-01'`)
  await shop.branches.create('deep', { from: 'kept' })
  await shop.branch('deep').query('DELETE product:5; UPDATE product:6 SET price = 60; CREATE page:1')
  await shop.branches.create('gone')
  await shop.branch('gone').query('UPDATE product SET price = 0')
  await shop.branches.remove('gone')
  await shop.put('product:6', { name: 'p6', price: 61 })
  return answersOf(shop)
}

async function goOn(shop: Database): Promise<void> {
  await shop.query('CREATE product:99 SET name = "new"; DELETE product:7')
  await shop.branches.merge('main', { into: 'kept' })
  await shop.branch('deep').query('CREATE product:5 SET name = "again"')
  await shop.branches.merge('deep', { into: 'kept', resolve: 'theirs' })
  await shop.branches.create('late', { from: 'deep' })
  await shop.branch('late').put('product:8', { name: 'late' })
}

/** What was made anew takes writes, merges and forks. */
async function goesOn(shop: Database): Promise<void> {
  const { status } = await shop.branches.merge('kept', { resolve: 'theirs' })
  expect(status).toBe('merged')
  await shop.branches.create('more', { from: 'late' })
  await shop.branch('more').put('product:9', { name: 'more' })
  expect((await shop.verify()).findings).toEqual([])
}

async function answersOf(shop: Database) {
  const branches = shop.branches.list()
  const heads = []
  for (const { name, number, parent, forkedAt } of branches) {
    heads.push({ name, number, parent, forkedAt, ...(await answersOn(shop.branch(name))) })
  }
  return { head: shop.head(), main: await answersOn(shop), heads, findings: (await shop.verify()).findings }
}

async function answersOn(place: Pick<Database, 'query'>) {
  return place.query(`
    SELECT * FROM product; SELECT VALUE id FROM product WHERE name = 'p1';
    SELECT count() FROM product GROUP ALL; SELECT VALUE ->like->product FROM product;
    SELECT * FROM page, rate;
    SELECT VALUE percent FROM rate VALID AS OF '2025-06-01'; SELECT * FROM product AS OF 5`)
}
