/** What a unique index says when it refuses a record, and to whom. */

import { RecordId } from '@dendrodb/protocol'
import { expect, onTestFinished, test } from 'vitest'
import { takenValueCharsMax } from '../models/document/limits.ts'
import { openEngine } from '../open-engine.ts'
import type { Database } from './database.ts'

const bare = 'index mail of table item already holds this value for another record'

async function open(): Promise<Database> {
  const engine = await openEngine()
  onTestFinished(() => engine.close())
  const db = await engine.database('main')
  await db.query(`
    DEFINE TABLE item PERMISSIONS FOR select WHERE owner = $auth.id FOR create, update FULL;
    DEFINE INDEX mail ON item FIELDS mail UNIQUE;
    DEFINE INDEX pair ON item FIELDS a, tags.* UNIQUE;
    CREATE item:anns SET owner = user:ann, mail = 'ann@x', a = 1, tags = ['p', 'q'];
    CREATE item:bobs SET owner = user:bob, mail = 'bob@x'`)
  return db
}

async function refusal(db: Database, text: string, user?: string): Promise<string> {
  const auth = user === undefined ? undefined : { id: new RecordId('user', user), roles: [] }
  const session = auth === undefined ? {} : { isRoot: false, auth }
  const { results } = await db.run(text, {}, { session })
  const failed = results.find(
    (each) => each.status === 'error' && each.error.code === 'INDEX_UNIQUE_VIOLATION',
  )
  return failed?.status === 'error' ? failed.error.message : JSON.stringify(results)
}

test.each([
  `CREATE item:new SET mail = 'ann@x'`,
  `UPDATE item:bobs SET mail = 'ann@x'`,
  `UPSERT item:new SET mail = 'ann@x'`,
  `INSERT INTO item { mail: 'ann@x' }`,
  `BEGIN; CREATE item:new SET mail = 'ann@x'; COMMIT`,
])('%s names the value and the record to whoever may see that', async (text) => {
  const db = await open()
  const named = `index mail of table item already holds 'ann@x' for item:anns`
  expect(await refusal(db, text)).toBe(named)
  if (text.startsWith('UPDATE')) return
  expect(await refusal(db, text, 'ann')).toBe(named)
  expect(await refusal(db, text, 'bob')).toBe(bare)
})

test('nothing else of the error tells more', async () => {
  const db = await open()
  const session = { isRoot: false, auth: { id: new RecordId('user', 'bob'), roles: [] } }
  const { results } = await db.run(`CREATE item:new SET mail = 'ann@x'`, {}, { session })
  const [failed] = results
  expect(failed?.status === 'error' && failed.error).toMatchObject({ message: bare })
  expect(JSON.stringify(failed)).not.toContain('anns')
})

test('of several fields and elements the ones that are taken are named; long values are cut', async () => {
  const db = await open()
  expect(await refusal(db, `CREATE item SET a = 1, tags = ['r', 'q']`)).toBe(
    "index pair of table item already holds [1, 'q'] for item:anns",
  )
  const mail = 'x'.repeat(1_000)
  await db.put('item:long', { mail })
  const message = await refusal(db, `CREATE item SET mail = '${mail}'`)
  expect(message).toContain('… for item:long')
  expect(message.length).toBeLessThan(takenValueCharsMax + 100)
})

test('the library names them, records of the same commit too', async () => {
  const db = await open()
  const named = { details: { value: "'ann@x'", holder: 'item:anns' } }
  await expect(db.put('item:new', { mail: 'ann@x' })).rejects.toMatchObject(named)
  await expect(db.commit([{ put: 'item:new', fields: { mail: 'ann@x' } }])).rejects.toMatchObject(named)
  const twice = ['item:1', 'item:2'].map((put) => ({ put, fields: { mail: 'new' } }))
  await expect(db.commit(twice)).rejects.toMatchObject({ details: { value: "'new'", holder: 'item:1' } })
})
