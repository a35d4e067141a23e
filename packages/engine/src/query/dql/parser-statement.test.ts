import { describe, expect, test } from 'vitest'
import { parseDql } from './parse-dql.ts'
import { withoutSpans } from './tree.fixture.ts'

const field = (name: string) => ({ kind: 'idiom', parts: [{ kind: 'field', name }] })
const table = (name: string) => ({ kind: 'table', name })
const value = (v: unknown) => ({ kind: 'literal', value: v })

function only(text: string): unknown {
  const statements = parseDql(text)
  expect(statements).toHaveLength(1)
  return withoutSpans(statements[0])
}

test('a text holds any number of statements; empty ones and comments are nothing', () => {
  expect(parseDql('')).toEqual([])
  expect(parseDql(' ;; -- x\n # y\n // z\n /* ; */ ;')).toEqual([])
  expect(parseDql('RETURN 1; RETURN 2;').map((s) => s.kind)).toEqual(['return', 'return'])
  expect(parseDql('RETURN 1 -- 2\n+ 3').length).toBe(1)
})

describe('SELECT', () => {
  test('has every clause in its property', () => {
    expect(
      only(
        `SELECT a, b.c AS d.e, * OMIT f FROM ONLY g, h:1
         AS OF 5 VALID AS OF $v TRACE CAUSES WITH INDEX i, j WHERE k SPLIT l GROUP BY m HAVING n
         ORDER BY o DESC, p COLLATE NUMERIC LIMIT 10 START 20 FETCH q TIMEOUT 5s PARALLEL TEMPFILES
         EXPLAIN FULL`,
      ),
    ).toEqual({
      kind: 'select',
      projection: {
        value: false,
        items: [
          { kind: 'field', expression: field('a') },
          {
            kind: 'field',
            expression: { kind: 'idiom', parts: [...field('b').parts, ...field('c').parts] },
            alias: { kind: 'idiom', parts: [...field('d').parts, ...field('e').parts] },
          },
          { kind: 'all' },
        ],
      },
      omit: [field('f')],
      only: true,
      from: [table('g'), { kind: 'record_id', table: 'h', key: { kind: 'key_literal', value: 1 } }],
      asOf: value(5),
      validAsOf: { kind: 'param', name: 'v' },
      trace: { direction: 'causes' },
      index: { type: 'index', names: ['i', 'j'] },
      where: field('k'),
      split: [field('l')],
      group: { type: 'by', keys: [field('m')] },
      having: field('n'),
      order: {
        type: 'by',
        keys: [
          { expression: field('o'), descending: true, collate: false, numeric: false },
          { expression: field('p'), descending: false, collate: true, numeric: true },
        ],
      },
      limit: value(10),
      skip: value(20),
      fetch: [field('q')],
      timeout: expect.objectContaining({ kind: 'literal' }),
      parallel: true,
      tempfiles: true,
      explain: 'full',
    })
  })

  test('without clauses has none of their properties', () => {
    expect(only('SELECT * FROM a')).toEqual({
      kind: 'select',
      projection: { value: false, items: [{ kind: 'all' }] },
      only: false,
      from: [table('a')],
      parallel: false,
      tempfiles: false,
    })
  })

  test.each([
    ['SELECT * FROM a WHERE b AS OF 5', 'SELECT * FROM a AS OF 5 WHERE b'],
    ['SELECT * FROM a VERSION 5', 'SELECT * FROM a AS OF 5'],
    ['SELECT * FROM a VALID AS OF 1 AS OF 2', 'SELECT * FROM a AS OF 2 VALID AS OF 1'],
    ['SELECT * FROM a LIMIT BY 5 START AT 3', 'SELECT * FROM a START 3 LIMIT 5'],
    ['SELECT * FROM a GROUP b', 'SELECT * FROM a GROUP BY b'],
    ['SELECT * FROM a SPLIT ON b', 'SELECT * FROM a SPLIT b'],
    ['SELECT * FROM a ORDER b ASC', 'SELECT * FROM a ORDER BY b'],
    ['SELECT * FROM a TRACE caused_by REVERSE', 'SELECT * FROM a TRACE EFFECTS'],
    ['SELECT ->b->c WHERE d FROM a', 'SELECT ->b->c[WHERE d] FROM a'],
    ['SELECT x.y->b->c.d WHERE e AS f FROM a', 'SELECT x.y->b->c.d[WHERE e] AS f FROM a'],
  ])('%s is %s', (text, same) => {
    expect(only(text)).toEqual(only(same))
  })

  test('a condition before FROM belongs to a traversal alone', () => {
    expect(() => parseDql('SELECT name WHERE a FROM b')).toThrow("unexpected 'WHERE' at line 1, column 13")
  })

  test('VALUE is a keyword where it has something to select', () => {
    expect(only('SELECT VALUE a FROM b')).toMatchObject({
      projection: { value: true, items: [{ expression: field('a') }] },
    })
    expect(only('SELECT VALUE in FROM b')).toMatchObject({ projection: { value: true } })
    expect(only('SELECT value FROM b')).toMatchObject({
      projection: { value: false, items: [{ expression: field('value') }] },
    })
    expect(only('SELECT value, a FROM b')).toMatchObject({ projection: { value: false } })
    expect(only('SELECT value - 1 FROM b')).toMatchObject({ projection: { value: false } })
    expect(only('SELECT VALUE -1 FROM b')).toMatchObject({ projection: { value: true } })
    for (const path of ['@.a', '@->a->b', '@<-a', '@<->a', '@[0]']) {
      expect(only(`SELECT VALUE ${path} FROM b`)).toMatchObject({ projection: { value: true } })
    }
    expect(only("SELECT value @1@ 'x' FROM b")).toMatchObject({ projection: { value: false } })
  })

  test('ONLY is a keyword where a target follows', () => {
    expect(only('SELECT * FROM ONLY a')).toMatchObject({ only: true, from: [table('a')] })
    expect(only('SELECT * FROM only WHERE a')).toMatchObject({ only: false, from: [table('only')] })
  })

  test('targets are tables, ids, ranges, parameters, subqueries, lists and values', () => {
    expect(
      only('SELECT * FROM a, b:1, b:1..2, $c, (SELECT * FROM d), [e, f:1], {g: 1}, h::i(), j->k'),
    ).toMatchObject({
      from: [
        table('a'),
        { kind: 'record_id' },
        { kind: 'record_id', key: { kind: 'key_range' } },
        { kind: 'param' },
        { kind: 'subquery' },
        { kind: 'array', items: [table('e'), { kind: 'record_id' }] },
        { kind: 'object' },
        { kind: 'call', name: 'h::i' },
        { kind: 'idiom', start: table('j'), parts: [{ kind: 'graph' }] },
      ],
    })
  })

  test('names are tables in targets alone', () => {
    expect(only('SELECT a FROM type::table(b)')).toMatchObject({ from: [{ args: [field('b')] }] })
    expect(only('SELECT a FROM x:[b]')).toMatchObject({ from: [{ key: { items: [field('b')] } }] })
    expect(only('SELECT a FROM [b[c]]')).toMatchObject({
      from: [{ items: [{ start: table('b'), parts: [{ index: field('c') }] }] }],
    })
    expect(only('SELECT [a] FROM (b)')).toMatchObject({
      projection: { items: [{ expression: { items: [field('a')] } }] },
    })
  })

  test('chance orders by RAND() alone', () => {
    expect(only('SELECT * FROM a ORDER BY rand()')).toMatchObject({ order: { type: 'rand' } })
    expect(only('SELECT * FROM a ORDER BY (rand())')).toMatchObject({ order: { type: 'by' } })
    expect(only('SELECT * FROM a ORDER BY rand')).toMatchObject({
      order: { keys: [{ expression: field('rand') }] },
    })
  })

  test('GROUP ALL is one group', () => {
    expect(only('SELECT count() FROM a GROUP ALL')).toMatchObject({ group: { type: 'all' } })
  })
})

describe('other reading statements', () => {
  test('COUNT counts a target, count() is a function', () => {
    expect(only('COUNT a WHERE b GROUP BY c')).toEqual({
      kind: 'count',
      target: table('a'),
      where: field('b'),
      group: [field('c')],
    })
    expect(only('count(a)')).toMatchObject({ kind: 'expression', expression: { kind: 'call' } })
  })

  test('LIVE SELECT has a projection or DIFF', () => {
    expect(only('LIVE SELECT DIFF FROM a WHERE b')).toEqual({
      kind: 'live',
      from: table('a'),
      where: field('b'),
    })
    expect(only('LIVE SELECT diff, b FROM a')).toMatchObject({ projection: { items: [{}, {}] } })
  })

  test('EXPLAIN explains a statement', () => {
    expect(only('EXPLAIN ANALYZE DELETE a')).toMatchObject({
      kind: 'explain',
      analyze: true,
      statement: { kind: 'delete' },
    })
    expect(only('EXPLAIN SELECT * FROM a')).toMatchObject({ analyze: false, statement: { kind: 'select' } })
  })
})

describe('writing statements', () => {
  test('CREATE takes targets, data and what every write takes', () => {
    expect(
      only(
        `CREATE ONLY a:1, b SET c = 1, d.e += 2, f -= 3, g +?= 4 RETURN NONE TIMEOUT $t PARALLEL
         VALID FROM $v TO $w CAUSED BY 5 EVIDENCE 'x' CONFIDENCE 0.5`,
      ),
    ).toEqual({
      kind: 'create',
      only: true,
      targets: [{ kind: 'record_id', table: 'a', key: { kind: 'key_literal', value: 1 } }, table('b')],
      data: {
        type: 'set',
        assignments: [
          { place: field('c'), operator: '=', value: value(1) },
          {
            place: { kind: 'idiom', parts: [...field('d').parts, ...field('e').parts] },
            operator: '+=',
            value: value(2),
          },
          { place: field('f'), operator: '-=', value: value(3) },
          { place: field('g'), operator: '+?=', value: value(4) },
        ],
      },
      output: { type: 'none' },
      timeout: { kind: 'param', name: 't' },
      parallel: true,
      meta: {
        validFrom: { kind: 'param', name: 'v' },
        validTo: { kind: 'param', name: 'w' },
        causedBy: value(5),
        evidence: value('x'),
        confidence: value(0.5),
      },
    })
  })

  test.each(['none', 'null', 'before', 'after', 'diff'])('RETURN %s', (type) => {
    expect(only(`UPDATE a SET b = 1 RETURN ${type}`)).toMatchObject({ output: { type } })
  })

  test('RETURN takes fields and VALUE', () => {
    expect(only('UPDATE a RETURN b, c AS d')).toMatchObject({
      output: { type: 'fields', projection: { value: false, items: [{}, { alias: field('d') }] } },
    })
    expect(only('UPDATE a RETURN VALUE b')).toMatchObject({ output: { projection: { value: true } } })
  })

  test.each(['content', 'merge', 'patch', 'replace'])('data by %s', (type) => {
    expect(only(`UPSERT a ${type.toUpperCase()} { b: 1 }`)).toMatchObject({
      kind: 'upsert',
      data: { type, value: { kind: 'object' } },
    })
  })

  test('UPDATE and DELETE choose by WHERE', () => {
    expect(only('UPDATE a UNSET b, c WHERE d')).toMatchObject({
      kind: 'update',
      data: { type: 'unset', fields: [field('b'), field('c')] },
      where: field('d'),
    })
    expect(only('DELETE a WHERE b RETURN BEFORE')).toEqual({
      kind: 'delete',
      only: false,
      targets: [table('a')],
      where: field('b'),
      output: { type: 'before' },
      parallel: false,
    })
    expect(only('DELETE FROM a')).toEqual(only('DELETE a'))
    expect(only('DELETE from')).toMatchObject({ targets: [table('from')] })
  })

  test('INSERT takes values, rows and subqueries', () => {
    expect(only('INSERT INTO a { b: 1 }')).toMatchObject({
      into: table('a'),
      source: { type: 'value', value: { kind: 'object' } },
    })
    expect(only('INSERT IGNORE INTO $a [{ b: 1 }]')).toMatchObject({
      ignore: true,
      into: { kind: 'param' },
      source: { value: { kind: 'array' } },
    })
    expect(only('INSERT RELATION INTO a $b')).toMatchObject({
      relation: true,
      source: { value: { kind: 'param' } },
    })
    expect(only('INSERT { id: a:1 }')).toMatchObject({ source: { type: 'value' } })
    expect(only('INSERT INTO a (SELECT * FROM b)')).toMatchObject({ source: { value: { kind: 'subquery' } } })
    expect(only('INSERT INTO a (b, c.d) VALUES (1, 2), (3, 4) ON DUPLICATE KEY UPDATE b += 1')).toEqual({
      kind: 'insert',
      relation: false,
      ignore: false,
      into: table('a'),
      source: {
        type: 'rows',
        fields: [field('b'), { kind: 'idiom', parts: [...field('c').parts, ...field('d').parts] }],
        rows: [
          [value(1), value(2)],
          [value(3), value(4)],
        ],
      },
      onDuplicateKeyUpdate: [{ place: field('b'), operator: '+=', value: value(1) }],
      parallel: false,
    })
  })

  test('RELATE joins by an arrow, in either direction', () => {
    expect(only('RELATE a:1->b->c:2')).toMatchObject({
      from: { table: 'a' },
      edge: table('b'),
      to: { table: 'c' },
      unique: false,
    })
    expect(only('RELATE a:1 <- b:x <- c:2')).toMatchObject({
      from: { table: 'c' },
      edge: { table: 'b' },
      to: { table: 'a' },
    })
    expect(only('RELATE $a->b->[c:1, (SELECT * FROM d)] UNIQUE CONTENT {}')).toMatchObject({
      from: { kind: 'param' },
      to: { kind: 'array', items: [{}, { kind: 'subquery' }] },
      unique: true,
      data: { type: 'content' },
    })
  })
})

describe('control', () => {
  test('LET binds a value, with a type or without', () => {
    expect(only('LET $a = 1')).toEqual({ kind: 'let', name: 'a', value: value(1) })
    expect(only('LET $a: option<int>= 1')).toMatchObject({ type: { kind: 'option_type' }, value: value(1) })
    expect(only('LET $a = SELECT * FROM b')).toMatchObject({
      value: { kind: 'subquery', statement: { kind: 'select' } },
    })
  })

  test('IF has branches of blocks; THEN … END is the same', () => {
    const blocks = only('IF a { 1 } ELSE IF b { 2 } ELSE { 3 }')
    expect(blocks).toMatchObject({
      kind: 'if',
      branches: [
        { condition: field('a'), body: { kind: 'block', statements: [{ expression: value(1) }] } },
        { condition: field('b'), body: { statements: [{ expression: value(2) }] } },
      ],
      otherwise: { statements: [{ expression: value(3) }] },
    })
    expect(only('IF a THEN 1 ELSE IF b THEN { 2 } ELSE 3 END')).toEqual(blocks)
    expect(only('IF a {}')).toEqual({
      kind: 'if',
      branches: [{ condition: field('a'), body: { kind: 'block', statements: [] } }],
    })
    expect(only('IF a THEN { b: 1 } END')).toMatchObject({
      branches: [{ body: { statements: [{ expression: { kind: 'object' } }] } }],
    })
  })

  test('FOR repeats a block', () => {
    expect(only('FOR $i IN 1..3 { BREAK; CONTINUE }')).toMatchObject({
      kind: 'for',
      variable: 'i',
      source: { kind: 'range' },
      body: { statements: [{ kind: 'break' }, { kind: 'continue' }] },
    })
  })

  test.each([
    ['RETURN', { kind: 'return' }],
    ['RETURN 1', { kind: 'return', value: value(1) }],
    ['THROW 1', { kind: 'throw', error: value(1) }],
    ['BEGIN', { kind: 'begin' }],
    ['BEGIN TRANSACTION', { kind: 'begin' }],
    ['COMMIT TRANSACTION', { kind: 'commit' }],
    ['CANCEL', { kind: 'cancel' }],
    [
      'begin + 1',
      {
        kind: 'expression',
        expression: { kind: 'binary', operator: '+', left: field('begin'), right: value(1) },
      },
    ],
    ['USE NS a DB b', { kind: 'use', namespace: 'a', database: 'b' }],
    ['USE DB `a/b`', { kind: 'use', database: 'a/b' }],
    ['USE NAMESPACE a', { kind: 'use', namespace: 'a' }],
    ['INFO FOR TABLE a STRUCTURE', { kind: 'info', subject: { type: 'table', table: 'a' }, structure: true }],
    ['INFO FOR DB', { kind: 'info', subject: { type: 'database' }, structure: false }],
    [
      'INFO FOR INDEX a ON b',
      { kind: 'info', subject: { type: 'index', index: 'a', table: 'b' }, structure: false },
    ],
    ['KILL $a', { kind: 'kill', id: { kind: 'param', name: 'a' } }],
    ['SHOW CHANGES FOR TABLE a SINCE 1', { kind: 'show_changes', table: 'a', since: value(1) }],
  ])('%s', (text, expected) => {
    expect(only(text)).toEqual(expected)
  })
})
