import { compareValues, Decimal, equalValues, float, formatValue, type Value } from '@dendrodb/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MemoryHost } from '../../testing/memory-host.ts'
import { resultOf } from '../../testing/run-text.ts'

const key = fc.constantFrom<Value>(
  undefined,
  null,
  0,
  -0.5,
  1,
  float(1),
  Decimal.parse('1'),
  2n ** 60n,
  float(2 ** 60),
  Number.NaN,
  '1',
  '\0',
  '',
  's1:a',
  true,
  [1, 'a'],
  [float(1), 'a'],
  { x: 1 },
)

test('groups are those that comparing every key with every other finds, in the order of the keys', async () => {
  const host = new MemoryHost()
  const rows = fc.array(fc.record({ a: key, b: key }), { maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(rows, fc.boolean(), async (given, isPair) => {
      const numbered = given.map((row, n) => ({ ...row, n }))
      const keys = isPair ? 'a, b' : 'a'
      const found = await resultOf(host, `SELECT VALUE array::group(n) FROM $rows GROUP BY ${keys}`, {
        rows: numbered,
      })
      const groups: (typeof numbered)[] = []
      for (const row of numbered) {
        const own = groups.find(([first]) => {
          return equalValues(first?.a, row.a) && (!isPair || equalValues(first?.b, row.b))
        })
        if (own === undefined) groups.push([row])
        else own.push(row)
      }
      groups.sort(([a], [b]) => compareValues(a?.a, b?.a) || (isPair ? compareValues(a?.b, b?.b) : 0))
      expect(formatValue(found)).toBe(formatValue(groups.map((group) => group.map((row) => row.n))))
    }),
  )
})
