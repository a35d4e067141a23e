/** Lookups that are answered from memory, held against scans of the records, while they change. */

import { RecordId } from '@dendrodb/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openEngine } from '../open-engine.ts'

const value = fc.constantFrom('x', 'y', null, 1)
const write = fc.record({
  kind: fc.constantFrom('put', 'delete', 'relate', 'unrelate', 'batch'),
  key: fc.integer({ min: 0, max: 7 }),
  other: fc.integer({ min: 0, max: 7 }),
  a: value,
  b: value,
  list: fc.array(value, { maxLength: 3 }),
})

const lookups = [
  "SELECT VALUE id FROM t WHERE a = 'x'",
  "SELECT VALUE id FROM t WHERE a = 'x' AND b = 1",
  "SELECT VALUE id FROM t WHERE list CONTAINS 'y'",
] as const

test('a lookup gives what a scan gives, whatever has been written since it was kept', async () => {
  const engine = await openEngine()
  let run = 0
  await fc.assert(
    fc.asyncProperty(fc.array(write, { minLength: 1, maxLength: 25 }), async (writes) => {
      run += 1
      const database = await engine.database(`lookups-${run}`)
      await database.query(
        `DEFINE TABLE knows TYPE RELATION; DEFINE INDEX ab ON t FIELDS a, b; DEFINE INDEX list ON t FIELDS list.*`,
      )
      for (const { kind, key, other, a, b, list } of writes) {
        const t = (at: number) => new RecordId('t', at)
        const edge = new RecordId('knows', key * 8 + other)
        if (kind === 'put') await database.put(t(key), { a, b, list })
        if (kind === 'delete') await database.delete(t(key))
        if (kind === 'relate') await database.put(edge, { in: t(key), out: t(other) })
        if (kind === 'unrelate') await database.delete(edge)
        if (kind === 'batch')
          await database.commit([{ put: t(key), fields: { a, b, list } }, { delete: t(other) }])
        for (const lookup of lookups) {
          const [fast, slow] = [lookup, lookup.replace('FROM t', 'FROM t WITH NOINDEX')]
          expect(await database.query(fast)).toEqual(await database.query(slow))
        }
        const [out, into] = await database.query(
          'SELECT VALUE ->knows->t FROM ONLY $id; SELECT VALUE <-knows<-t FROM ONLY $id',
          { id: t(key) },
        )
        const [scannedOut, scannedInto] = await database.query(
          `SELECT VALUE out FROM knows WITH NOINDEX WHERE in = $id AND $exists ORDER BY out;
           SELECT VALUE in FROM knows WITH NOINDEX WHERE out = $id AND $exists ORDER BY in`,
          { id: t(key), exists: (await database.get(t(key))) !== undefined },
        )
        expect(out ?? []).toEqual(scannedOut)
        expect(into ?? []).toEqual(scannedInto)
      }
      await database.close()
    }),
    { numRuns: 25 },
  )
  await engine.close()
})
