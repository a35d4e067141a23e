/** Space comes back while everybody reads and writes. */

import { randomBytes } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import { openEngine } from '../open-engine.ts'
import { temporaryFolder } from '../testing/shop-folder.ts'
import type { Database } from './database.ts'

const masterKey = randomBytes(32)
const rows = 400

async function open(path: string, isSealed: boolean): Promise<Database> {
  const engine = await openEngine({ path, writeBufferBytes: 256 * 1024, ...(isSealed && { masterKey }) })
  onTestFinished(() => engine.close())
  return engine.database('main')
}

const payload = () => randomBytes(1_500).toString('hex')

test.each([
  ['in the clear', false],
  ['sealed', true],
])(
  'a table without a history shrinks to what is in it, %s',
  async (_, isSealed) => {
    const db = await open(temporaryFolder(), isSealed)
    await db.query('DEFINE TABLE page HISTORY NONE; DEFINE INDEX n ON page FIELDS n')
    for (let round = 0; round < 4; round += 1) {
      const operations = Array.from({ length: rows }, (_, n) => ({
        put: `page:${n}`,
        fields: { n, round, payload: payload() },
      }))
      await db.commit(operations)
    }
    let isCompacting = true
    let [reads, writes] = [0, 0]
    const reader = (async () => {
      while (isCompacting) {
        const [found] = await db.query(`SELECT VALUE round FROM page WHERE n = ${reads % rows}`)
        expect(found).toEqual([3])
        reads += 1
        // What is in memory is answered at once, and nobody else would have a turn.
        await new Promise((resolve) => setImmediate(resolve))
      }
    })()
    const writer = (async () => {
      while (isCompacting) {
        await db.put('other:1', { writes })
        writes += 1
      }
    })()
    const { bytesBefore, bytesAfter } = await db.forgetting.compact()
    isCompacting = false
    await Promise.all([reader, writer])
    expect(Math.min(reads, writes)).toBeGreaterThan(0)
    expect(bytesAfter).toBeLessThan(bytesBefore / 2)
    expect(await db.get('other:1')).toMatchObject({ writes: writes - 1 })
    const report = await db.verify()
    expect(report).toMatchObject({ findings: [], expired: 3 * rows })
  },
  240_000,
)

test('a sealed database erases as one in the clear does', async () => {
  const path = temporaryFolder()
  const db = await open(path, true)
  for (let n = 0; n < 200; n += 1) await db.put(`page:${n}`, { n, payload: payload() })
  const reader = await db.view()
  const { versions } = await db.erase('page:7')
  reader.close()
  await db.forgetting.settle()
  expect(versions).toBe(1)
  expect(await db.get('page:7')).toBeUndefined()
  expect(await db.get('page:8')).toMatchObject({ n: 8 })
  expect((await db.verify()).findings).toEqual([])
})
