import { Geometry, limits, Range, RecordId, type RecordKey, type Value, ValueSet } from '@dendrodb/protocol'
import { beforeEach, describe, expect, test } from 'vitest'
import type { IndexEntry } from '../models/model.ts'
import { runNql, runQuery } from '../run-query.ts'
import { parseExpression } from './dql/parse-dql.ts'
import { createStatementCompiler } from './execute/compile-statement.ts'
import { StatementRun } from './execute/statement-run.ts'
import { queryLimits } from './limits.ts'
import { MemoryHost } from './testing/memory-host.ts'
import { answerOf, resultOf, rootSession } from './testing/run-text.ts'

let host: MemoryHost

beforeEach(() => {
  host = new MemoryHost()
})

const bounds = {
  timeoutMs: 1_000,
  memoryBytes: 1_000,
  resultRows: 10,
  signal: undefined,
  canWait: true,
}

describe('time', () => {
  test('a statement is stopped when its time is over', async () => {
    const session = { ...rootSession, limits: { timeoutMs: 20 } }
    expect(await answerOf(host, 'FOR $i IN 1..900000 { LET $x = $i }', {}, session)).toBe('QUERY_TIMEOUT')
  })

  test('TIMEOUT shortens it and never lengthens it', async () => {
    const n = Array.from({ length: 200_000 }, (_, i) => i)
    const loop = 'SELECT VALUE string::repeat("x", 50).len() FROM $n'
    expect(await answerOf(host, `RETURN count(${loop} TIMEOUT 1ms)`, { n })).toBe('QUERY_TIMEOUT')
    const session = { ...rootSession, limits: { timeoutMs: 2 } }
    expect(await answerOf(host, `RETURN count(${loop} TIMEOUT 1h)`, { n }, session)).toBe('QUERY_TIMEOUT')
  })

  test('nothing of a statement that was stopped is written', async () => {
    const session = { ...rootSession, limits: { timeoutMs: 30 } }
    expect(await answerOf(host, 'FOR $i IN 1..900000 { CREATE t SET i = $i }', {}, session)).toBe(
      'QUERY_TIMEOUT',
    )
    expect(await resultOf(host, 'COUNT t')).toBe(0)
  })

  test('SLEEP has a longest', async () => {
    expect(await answerOf(host, `SLEEP ${queryLimits.sleepMsMax + 1}ms`)).toBe('QUERY_TYPE_EXPECTED')
    const session = { ...rootSession, signal: AbortSignal.timeout(5) }
    expect(await answerOf(host, `SLEEP ${queryLimits.sleepMsMax}ms`, {}, session)).toBe('QUERY_CANCELLED')
  })
})

describe('memory', () => {
  test('is bounded at the byte', () => {
    const run = new StatementRun(bounds)
    run.retain(999)
    run.retain(1)
    expect(() => run.retain(1)).toThrow('needs more than 1000 bytes')
    run.release(1)
    run.retain(1)
  })

  const rows = Array.from({ length: 5_000 }, (_, i) => ({ i, text: 'x'.repeat(200) }))
  const session = { ...rootSession, limits: { memoryBytes: 500_000 } }

  test.each([
    'SELECT * FROM $rows',
    'SELECT * FROM $rows ORDER BY i LIMIT 3000',
    'SELECT VALUE 1 FROM $rows ORDER BY i',
    'SELECT i, count() FROM $rows GROUP BY i, text',
    'SELECT array::group(text + <string>i) AS l FROM $rows GROUP ALL',
    'RETURN (SELECT * FROM $rows)',
  ])('%s', async (text) => {
    expect(await answerOf(host, text, { rows }, session)).toBe('QUERY_MEMORY_EXCEEDED')
  })

  test.each([
    'SELECT VALUE count() FROM $rows GROUP ALL',
    'SELECT * FROM $rows ORDER BY i LIMIT 5',
    'SELECT * FROM $rows LIMIT 5',
    'SELECT VALUE i FROM $rows WHERE (SELECT VALUE $this FROM [$parent.text])',
  ])('what is not kept does not count: %s', async (text) => {
    expect(await answerOf(host, text, { rows }, session)).not.toBe('QUERY_MEMORY_EXCEEDED')
  })
})

describe('memory of a whole text', () => {
  /** 45,000 bytes by the estimate. */
  const list = '<array> 1..5000'
  const session = { ...rootSession, limits: { memoryBytes: 1_000_000 } }
  const times = (count: number, statement: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => statement(i)).join('; ')
  const codesOf = async (text: string, vars = {}) => {
    const { results } = await runQuery(host, session, text, vars)
    return results.map((each) => (each.status === 'ok' ? 'ok' : each.error.code))
  }

  test.each([
    ['parameters', times(50, (i) => `LET $a${i} = ${list}`)],
    ['results', times(50, () => `RETURN ${list}`)],
    ['parameters and results', times(25, (i) => `LET $a${i} = ${list}; RETURN ${list}`)],
    ['parameters of a block', `RETURN { ${times(50, (i) => `LET $a${i} = ${list}`)} }`],
    ['what a transaction holds', `BEGIN; ${times(50, (i) => `LET $a${i} = ${list}`)}; COMMIT`],
    ['results of a transaction', `BEGIN; ${times(50, () => list)}; COMMIT`],
    ['results of writes', times(50, (i) => `CREATE t:${i} SET a = ${list}`)],
    ['texts', times(50, () => "RETURN string::repeat('x', 20000)")],
    ['ends of ranges', times(50, () => "RETURN string::repeat('x', 20000)..")],
    [
      'lists that share their parts',
      `LET $a = [1]; ${times(20, () => 'LET $a = [$a, $a, $a, $a]')}; RETURN 1`,
    ],
  ])('is bounded: %s', async (_, text) => {
    expect(new Set(await codesOf(text))).toContain('QUERY_MEMORY_EXCEEDED')
  })

  test('what does not fit is not written', async () => {
    const codes = await codesOf(times(50, (i) => `CREATE t:${i} SET a = ${list}`))
    const written = codes.filter((code) => code === 'ok').length
    expect(written).toBeGreaterThan(5)
    expect(written).toBeLessThan(50)
    expect(await resultOf(host, 'COUNT t')).toBe(written)
  })

  test.each([
    ['a parameter that is set again', times(50, () => `LET $a = ${list}`)],
    ['parameters of blocks that are over', times(50, () => `RETURN { LET $a = ${list}; 1 }`)],
    ['parameters of a loop', `FOR $i IN 1..100 { LET $a = ${list} }`],
    ['what is returned small', times(50, () => `RETURN count(${list})`)],
  ])('what is no longer held does not count: %s', async (_, text) => {
    expect(new Set(await codesOf(text))).toEqual(new Set(['ok']))
  })

  test('every row counts, and every level', async () => {
    const mostlySmall = '(IF $this % 16 = 1 { 1 } ELSE { string::repeat("x", 5000) })'
    expect(await codesOf(`SELECT VALUE ${mostlySmall} FROM ${list}`)).toEqual(['QUERY_MEMORY_EXCEEDED'])
    const deep = `${'['.repeat(50)}string::repeat("x", 600000)${']'.repeat(50)}`
    expect(await codesOf(`RETURN ${deep}`)).toEqual(['QUERY_MEMORY_EXCEEDED'])
  })

  test('is refused to all while the process has none left', () => {
    let isShort = false
    const memoryBytes = queryLimits.largeBytes * 2
    const run = new StatementRun({ ...bounds, memoryBytes, isMemoryShort: () => isShort })
    const short = expect.objectContaining({ code: 'QUERY_MEMORY_SHORT' })
    run.check()
    run.expect(queryLimits.largeBytes)
    isShort = true
    expect(() => run.check()).toThrow(short)
    expect(() => run.expect(queryLimits.largeBytes)).toThrow(short)
    run.expect(queryLimits.largeBytes - 1)
  })
})

describe('constants', () => {
  const constantOf = (text: string) => createStatementCompiler().expression(parseExpression(text)).constant

  test.each(['<array> 1..200000', 'array::range(1, 200000)', "string::repeat('x', 3000000)"])(
    'are not computed ahead of the run, whose bounds would not hold, where they are large: %s',
    async (large) => {
      expect(constantOf(large)).toBeUndefined()
      const session = { ...rootSession, limits: { memoryBytes: 1_000_000 } }
      expect(await answerOf(host, `RETURN [${large}].len()`, {}, session)).toBe('QUERY_MEMORY_EXCEEDED')
    },
  )

  test.each(['1 + 2', '[1, [2]]', "string::repeat('x', 10)", '<string> 1', 'array::range(1, 10)'])(
    'are computed once where they are small: %s',
    (small) => expect(constantOf(small)).toBeDefined(),
  )
})

test('between statements others have their turn', async () => {
  const heavy = 'RETURN array::len(array::sort(<array> 1..20000))'
  let isOver = false
  const running = runQuery(host, rootSession, Array(50).fill(heavy).join('; ')).then(() => {
    isOver = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  expect(isOver).toBe(false)
  await running
})

describe('rows of a result', () => {
  test('are bounded where the session says so', async () => {
    const session = { ...rootSession, limits: { resultRows: 3 } }
    expect(await answerOf(host, 'SELECT VALUE $this FROM [1, 2, 3]', {}, session)).toBe('[1, 2, 3]')
    expect(await answerOf(host, 'SELECT * FROM [1, 2, 3, 4]', {}, session)).toBe('QUERY_ROWS_EXCEEDED')
    expect(await answerOf(host, 'SELECT * FROM [1, 2, 3, 4] LIMIT 3', {}, session)).toBe('[1, 2, 3]')
    expect(await answerOf(host, 'RETURN count(SELECT * FROM [1, 2, 3, 4])', {}, session)).toBe('4')
    expect(await answerOf(host, 'CREATE |t:4|', {}, session)).toBe('QUERY_ROWS_EXCEEDED')
    expect(await resultOf(host, 'COUNT t')).toBe(0)
  })
})

describe('nesting', () => {
  const nested = (depth: number) => `RETURN ${'{ '.repeat(depth)}1${' }'.repeat(depth)}`

  test('of blocks is bounded while they run', async () => {
    expect(await answerOf(host, nested(queryLimits.nestingDepthMax))).toBe('1')
    expect(await answerOf(host, nested(queryLimits.nestingDepthMax + 1))).toBe('QUERY_TOO_DEEP')
  })

  test.each<readonly [string, (inner: Value) => Value]>([
    ['arrays', (inner) => [inner]],
    ['objects', (inner) => ({ f: inner })],
    ['sets', (inner) => ValueSet.from([inner])],
    ['ranges', (inner) => new Range({ value: inner, inclusive: true }, undefined)],
  ])('of %s that a query makes has room for an answer around a record', async (_, wrap) => {
    let deepest: Value = 1
    for (let i = 0; i < queryLimits.valueDepthMax - 1; i += 1) deepest = wrap(deepest)
    expect(await answerOf(host, 'RETURN [$a]', { a: deepest })).not.toBe('VALUE_TOO_DEEP')
    expect(await answerOf(host, 'RETURN [[$a]]', { a: deepest })).toBe('VALUE_TOO_DEEP')
    expect(queryLimits.valueDepthMax).toBeLessThan(limits.answerDepthMax)
  })

  test('a geometry collection is one level around its members', async () => {
    let deepest: Geometry = Geometry.of('MultiPolygon', [
      [
        [
          [0, 0],
          [0, 1],
          [1, 1],
          [0, 0],
        ],
      ],
    ])
    for (let i = 0; i < queryLimits.valueDepthMax - 1; i += 1) deepest = Geometry.collection([deepest])
    expect(await answerOf(host, 'RETURN [$a]', { a: deepest })).not.toBe('VALUE_TOO_DEEP')
    expect(await answerOf(host, 'RETURN [[$a]]', { a: deepest })).toBe('VALUE_TOO_DEEP')
  })

  test('a record id is the level around its key', async () => {
    let key: RecordKey = [1]
    for (let i = 0; i < 125; i += 1) key = [key]
    const wrapped = (levels: number) => `RETURN ${'['.repeat(levels)}$a${']'.repeat(levels)}`
    const room = queryLimits.valueDepthMax - 127
    expect(await answerOf(host, wrapped(room), { a: new RecordId('t', key) })).not.toBe('VALUE_TOO_DEEP')
    expect(await answerOf(host, wrapped(room + 1), { a: new RecordId('t', key) })).toBe('VALUE_TOO_DEEP')
  })
})

describe('traversals', () => {
  test('walk along so many edges and no more', () => {
    const run = new StatementRun(bounds)
    run.walk(queryLimits.traversalStepsMax)
    expect(() => run.walk(1)).toThrow('walks along more than')
  })

  test('recursion repeats so often and no more', async () => {
    await resultOf(host, 'CREATE n:1 SET next = n:2; CREATE n:2 SET next = n:1')
    const max = queryLimits.recursionDepthMax
    expect(await answerOf(host, `RETURN n:1.{${max}}.next`)).toBe('n:1')
    expect(await answerOf(host, `RETURN n:1.{${max + 1}}.next`)).toBe('QUERY_RECURSION_RANGE')
    expect(await answerOf(host, 'RETURN n:1.{0}.next')).toBe('QUERY_RECURSION_RANGE')
  })
})

describe('provenance', () => {
  test('shows so many records of a commit and no more', async () => {
    const max = queryLimits.commitRecordsMax
    await resultOf(host, `CREATE |t:${max}|`)
    await resultOf(host, `CREATE |t:${max + 1}|`)
    await resultOf(host, 'CREATE x:1 CAUSED BY [1, 2]')
    const text = 'SELECT VALUE array::len(records) FROM x:1 TRACE CAUSES'
    expect(await resultOf(host, text)).toEqual([max, max])
    expect(await resultOf(host, 'RETURN array::len((INFO FOR COMMIT 2).records)')).toBe(max)
  })

  test('leads to so many records and no more', async () => {
    const max = queryLimits.traceRecordsMax
    await resultOf(host, `CREATE |t:${max}|`)
    await resultOf(host, 'CREATE t:last; CREATE x:1 CAUSED BY 1; CREATE x:2 CAUSED BY [1, 2]')
    const trace = (id: number) => runNql(host, rootSession, `FROM x WHERE id = ${id} TRACE caused_by`)
    expect((await trace(1)).count).toBe(max)
    await expect(trace(2)).rejects.toMatchObject({ code: 'QUERY_TRACE_TOO_LARGE' })
  })

  test('shows so many versions of a record and no more', async () => {
    const max = queryLimits.historyVersionsMax
    await resultOf(host, 'UPSERT t:1;'.repeat(max))
    expect(await resultOf(host, 'RETURN array::len(record::history(t:1))')).toBe(max)
    await resultOf(host, 'UPDATE t:1')
    expect(await resultOf(host, 'RETURN array::len(record::history(t:1))')).toBe(max)
  })
})

describe('mock targets', () => {
  test('make so many records and no more', async () => {
    const max = queryLimits.mockRecordsMax
    expect(await answerOf(host, `RETURN count(|t:${max}|)`)).toBe(String(max))
    expect(await answerOf(host, `RETURN count(|t:${max + 1}|)`)).toBe('QUERY_TYPE_EXPECTED')
  })
})

describe('batches', () => {
  test('have so many rows and no more', async () => {
    const max = queryLimits.batchRowsMax
    const rows = Array.from({ length: max + 1 }, (_, i) => i)
    const shown = await resultOf(host, 'EXPLAIN ANALYZE SELECT VALUE $this FROM $rows SPLIT x', { rows })
    expect(shown).toMatchObject({ rows: max + 1 })
  })
})

describe('looking things up', () => {
  test('lists are looked up as far as the bound, and found beyond it all the same', async () => {
    const count = queryLimits.pointUnionMax + 1
    await resultOf(host, 'DEFINE INDEX a ON t FIELDS a; CREATE t:1 SET a = 0; CREATE t:2 SET a = -1')
    for (const length of [count - 1, count]) {
      const list = Array.from({ length }, (_, i) => i)
      const ids = list.map((i) => new RecordId('t', i + 1))
      expect(await answerOf(host, 'SELECT VALUE id FROM t WHERE a IN $list', { list })).toBe('[t:1]')
      expect(await answerOf(host, 'SELECT VALUE id FROM t WHERE id IN $ids', { ids })).toBe('[t:1, t:2]')
      const shown = await resultOf(host, 'EXPLAIN ANALYZE SELECT * FROM t WHERE a IN $list', { list })
      // Below the bound the index finds the one record; beyond it both are looked at.
      expect(shown).toMatchObject({ inputs: [{ operator: 'scan_index', rows: length === count ? 2 : 1 }] })
    }
  })

  test('one value is looked up as far as its rows are wanted', async () => {
    await resultOf(host, 'DEFINE INDEX a ON t FIELDS a')
    await resultOf(host, 'INSERT INTO t $rows', {
      rows: Array.from({ length: 500 }, (_, id) => ({ id, a: 1 })),
    })
    const shown = await resultOf(host, 'EXPLAIN ANALYZE SELECT * FROM t WHERE a = 1 LIMIT 3')
    expect(shown).toMatchObject({
      inputs: [{ inputs: [{ operator: 'scan_index', rows: queryLimits.firstBatchRows }] }],
    })
    expect(await answerOf(host, 'SELECT VALUE id FROM t WHERE a = 1 LIMIT 2 START 150')).toBe(
      '[t:150, t:151]',
    )
    expect(await answerOf(host, 'SELECT count() FROM t WHERE a = 1 GROUP ALL')).toBe('[{ count: 500 }]')
  })

  test('a table is read as far as its rows are wanted', async () => {
    await resultOf(host, 'INSERT INTO t $rows', { rows: Array.from({ length: 500 }, (_, id) => ({ id })) })
    const shown = await resultOf(host, 'EXPLAIN ANALYZE SELECT * FROM t LIMIT 3')
    expect(shown).toMatchObject({ inputs: [{ operator: 'scan_table', rows: queryLimits.firstBatchRows }] })
    expect(await answerOf(host, 'SELECT VALUE id FROM t LIMIT 2 START 150')).toBe('[t:150, t:151]')
    expect(await answerOf(host, 'SELECT count(), math::sum(id.id()) AS n FROM t GROUP ALL')).toBe(
      '[{ count: 500, n: 124750 }]',
    )
  })

  test('more entries than the bound, and the table is scanned instead', async () => {
    await resultOf(host, 'DEFINE INDEX a ON t FIELDS a; CREATE t:1 SET a = 1; CREATE t:2 SET a = 2')
    for (const [entries, rows] of [
      [queryLimits.indexEntriesMax, 1],
      [queryLimits.indexEntriesMax + 1, 2],
    ] as const) {
      const flooded = floodedHost(host, entries)
      const shown = await resultOf(flooded, 'EXPLAIN ANALYZE SELECT * FROM t WHERE a >= 1 AND a <= 1')
      expect(shown).toMatchObject({ rows: 1, inputs: [{ operator: 'scan_index', rows }] })
    }
  })
})

/** The host with an index that gives the one entry for `t:1` again and again. */
function floodedHost(inner: MemoryHost, entries: number) {
  const database = inner.database('main')
  const [entry] = [{ id: new RecordId('t', 1), idKey: Uint8Array.of(1), isLong: false }] as const
  const view = (asOf?: Parameters<typeof database.view>[0]) =>
    Object.assign(database.view(asOf), {
      async *scanIndex(): AsyncIterable<readonly IndexEntry[]> {
        for (let left = entries; left > 0; left -= 1_000) {
          yield new Array<IndexEntry>(Math.min(left, 1_000)).fill(entry)
        }
      },
    })
  const flooded = Object.assign(Object.create(database) as typeof database, { view, name: 'main' })
  return { database: () => flooded, databaseNames: async () => ['main'], dropDatabase: async () => undefined }
}

test('plans kept per statement are bounded', async () => {
  const text = 'SELECT VALUE id FROM t WHERE a = 1'
  const names = Array.from({ length: queryLimits.plansPerStatementMax + 1 }, (_, i) => `db${i}`)
  for (const round of [1, 2]) {
    for (const name of names) {
      const session = { ...rootSession, database: name }
      await runQuery(host, session, `CREATE t SET a = 1`)
      const found = (await resultOf(host, text, {}, session)) as readonly Value[]
      expect(found).toHaveLength(round)
    }
  }
})

describe('type::field', () => {
  test('takes texts up to a length', async () => {
    const name = 'x'.repeat(queryLimits.dynamicFieldBytesMax)
    const row = { [name]: 1 }
    expect(await answerOf(host, 'SELECT VALUE type::field($name) FROM $row', { name, row })).toBe('[1]')
    expect(await answerOf(host, 'SELECT VALUE type::field($name) FROM $row', { name: `${name}x`, row })).toBe(
      'DQL_TOO_LONG',
    )
  })

  test('answers for more paths than it keeps', async () => {
    const count = queryLimits.dynamicFieldsMax + 2
    const row = Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}`, i]))
    const text = 'SELECT VALUE type::fields($names) FROM ONLY $row'
    for (const _ of [1, 2]) {
      const values = await resultOf(host, text, { names: Object.keys(row), row })
      expect(values).toEqual(Object.values(row))
    }
  })
})

test('a range as a value stands for the records in it', async () => {
  await resultOf(host, 'CREATE t:1, t:2, t:3')
  const range = new Range(
    { value: new RecordId('t', 1), inclusive: false },
    { value: new RecordId('t', 3), inclusive: true },
  )
  expect(await answerOf(host, 'SELECT VALUE id FROM $range', { range })).toBe('[t:2, t:3]')
})
