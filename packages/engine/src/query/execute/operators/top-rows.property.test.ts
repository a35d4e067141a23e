import { compareValues, formatValue, type Value } from '@dendrodb/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MemoryHost } from '../../testing/memory-host.ts'
import { resultOf } from '../../testing/run-text.ts'

test('the first rows of a sort are those a stable sort puts first', async () => {
  const host = new MemoryHost()
  const scalar = fc.constantFrom<Value>(undefined, null, 1, 2, 2.5, 'a', 'b', true)
  const rows = fc.array(fc.record({ a: scalar, b: scalar }), { maxLength: 40 })
  const amount = fc.integer({ min: 0, max: 12 })
  await fc.assert(
    fc.asyncProperty(rows, amount, amount, async (given, limit, skip) => {
      const numbered = given.map((row, n) => ({ ...row, n }))
      const found = await resultOf(
        host,
        `SELECT VALUE n FROM $rows ORDER BY a, b DESC LIMIT ${limit} START ${skip}`,
        { rows: numbered },
      )
      const sorted = [...numbered].sort((x, y) => {
        return compareValues(x.a, y.a) || compareValues(y.b, x.b) || x.n - y.n
      })
      expect(formatValue(found)).toBe(formatValue(sorted.slice(skip, skip + limit).map((row) => row.n)))
    }),
  )
})
