import { DbError } from '@dendrodb/protocol'
import { describe, expect, test } from 'vitest'
import { parseDql, parseExpression } from './parse-dql.ts'

function errorOf(text: string, parse: (text: string) => unknown = parseDql): DbError {
  try {
    parse(text)
  } catch (error) {
    if (error instanceof DbError) return error
    throw error
  }
  throw new Error(`no error in ${text}`)
}

/** Text, line, column, what was found, some of what was expected. */
const wrong: readonly (readonly [string, number, number, string, readonly string[]])[] = [
  ['SELEC * FROM user', 1, 1, 'SELEC', ['a statement']],
  ['SELECT * FORM user', 1, 10, 'FORM', ['FROM', ',', 'OMIT']],
  ['SELECT * FROM', 1, 14, '', ['a table, a record id or another value']],
  ['SELECT FROM user', 1, 8, 'FROM', ['an expression']],
  ['SELECT a, FROM user', 1, 11, 'FROM', ['an expression']],
  [
    'SELECT * FROM user WERE age > 1',
    1,
    20,
    'WERE',
    ['WHERE', 'LIMIT', 'an operator', 'the end of the query'],
  ],
  ['SELECT * FROM user WHERE', 1, 25, '', ['an expression']],
  ['SELECT * FROM user WHERE a = ', 1, 30, '', ['an expression']],
  ['SELECT * FROM user WHERE LIMIT 5', 1, 26, 'LIMIT', ['an expression']],
  ['SELECT * FROM user WHERE a AND OR b', 1, 32, 'OR', ['an expression']],
  ['SELECT * FROM user LIMIT 5 WHERE a', 1, 28, 'WHERE', ['START', 'FETCH']],
  ['SELECT * FROM user LIMIT 5 LIMIT 6', 1, 28, 'LIMIT', ['START']],
  ['SELECT * FROM user AS OF 1 AS OF 2', 1, 28, 'AS', ['VALID', 'WHERE']],
  ['SELECT * FROM user\nWHERE a ==== 1', 2, 11, '==', ['an expression']],
  ['SELECT * FROM user\r\nWHERE ) 1', 2, 7, ')', ['an expression']],
  ["SELECT '🌳', ) FROM a", 1, 13, ')', ['an expression']],
  ['RETURN (1', 1, 10, '', [')', 'an operator']],
  ['RETURN [1, 2', 1, 13, '', [']', ',']],
  ['RETURN { a: 1', 1, 14, '', ['}', ',']],
  ['RETURN { a: }', 1, 13, '}', ['an expression']],
  ['RETURN { a: 1 b: 2 }', 1, 15, 'b', ['}', ',']],
  ['RETURN {1 2}', 1, 11, '2', ['}', ',', ';']],
  ['RETURN 1 2', 1, 10, '2', [';', 'an operator']],
  ['RETURN user:', 1, 13, '', ['a record key (for a parameter use type::record)']],
  ['RETURN user:$x', 1, 13, '$x', ['a record key (for a parameter use type::record)']],
  ['RETURN a.', 1, 10, '', ['a field, a method, * or {']],
  ['RETURN a[', 1, 10, '', ['an expression']],
  ['RETURN a->', 1, 11, '', ['an edge table or ?']],
  ['RETURN <nt> x', 1, 9, 'nt', ['a type']],
  ['RETURN count(1', 1, 15, '', [')', ',']],
  ['RETURN 5 <|x|> y', 1, 12, 'x', ['a number of neighbours']],
  ['RETURN 5 <|3,far|> y', 1, 14, 'far', ['a distance such as COSINE']],
  ['RETURN a @x@ b', 1, 11, 'x', ['AND', 'OR']],
  ['RETURN a NOT b', 1, 10, 'NOT', ['an operator']],
  ['RETURN a BETWEEN 1 OR 2', 1, 20, 'OR', ['AND']],
  ['CREATE', 1, 7, '', ['a table, a record id or another value']],
  ['CREATE user SETT a = 1', 1, 13, 'SETT', ['SET', 'CONTENT']],
  ['CREATE user SET a', 1, 18, '', ['=', '+=']],
  ['CREATE user SET a == 1', 1, 19, '==', ['=', '+=']],
  ['CREATE user SET a = 1,', 1, 23, '', ['a field']],
  ['UPDATE user SET a = 1 RETURN', 1, 29, '', ['an expression']],
  ['INSERT INTO', 1, 12, '', ['a table name']],
  ['INSERT INTO user (a, b) (1, 2)', 1, 25, '(', ['VALUES']],
  ['RELATE user:1->likes', 1, 21, '', ['->']],
  ['RELATE user:1 likes user:2', 1, 15, 'likes', ['->', '<-']],
  ['LET x = 1', 1, 5, 'x', ['a parameter such as $name']],
  ['LET $x 1', 1, 8, '1', ['=', ':']],
  ['IF a 1', 1, 6, '1', ['{', 'THEN']],
  ['IF a THEN 1', 1, 12, '', ['ELSE', 'END']],
  ['FOR $x OF y {}', 1, 8, 'OF', ['IN']],
  ['USE user', 1, 5, 'user', ['NS', 'DB']],
  ['INFO FOR user', 1, 10, 'user', ['ROOT', 'TABLE']],
  ['DEFINE TABEL user', 1, 8, 'TABEL', ['TABLE', 'FIELD']],
  ['DEFINE FIELD a TYPE int', 1, 16, 'TYPE', ['ON']],
  ['DEFINE FIELD a ON b TYPE text', 1, 26, 'text', ['a type']],
  ['DEFINE INDEX i ON t', 1, 20, '', ['FIELDS', 'COLUMNS', 'COUNT']],
  ['DEFINE FUNCTION greet() {}', 1, 17, 'greet', ['a function name such as fn::greet']],
  ['DEFINE TABLE t PERMISSIONS FOR read FULL', 1, 32, 'read', ['SELECT', 'CREATE']],
  ['REMOVE user', 1, 8, 'user', ['TABLE']],
  ['EXPLAIN', 1, 8, '', ['a statement']],
  ['SELECT;', 1, 7, ';', ['an expression']],
  ['}', 1, 1, '}', ['a statement']],
]

describe('a syntax error tells where and what', () => {
  test.each(wrong)('%s', (text, line, column, found, expected) => {
    const error = errorOf(text)
    expect(error.code).toBe('DQL_SYNTAX')
    expect(error.status).toBe('invalid_query')
    expect(error.details).toMatchObject({ line, column, found })
    expect(error.details.expected).toEqual(expect.arrayContaining([...expected]))
    expect(new Set(error.details.expected as string[]).size).toBe((error.details.expected as string[]).length)
    expect(error.message).toContain(`at line ${line}, column ${column}`)
    expect(text.slice(Number(error.details.offset)).startsWith(found)).toBe(true)
  })
})

/** Text, problem, column. */
const invalid: readonly (readonly [string, string, number])[] = [
  ['$a = 5', 'assignment without LET', 1],
  ['RETURN 1; $a = 5', 'assignment without LET', 11],
  ['RETURN { $a = 5 }', 'assignment without LET', 10],
  ['IF b { $a IS 5 }', 'assignment without LET', 8],
  ["RETURN 'abc", 'string that is not closed', 8],
  ['RETURN "abc', 'string that is not closed', 8],
  ['RETURN ⟨abc', 'name that is not closed', 8],
  ['RETURN `abc', 'name that is not closed', 8],
  ['RETURN ``', 'empty name', 8],
  ['RETURN 1 /* abc', 'comment that is not closed', 10],
  ["RETURN 'a\\qb'", "unknown escape '\\q'", 10],
  ["RETURN 'a\\u12'", "unknown escape '\\u'", 10],
  ["RETURN '\\u{110000}'", "unknown escape '\\u'", 9],
  ["RETURN '\\ud83c'", 'escape of half a surrogate pair in a string', 8],
  ['RETURN `a\\nb`', "unknown escape '\\n' in a name", 10],
  ['RETURN 1 ^ 2', "unexpected character '^'", 10],
  ['RETURN \u0001', 'unexpected character U+0001', 8],
  ['RETURN 1x', "invalid number '1x'", 8],
  ['RETURN 1.5m', "invalid number '1.5m'", 8],
  ['RETURN 1e999', 'number beyond the largest float', 8],
  ['RETURN 1e999dec', 'the decimal lies outside 1e-300 to 1e301 in size', 8],
  ["RETURN d'2026-02-30'", '"2026-02-30" is not an RFC 3339 datetime such as 2026-01-31T09:30:00Z', 8],
  ["RETURN u'123'", '"123" is not a UUID', 8],
  ["RETURN b'abc'", 'bytes that are not pairs of hexadecimal digits', 8],
  ["RETURN r'user'", "invalid record id 'user'", 8],
  ["RETURN r'user:1 2'", "invalid record id 'user:1 2'", 8],
  ['RETURN user:1.5', "invalid record key '1.5'", 13],
  ['RETURN 99999999999999y', 'a duration is at least 0 and below 2^53 seconds', 8],
  ['RETURN a = b = c', 'chained comparison', 8],
  ['RETURN 1..2..3', 'chained range', 12],
  ['INSERT INTO t (a, b) VALUES (1)', 'row of 1 values for 2 fields', 29],
  ['INSERT INTO t (1, b) VALUES (1, 2)', 'not a field to insert', 16],
  ["RETURN (1, 'x')", 'invalid point', 12],
  ["RETURN 'a\ud800'", 'half a surrogate pair, which is no text,', 10],
]

describe('what is wrong in itself is named', () => {
  test.each(invalid)('%j', (text, problem, column) => {
    const error = errorOf(text)
    expect(error.code).toBe('DQL_SYNTAX')
    expect(error.details).toMatchObject({ problem, line: 1, column })
    expect(error.message.startsWith(`${problem} at line 1, column ${column}`)).toBe(true)
  })
})

describe('a slip of the finger is put right', () => {
  test.each([
    ['SELEC * FROM user', 'SELECT'],
    ['slect * from user', 'SELECT'],
    ['SELECT * FORM user', 'FROM'],
    ['SELECT * FROM user WERE a', 'WHERE'],
    ['SELECT * FROM user ODER BY a', 'ORDER'],
    ['SELECT * FROM user LIMTI 5', 'LIMIT'],
    ['CRATE user SET a = 1', 'CREATE'],
    ['UPDTAE user SET a = 1', 'UPDATE'],
    ['DELTE user', 'DELETE'],
    ['RETRUN 1', 'RETURN'],
    ['RELAT a:1->b->c:1', 'RELATE'],
    ['DEFINE TABEL user', 'TABLE'],
    ['CREATE user CONTNET {}', 'CONTENT'],
    ['{ SELCT * FROM a }', 'SELECT'],
  ])('%s: %s', (text, suggestion) => {
    const error = errorOf(text)
    expect(error.details.suggestion).toBe(suggestion)
    expect(error.message.endsWith(`; did you mean ${suggestion}?`)).toBe(true)
  })

  test.each(['SELECT * FROM user foo', 'user +', 'SELECT a b FROM c', 'person:1 person:2'])(
    'but not %s',
    (text) => {
      expect(errorOf(text).details.suggestion).toBeUndefined()
    },
  )
})

describe('the message', () => {
  test('reads as a sentence', () => {
    expect(errorOf('SELEC * FROM user').message).toBe(
      "unexpected 'SELEC' at line 1, column 1; expected a statement; did you mean SELECT?",
    )
    expect(errorOf('RETURN (1').message).toBe(
      "unexpected end of the query at line 1, column 10; expected '.', an operator, ',' or ')'",
    )
    expect(errorOf('FOR $x OF y {}').message).toBe("unexpected 'OF' at line 1, column 8; expected IN")
  })

  test('lists a few of many', () => {
    expect(errorOf('SELECT * FROM user foo').message).toBe(
      "unexpected 'foo' at line 1, column 20; expected '.', an operator, ',', AS, VERSION, VALID, TRACE, WITH …",
    )
  })

  test('stays short, whatever was found', () => {
    const error = errorOf(`RETURN 1 ${'x'.repeat(100_000)}`)
    expect(error.message.length).toBeLessThan(400)
    expect(error.details.found).toHaveLength(40)
    expect(String(error.details.snippet).length).toBeLessThan(250)
  })
})

describe('the snippet', () => {
  test('shows the line with a caret under what was found', () => {
    expect(errorOf('SELECT *\n  FORM user\nWHERE a').details.snippet).toBe('  FORM user\n  ^^^^')
    expect(errorOf('RETURN (1').details.snippet).toBe('RETURN (1\n         ^')
  })

  test('keeps tabs and counts characters, not UTF-16 units', () => {
    expect(errorOf("\tRETURN '🌳' 2").details.snippet).toBe("\tRETURN '🌳' 2\n\t           ^")
  })

  test('is cut from a long line', () => {
    const snippet = String(errorOf(`RETURN [${'1, '.repeat(200)}) ${'2, '.repeat(200)}`).details.snippet)
    const [line = '', carets = ''] = snippet.split('\n')
    expect(line.length).toBeLessThanOrEqual(100)
    expect(line.charAt(carets.indexOf('^'))).toBe(')')
  })
})

test('an expression is the whole text', () => {
  expect(errorOf('a b', parseExpression).details).toMatchObject({ column: 3, found: 'b' })
  expect(errorOf('a;', parseExpression).details).toMatchObject({ column: 2, found: ';' })
  expect(errorOf('', parseExpression).details).toMatchObject({
    column: 1,
    found: '',
    expected: ['an expression'],
  })
})
