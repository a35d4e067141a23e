import { RecordId } from '@dendrodb/protocol'
import { expect, test } from 'vitest'
import { openEngine } from '../../open-engine.ts'

test('a table whose ids have all lengths is scanned as of the past', async () => {
  const engine = await openEngine()
  const database = await engine.database('test')
  const keys = ['a-rather-long-key', ['a', 1], 1, 'b', { x: 1 }, 'a', 123_456_789] as const
  const ids = keys.map((key) => new RecordId('t', key))
  for (const id of ids) await database.put(id, { n: 1 })
  const { seq } = database.head()
  const before = await database.query('SELECT * FROM t')
  for (let round = 0; round < 3; round += 1) {
    for (const id of ids) await (round === 2 ? database.delete(id) : database.put(id, { n: 2 + round }))
  }
  expect(await database.query(`SELECT * FROM t AS OF ${seq}`)).toEqual(before)
  expect(await database.query(`SELECT * FROM t WITH NOINDEX AS OF ${seq}`)).toEqual(before)
  await engine.close()
})
