import { Datetime, DbError, float } from '@dendrodb/protocol'
import { describe, expect, test } from 'vitest'
import { nqlLimits } from './limits.ts'
import { parseNql } from './parse-nql.ts'

function errorOf(text: string): DbError {
  try {
    parseNql(text)
  } catch (error) {
    if (error instanceof DbError) return error
    throw error
  }
  throw new Error(`this parses: ${text}`)
}

test('every clause has its place in the query', () => {
  const text = `FROM a AS OF 5 VALID AS OF "2026-01-31" WHERE b.c >= -1.5 AND d != x SEARCH 'e'
    ORDER BY f DESC TRAVERSE g TRACE caused_by REVERSE DEPTH 2 LIMIT 3 GROUP BY h SUM i.j`
  expect(parseNql(text)).toEqual({
    from: 'a',
    asOf: 5,
    validAsOf: Datetime.parse('2026-01-31T00:00:00Z'),
    where: [
      { field: ['b', 'c'], operator: '>=', value: -1.5 },
      { field: ['d'], operator: '!=', value: 'x' },
    ],
    search: 'e',
    orderBy: { field: ['f'], descending: true },
    traverse: 'g',
    trace: { direction: 'effects', depth: 2 },
    limit: 3,
    groupBy: { field: ['h'], aggregate: { name: 'SUM', field: ['i', 'j'] } },
  })
})

test('clauses come in any order', () => {
  const clauses = ['AS OF 1', 'VALID AS OF "2026-01-01"', 'WHERE a = 1', 'SEARCH "x"', 'ORDER BY a']
  const others = ['TRAVERSE r', 'TRACE caused_by', 'GROUP BY a COUNT', 'LIMIT 1']
  const all = [...clauses, ...others]
  const expected = parseNql(`FROM t ${all.join(' ')}`)
  expect(parseNql(`FROM t ${all.toReversed().join(' ')}`)).toEqual(expected)
  expect(parseNql(`FROM t ${[...others, ...clauses].join(' ')}`)).toEqual(expected)
})

test.each([
  ['1', 1],
  ['-1', -1],
  ['1.0', float(1)],
  ['1e2', float(100)],
  ['-2.5E-1', -0.25],
  ['123456789012345678901234567890', 123456789012345678901234567890n],
  ['True', true],
  ['FALSE', false],
  ['null', null],
  ['"true"', 'true'],
  ['open', 'open'],
  ['select', 'select'],
  ['äö_1', 'äö_1'],
  ["'it\\'s'", "it's"],
  ['"\\n\\t\\r\\b\\f\\\\\\"\\/\\u00e4\\q"', '\n\t\r\b\f\\"/äq'],
  ['"a\nb"', 'a\nb'],
  ['""', ''],
])('the value %s', (text, value) => {
  expect(parseNql(`FROM t WHERE a = ${text}`).where?.[0]?.value).toEqual(value)
})

test.each([
  ['from', 'FROM from WHERE where = where ORDER BY by LIMIT 1'],
  ['order', 'FROM order WHERE limit = and AND and = true ORDER BY asc ASC LIMIT 1'],
])('words of the language are names: %s', (from, text) => {
  expect(parseNql(text)).toMatchObject({ from, limit: 1 })
})

test('EXPLAIN stands in front', () => {
  expect(parseNql('EXPLAIN FROM t')).toEqual({ from: 't', explain: 'plan' })
  expect(parseNql('explain analyze FROM t')).toEqual({ from: 't', explain: 'analyze' })
})

describe('a syntax error', () => {
  test('tells what was found, where, and what could have stood there', () => {
    const error = errorOf('FROM user\n  WERE age > 3')
    expect(error).toMatchObject({ code: 'NQL_SYNTAX', status: 'invalid_query' })
    expect(error.message).toBe(
      "unexpected 'WERE' at line 2, column 3; expected AS, VALID, WHERE, SEARCH, ORDER, TRAVERSE, TRACE, GROUP …; did you mean WHERE?",
    )
    expect(error.details).toMatchObject({
      line: 2,
      column: 3,
      offset: 12,
      found: 'WERE',
      suggestion: 'WHERE',
      snippet: '  WERE age > 3\n  ^^^^',
    })
  })

  test.each([
    ['', 'unexpected end of the query at line 1, column 1; expected FROM or EXPLAIN'],
    ['FROM', 'unexpected end of the query at line 1, column 5; expected a collection'],
    [
      ' select * FROM t',
      'SELECT begins a statement of DQL, and this is a query of NQL at line 1, column 2; expected FROM or EXPLAIN',
    ],
    ['FROM t WHERE a ~ 1', "unexpected '~' at line 1, column 16"],
    ['FROM t WHERE a 1', "unexpected '1' at line 1, column 16; expected '=', '!=', '<', '<=', '>' or '>='"],
    ['FROM t WHERE a =', 'unexpected end of the query at line 1, column 17; expected a value'],
    ['FROM t WHERE a = "x', "string that is not closed at line 1, column 18; expected '\"'"],
    ['FROM t WHERE a = 12ab', 'number with a letter in it at line 1, column 18'],
    ['FROM t AS OF "soon"', 'text that is neither a date nor a datetime at line 1, column 14'],
    ['FROM t LIMIT x', "unexpected 'x' at line 1, column 14; expected an integer from 0 on"],
    ['FROM t TRACE x', "unexpected 'x' at line 1, column 14; expected caused_by, EFFECTS or CAUSES"],
    ['FROM t LIMIT 1 LIMIT 2', "unexpected 'LIMIT' at line 1, column 16; expected AS, VALID"],
  ])('%j', (text, message) => {
    expect(errorOf(text).message.slice(0, message.length)).toBe(message)
  })
})

describe('bounds', () => {
  test('of the text', () => {
    const fill = (length: number) => `FROM ${'t'.repeat(length - 5)}`
    expect(parseNql(fill(nqlLimits.textCharsMax)).from).toHaveLength(nqlLimits.textCharsMax - 5)
    expect(errorOf(fill(nqlLimits.textCharsMax + 1)).code).toBe('NQL_TOO_LONG')
  })

  test.each([
    [
      'conditions',
      nqlLimits.conditionsMax,
      (n: number) => `WHERE ${new Array(n).fill('a = 1').join(' AND ')}`,
    ],
    [
      'names of a path',
      nqlLimits.fieldNamesMax,
      (n: number) => `ORDER BY ${new Array(n).fill('a').join('.')}`,
    ],
    ['digits of a number', nqlLimits.digitsMax, (n: number) => `WHERE a = ${'1'.repeat(n)}`],
  ] as const)('of the %s', (_, max, clause) => {
    expect(parseNql(`FROM t ${clause(max)}`).from).toBe('t')
    expect(errorOf(`FROM t ${clause(max + 1)}`).message).toContain(String(max))
  })
})
