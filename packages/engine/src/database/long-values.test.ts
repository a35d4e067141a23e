/**
 * Values and ids about as long as an index entry may be: entries that are cut, those that just are not, and
 * all that share with others what the bounds of a range have of them.
 */

import type { RecordId } from '@dendrodb/protocol'
import { expect, onTestFinished, test } from 'vitest'
import { indexEntryBytesMax, indexEntryPrefixBytes } from '../ledger/limits.ts'
import { openEngine } from '../open-engine.ts'
import type { Database } from './database.ts'

const lengths = [-6, -4, -3, -2, -1, 0, 1, 10, 20].map((more) => indexEntryPrefixBytes + more)
const longer = [-3, -2, -1, 0, 1, 40, 80, 81, 82].map((more) => indexEntryBytesMax + more)
const all = [...longer, ...lengths]

async function open(): Promise<Database> {
  const engine = await openEngine()
  onTestFinished(() => engine.close())
  return engine.database('main')
}

const person = (end: string | number) => `person:⟨${'x'.repeat(indexEntryPrefixBytes)}${end}⟩`

for (const index of ['FIELDS body', 'FIELDS body, n', 'FIELDS body, n UNIQUE']) {
  test(`an index on ${index} counts and orders long values as a table without it does`, async () => {
    const db = await open()
    await db.query(`DEFINE INDEX body ON text ${index}`)
    for (const [n, length] of all.entries()) {
      for (const table of ['text', 'plain']) {
        await db.query(`CREATE type::record($table, $n) SET body = string::repeat('x', $length), n = $n`, {
          table,
          n,
          length,
        })
      }
    }
    const at = db.head().seq
    await db.query('UPDATE text SET body = 1, n = id.id() + 100; DELETE plain; DELETE text:3')
    const questions = ['ORDER BY body', 'ORDER BY body DESC'].flatMap((order) => [
      `SELECT VALUE body FROM # ${order} LIMIT 7`,
      `SELECT VALUE body FROM # WHERE body > '${'x'.repeat(indexEntryPrefixBytes)}' ${order} LIMIT 5`,
    ])
    for (const length of all) {
      for (const operator of ['=', '<', '<=', '>', '>=']) {
        questions.push(`COUNT # WHERE body ${operator} '${'x'.repeat(length)}'`)
      }
      questions.push(`COUNT # WHERE body = '${'x'.repeat(length)}' AND n = 4`)
    }
    const answers = async (table: string) => {
      return db.query(questions.map((each) => `${each.replace('#', table)} AS OF ${at}`).join(';'))
    }
    expect(await answers('text')).toEqual(await answers('plain'))
    await db.query(`DEFINE SNAPSHOT then AT ${at}; RESTORE SNAPSHOT then`)
    expect(await db.query(questions.map((each) => each.replace('#', 'text')).join(';'))).toEqual(
      await answers('plain'),
    )
  })
}

test('edges of a node with a long id are not those of others whose ids begin the same', async () => {
  const db = await open()
  await db.query('DEFINE TABLE knows TYPE RELATION')
  for (const end of ['a', 'b', 'y'.repeat(indexEntryBytesMax)]) {
    await db.query(`CREATE ${person(end)}; RELATE ${person(end)}->knows->pet:1 SET of = '${end.slice(0, 1)}'`)
    await db.query(`RELATE pet:2->knows->${person(end)} SET of = '${end.slice(0, 1)}'`)
  }
  const at = db.head().seq
  for (const end of ['a', 'b', 'y'.repeat(indexEntryBytesMax)]) {
    const [edges, past] = await db.query(`
      SELECT VALUE <->knows.of FROM ONLY ${person(end)};
      SELECT VALUE <->knows.of FROM ONLY ${person(end)} AS OF ${at}
    `)
    expect([edges, past]).toEqual(new Array(2).fill([end.slice(0, 1), end.slice(0, 1)]))
  }
  await db.query(`DELETE ${person('a')}`)
  expect(await db.query('SELECT VALUE of FROM knows ORDER BY of')).toEqual([['b', 'b', 'y', 'y']])
  const { records } = await db.erase(person('b'))
  expect(records).toBe(3)
  expect(await db.query('SELECT VALUE of FROM knows')).toEqual([['y', 'y']])
  expect(await db.query(`SELECT VALUE of FROM knows AS OF ${at} ORDER BY of`)).toEqual([['a', 'a', 'y', 'y']])
  expect((await db.verify()).isIntact).toBe(true)
})

test('edges to records with long ids come in the order of those', async () => {
  const db = await open()
  await db.query('DEFINE TABLE knows TYPE RELATION')
  for (const length of all) await db.query(`RELATE pet:1->knows->person:⟨${'x'.repeat(length)}⟩`)
  const [found] = await db.query('RETURN pet:1->knows->person')
  expect((found as RecordId[]).map(({ key }) => String(key).length)).toEqual(all.toSorted((a, b) => a - b))
})
