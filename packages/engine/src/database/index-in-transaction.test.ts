/** Indexes that a transaction defines over records that are there, and builds itself. */

import { expect, onTestFinished, test } from 'vitest'
import { entriesBuiltPerTransactionMax, entriesPerRecordMax } from '../models/document/limits.ts'
import { openEngine } from '../open-engine.ts'
import type { Database } from './database.ts'

async function open(): Promise<Database> {
  const engine = await openEngine()
  onTestFinished(() => engine.close())
  return engine.database('main')
}

async function outcomes(db: Database, text: string): Promise<string[]> {
  const { results } = await db.run(text)
  return results.map((each) => (each.status === 'ok' ? 'ok' : `${each.error.code} ${each.error.message}`))
}

test('the records that keep a unique index from being built are named once, in and out of a transaction', async () => {
  const db = await open()
  await db.query('CREATE z:7 SET n = 1; CREATE z:8 SET n = 1')
  const failed =
    /^INDEX_BUILD_FAILED index n of table z could not be built: records z:7 and z:8 hold the same value$/
  const define = 'DEFINE INDEX n ON z FIELDS n UNIQUE'
  expect((await outcomes(db, define))[0]).toMatch(failed)
  expect((await outcomes(db, `BEGIN; ${define}; CREATE z:9; COMMIT`))[1]).toMatch(failed)
  expect(await db.get('z:9')).toBeUndefined()
})

test('what it built is what verification derives, in the past and on branches too', async () => {
  const db = await open()
  const items = Array.from({ length: 3_000 }, (_, id) => ({ id, n: id % 7, tags: [id, -id] }))
  await db.query('INSERT INTO z $items RETURN NONE', { items })
  await db.query('DEFINE BRANCH before; UPDATE z:5 SET n = 77')
  await db.query(`BEGIN; DELETE z:1; DEFINE INDEX n ON z FIELDS n; UPDATE z:2 SET n = 99;
    DEFINE INDEX t ON z FIELDS tags.*, n UNIQUE; UPDATE z:2 SET n = 2; COMMIT`)
  const at = db.head().seq
  await db.query(
    'DEFINE BRANCH after; UPDATE z SET n += 1 WHERE n = 3; REMOVE INDEX t ON z; CREATE z:1 SET n = 4',
  )
  await db.query('USE BRANCH after; UPDATE z SET n = 50 WHERE n = 4')
  await db.query('USE BRANCH before; UPDATE z SET n = 50 WHERE n = 4')
  for (const [use, moment] of [
    ['', ''],
    ['', ` AS OF ${at}`],
    ['USE BRANCH after;', ''],
    ['USE BRANCH before;', ''],
  ]) {
    const count = (how: string) =>
      db.query(`${use} SELECT VALUE id FROM z ${how} WHERE n IN [4, 50]${moment}`)
    expect(await count('')).toEqual(await count('WITH NOINDEX'))
  }
  expect((await db.verify()).findings).toEqual([])
})

test('too many entries are refused, and nothing is written', async () => {
  const db = await open()
  const records = entriesBuiltPerTransactionMax / entriesPerRecordMax
  for (let id = 1; id <= records; id += 1) {
    await db.query('CREATE z SET id = $id, tags = array::range(0, $n)', { id, n: entriesPerRecordMax })
  }
  const define = 'BEGIN; DEFINE INDEX tags ON z FIELDS tags.*; COMMIT; REMOVE INDEX tags ON z'
  expect(await outcomes(db, define)).toEqual(['ok', 'ok', 'ok', 'ok'])
  await db.query('CREATE z:0')
  const [, refused, commit] = await outcomes(db, define)
  expect(refused).toBe(
    'INDEX_BUILD_TOO_LARGE index tags of table z has more than 100000 entries, too many to be built within a transaction',
  )
  expect(commit).toContain('QUERY_TRANSACTION_FAILED')
  expect(await outcomes(db, 'DEFINE INDEX tags ON z FIELDS tags.*')).toEqual(['ok'])
})
