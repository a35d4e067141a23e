import { expect, test } from 'vitest'
import { planLines } from './plan-tree.ts'

test('shows a plan as a tree, with what is known of each operator', () => {
  const scan = { operator: 'scan_table', table: 'user', estimated_rows: 2 }
  const filter = { operator: 'filter', condition: 'age > 3', inputs: [scan] }
  expect(planLines({ operator: 'union', inputs: [filter, scan] })).toEqual([
    'union',
    "├─ filter condition='age > 3'",
    '│  └─ scan_table estimated_rows=2 table=user',
    '└─ scan_table estimated_rows=2 table=user',
  ])
})

test.each([[null], [{}], [{ operator: 1 }], [{ operator: 'a', inputs: [1] }], [[]]])(
  '%j is no plan',
  (value) => {
    expect(planLines(value)).toBeUndefined()
  },
)
