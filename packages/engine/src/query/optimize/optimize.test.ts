import { beforeEach, describe, expect, test } from 'vitest'
import { MemoryHost } from '../testing/memory-host.ts'
import { operatorsOf, resultOf } from '../testing/run-text.ts'

let host: MemoryHost
const plan = (text: string) => operatorsOf(host, text)

beforeEach(async () => {
  host = new MemoryHost()
  await resultOf(
    host,
    `DEFINE INDEX a ON t FIELDS a;
     DEFINE INDEX bc ON t FIELDS b, c;
     DEFINE INDEX tags ON t FIELDS tags.*;
     DEFINE INDEX mail ON t FIELDS mail UNIQUE;
     DEFINE INDEX ox ON t FIELDS o.x`,
  )
})

describe('access paths', () => {
  const cases: readonly (readonly [text: string, source: string])[] = [
    ['SELECT * FROM t', 'scan_table'],
    ['SELECT * FROM t WHERE a = 1', 'scan_index a'],
    ['SELECT * FROM t WHERE 1 = a', 'scan_index a'],
    ['SELECT * FROM t WHERE a == $x', 'scan_index a'],
    ['SELECT * FROM t WHERE a IN [1, 2]', 'scan_index a'],
    ['SELECT * FROM t WHERE a = 1 OR a = 2', 'scan_index a'],
    ['SELECT * FROM t WHERE a > 1 AND a < 5', 'scan_index a'],
    ['SELECT * FROM t WHERE a BETWEEN 1 AND 5', 'scan_index a'],
    ['SELECT * FROM t WHERE a > 1', 'scan_index a'],
    ['SELECT * FROM t WHERE b = 1', 'scan_index bc'],
    ['SELECT * FROM t WHERE b = 1 AND c > 5', 'scan_index bc'],
    ['SELECT * FROM t WHERE tags CONTAINS "x"', 'scan_index tags'],
    ['SELECT * FROM t WHERE "x" IN tags', 'scan_index tags'],
    ['SELECT * FROM t WHERE tags CONTAINSANY ["x", "y"]', 'scan_index tags'],
    ['SELECT * FROM t WHERE o.x = 1', 'scan_index ox'],
    ['SELECT * FROM t WHERE a = 1 AND mail = "m"', 'scan_index mail'],
    ['SELECT * FROM t WHERE id = t:1', 'get_records'],
    ['SELECT * FROM t WHERE id IN [t:1, t:2]', 'get_records'],
    ['SELECT * FROM t WHERE id = t:1 OR t:2 = id', 'get_records'],
    ['SELECT * FROM t WHERE a = 1 AND id = t:1', 'get_records'],
    ['SELECT * FROM t:1 WHERE a = 1', 'get_records'],
    ['SELECT * FROM t WHERE a IN (SELECT VALUE x FROM u)', 'scan_index a'],
    // What cannot be looked up.
    ['SELECT * FROM t WHERE c = 1', 'scan_table'],
    ['SELECT * FROM t WHERE a != 1', 'scan_table'],
    ['SELECT * FROM t WHERE a = 1 OR b = 1', 'scan_table'],
    ['SELECT * FROM t WHERE a = c', 'scan_table'],
    ['SELECT * FROM t WHERE a + 1 = 2', 'scan_table'],
    ['SELECT * FROM t WHERE a = rand::int(1, 2)', 'scan_table'],
    ['SELECT * FROM t WHERE a IN (SELECT VALUE x FROM u WHERE y = $parent.b)', 'scan_table'],
    ['SELECT * FROM t WHERE tags = ["x"]', 'scan_table'],
    ['SELECT * FROM t WHERE a CONTAINS 1', 'scan_table'],
    ['SELECT * FROM t WITH NOINDEX WHERE a = 1', 'scan_table'],
    ['SELECT * FROM t WITH NOINDEX WHERE id = t:1', 'scan_table'],
    ['SELECT * FROM t WITH INDEX bc WHERE a = 1', 'scan_table'],
    ['SELECT * FROM t SPLIT a', 'scan_table'],
    ['SELECT a, b FROM t GROUP BY a HAVING a = 1', 'scan_index a'],
    ['SELECT a, count() AS n FROM t GROUP BY a HAVING n = 1', 'scan_table'],
  ]
  test.each(cases)('%s: %s', async (text, source) => {
    expect((await plan(text)).at(-1)).toBe(source)
  })

  test('bounds of the id narrow the scan', async () => {
    const shown = await resultOf(host, 'EXPLAIN SELECT * FROM t WHERE id >= t:1 AND id < t:9')
    expect(shown).toMatchObject({ inputs: [{ operator: 'scan_table', lower: '>= t:1', upper: '< t:9' }] })
  })

  test('an index that is not ready is not used', async () => {
    const catalog = host.database('main').view().catalog
    const building = { ...catalog.table('t')?.indexes[0], state: 'building' }
    expect(building.state).toBe('building')
    const { usableIndexes } = await import('./plan-context.ts')
    const table = { ...catalog.table('t'), indexes: [building] }
    const context = { catalog: { ...catalog, table: () => table } } as never
    expect(usableIndexes('t', context)).toEqual([])
  })

  test('each target of several finds its own way', async () => {
    const shown = await resultOf(host, 'EXPLAIN SELECT * FROM t, u WHERE a = 1')
    expect(shown).toMatchObject({
      operator: 'union',
      inputs: [{ inputs: [{ operator: 'scan_index' }] }, { inputs: [{ operator: 'scan_table' }] }],
    })
  })
})

describe('order', () => {
  const cases: readonly (readonly [text: string, operators: readonly string[]])[] = [
    ['SELECT * FROM t ORDER BY a LIMIT 5', ['limit', 'scan_index a']],
    ['SELECT * FROM t ORDER BY a DESC LIMIT 5', ['limit', 'scan_index a']],
    ['SELECT * FROM t WHERE b = 1 ORDER BY c LIMIT 5', ['limit', 'filter', 'scan_index bc']],
    ['SELECT * FROM t ORDER BY b, c LIMIT 5', ['limit', 'scan_index bc']],
    ['SELECT * FROM t ORDER BY id DESC LIMIT 5', ['limit', 'scan_table']],
    ['SELECT * FROM t ORDER BY id LIMIT 5', ['limit', 'scan_table']],
    // Not what the index holds, or not in its order.
    ['SELECT * FROM t ORDER BY a', ['sort', 'scan_table']],
    ['SELECT * FROM t ORDER BY c LIMIT 5', ['top_rows', 'scan_table']],
    ['SELECT * FROM t ORDER BY b, c DESC LIMIT 5', ['top_rows', 'scan_table']],
    ['SELECT * FROM t ORDER BY a COLLATE LIMIT 5', ['top_rows', 'scan_table']],
    ['SELECT * FROM t ORDER BY tags LIMIT 5', ['top_rows', 'scan_table']],
    ['SELECT * FROM t ORDER BY o.x LIMIT 5', ['top_rows', 'scan_table']],
    ['SELECT * FROM t ORDER BY RAND() LIMIT 5', ['limit', 'sort', 'scan_table']],
    ['SELECT * FROM t, u ORDER BY a LIMIT 5', ['top_rows', 'union', 'scan_table']],
    // A narrow condition beats an order.
    ['SELECT * FROM t WHERE mail = "x" ORDER BY a LIMIT 5', ['top_rows', 'filter', 'scan_index mail']],
  ]
  test.each(cases)('%s: %j', async (text, operators) => {
    expect(await plan(text)).toEqual(operators)
  })
})

describe('counting', () => {
  const cases: readonly (readonly [text: string, operators: readonly string[]])[] = [
    ['SELECT count() FROM t GROUP ALL', ['project', 'count']],
    ['COUNT t', ['project', 'count']],
    ['COUNT t WHERE a = 1', ['project', 'aggregate', 'scan_index a']],
    ['COUNT t WHERE a IN [1, 2] ', ['project', 'aggregate', 'scan_index a']],
    ['COUNT t WHERE b = 1 AND c BETWEEN 1 AND 2', ['project', 'aggregate', 'scan_index bc']],
    ['COUNT t WHERE a == 1', ['project', 'aggregate', 'scan_index a']],
    // More than the entries say.
    ['COUNT t WHERE a = 1 AND c = 2', ['project', 'aggregate', 'filter', 'scan_index a']],
    ['COUNT t WHERE o.x = 1', ['project', 'aggregate', 'filter', 'scan_index ox']],
    ['COUNT t WHERE tags CONTAINS 1', ['project', 'aggregate', 'filter', 'scan_index tags']],
    ['SELECT count(), a FROM t GROUP ALL', ['project', 'aggregate', 'scan_table']],
    ['SELECT count(a) FROM t GROUP ALL', ['project', 'aggregate', 'scan_table']],
    ['SELECT count() FROM t GROUP BY a', ['project', 'aggregate', 'scan_table']],
    ['SELECT count() FROM t:1..5 GROUP ALL', ['project', 'aggregate', 'scan_table']],
  ]
  test.each(cases)('%s: %j', async (text, operators) => {
    expect(await plan(text)).toEqual(operators)
  })
})

describe('conditions', () => {
  const cases: readonly (readonly [text: string, operators: readonly string[]])[] = [
    ['SELECT * FROM t WHERE false', ['nothing']],
    ['SELECT * FROM t WHERE true', ['scan_table']],
    ['SELECT * FROM t WHERE false AND c', ['nothing']],
    ['SELECT * FROM t WHERE true OR c', ['scan_table']],
    ['SELECT * FROM t WHERE c AND false', ['filter', 'scan_table']],
    ['SELECT c, count() FROM t GROUP BY c HAVING c > 1', ['project', 'aggregate', 'filter', 'scan_table']],
    [
      'SELECT c, count() AS n FROM t GROUP BY c HAVING n > 1',
      ['project', 'filter', 'aggregate', 'scan_table'],
    ],
  ]
  test.each(cases)('%s: %j', async (text, operators) => {
    expect(await plan(text)).toEqual(operators)
  })
})

describe('projection', () => {
  test('rows are projected after they are sorted and cut', async () => {
    expect(await plan('SELECT c AS d FROM t ORDER BY d LIMIT 5')).toEqual([
      'project',
      'top_rows',
      'scan_table',
    ])
  })

  test('but before, where a key of the order is computed at some cost', async () => {
    const shown = await resultOf(host, 'EXPLAIN SELECT count(->x) AS n FROM t ORDER BY n')
    expect(shown).toMatchObject({ operator: 'sort', projected: true })
  })

  test('all fields of the rows as they are need no projection', async () => {
    expect(await plan('SELECT * FROM t')).toEqual(['scan_table'])
  })
})
