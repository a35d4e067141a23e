import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { scanStatements } from './scan-statements.ts'

const textsOf = (text: string) => scanStatements(text).statements.map((statement) => statement.text)

describe('cutting', () => {
  test.each<[string, string, string[]]>([
    ['two statements', 'SELECT 1; RETURN 2;', ['SELECT 1', 'RETURN 2']],
    ['empty ones', ';; RETURN 1;;', ['RETURN 1']],
    [
      'strings',
      `RETURN 'a;b'; RETURN "c;\\";d"; RETURN 3;`,
      [`RETURN 'a;b'`, `RETURN "c;\\";d"`, 'RETURN 3'],
    ],
    [
      'escaped names',
      'SELECT `a;b`, ⟨c;\\⟩;d⟩ FROM t; RETURN 1;',
      ['SELECT `a;b`, ⟨c;\\⟩;d⟩ FROM t', 'RETURN 1'],
    ],
    [
      'line comments',
      'RETURN 1 -- a;b\n; RETURN 2 // c;\n; RETURN 3 # d;\n;',
      ['RETURN 1', 'RETURN 2', 'RETURN 3'],
    ],
    ['block comments', '/* a; */ RETURN /* b; */ 1 /* c */;', ['RETURN /* b; */ 1']],
    [
      'blocks',
      'IF $a { LET $b = 1; RETURN $b; }; RETURN 2;',
      ['IF $a { LET $b = 1; RETURN $b; }', 'RETURN 2'],
    ],
    ['subqueries', 'SELECT (SELECT 1; ) FROM [1;];', ['SELECT (SELECT 1; ) FROM [1;]']],
    ['a quote in a comment', "RETURN 1; -- it's\nRETURN 2;", ['RETURN 1', 'RETURN 2']],
    ['a comment in a string', "RETURN '/* --'; RETURN 2;", ["RETURN '/* --'", 'RETURN 2']],
    [
      'an edge to the left',
      'SELECT <-knows<-user FROM a; RETURN 1;',
      ['SELECT <-knows<-user FROM a', 'RETURN 1'],
    ],
    ['less than minus', 'RETURN 1 <-2; RETURN 1;', ['RETURN 1 <-2', 'RETURN 1']],
    ['a bracket that nothing opened', 'RETURN ); RETURN 2;', ['RETURN )', 'RETURN 2']],
  ])('%s', (_, text, expected) => {
    expect(textsOf(text)).toEqual(expected)
  })

  test('a transaction stays together', () => {
    const transaction = 'BEGIN;\nCREATE a;\nCREATE b;\nCOMMIT'
    expect(textsOf(`RETURN 1; ${transaction}; RETURN 2;`)).toEqual(['RETURN 1', transaction, 'RETURN 2'])
    expect(textsOf('begin transaction; CREATE a; cancel transaction; RETURN 2;')).toEqual([
      'begin transaction; CREATE a; cancel transaction',
      'RETURN 2',
    ])
  })

  test('a field called begin begins no transaction', () => {
    expect(textsOf('SELECT begin FROM t; begin + 1; RETURN 2;')).toHaveLength(3)
  })

  test('what no semicolon ends is the rest, without the comment behind it', () => {
    const { statements, rest } = scanStatements('RETURN 1;\n RETURN 2 -- done')
    expect(statements).toHaveLength(1)
    expect(rest).toMatchObject({ text: 'RETURN 2', line: 2, column: 2, keyword: 'RETURN' })
    expect(scanStatements('RETURN 1; -- done').rest).toBeUndefined()
  })

  test('a comment that is not closed is left for the parser to complain about', () => {
    expect(scanStatements('RETURN 1; /* oops').rest).toMatchObject({ text: '/* oops', column: 11 })
    expect(scanStatements('RETURN 1 /* oops').rest?.text).toBe('RETURN 1 /* oops')
  })
})

describe('what a text still waits for', () => {
  test.each([
    ['', undefined],
    ['  -- nothing', undefined],
    ['RETURN 1;', undefined],
    ['RETURN 1', 'statement'],
    ['RETURN 1; RETURN', 'statement'],
    ["RETURN 'it", 'string'],
    ['RETURN "it\\"', 'string'],
    ['SELECT `a', 'name'],
    ['SELECT ⟨a', 'name'],
    ['/* a', 'comment'],
    ['RETURN [1,', 'bracket'],
    ['IF $a { RETURN 1;', 'bracket'],
    ['BEGIN;', 'transaction'],
    ['BEGIN; CREATE a;', 'transaction'],
    ['BEGIN; CREATE a; COMMIT', 'transaction'],
    ['BEGIN; CREATE a; COMMIT;', undefined],
  ])('%j: %s', (text, open) => {
    expect(scanStatements(text).open).toBe(open)
  })
})

describe('what is known of a statement', () => {
  const first = (text: string) => {
    const { statements, rest } = scanStatements(text)
    return statements[0] ?? rest
  }

  test('its keyword, whatever its case', () => {
    expect(first('select 1')?.keyword).toBe('SELECT')
    expect(first('(select 1)')?.keyword).toBe('')
    expect(first('$a + 1')?.keyword).toBe('')
  })

  test('its parameters, each once, also escaped ones', () => {
    expect(first('RETURN $a + $b + $a + $⟨odd name⟩ + $`x\\`y` + "$no"')?.params).toEqual([
      'a',
      'b',
      'odd name',
      'x`y',
    ])
  })

  test('what LET sets', () => {
    expect(first('LET $größe = 1')?.variable).toBe('größe')
    expect(first('LET $⟨a b⟩ = $c')).toMatchObject({ variable: 'a b', params: ['a b', 'c'] })
    expect(first('RETURN $a')?.variable).toBeUndefined()
  })

  test('the fields that SELECT lists, by alias or by the end of their path', () => {
    expect(first('SELECT b, a.c, math::sum(x, y) AS total, `d e`, x + 1 FROM t')?.fields).toEqual([
      'b',
      'c',
      'total',
      'd e',
      '1',
    ])
    expect(first('SELECT *, name FROM t')?.fields).toEqual(['name'])
    expect(first('CREATE a SET b = 1, c = 2')?.fields).toEqual([])
  })

  test('the line and column it begins at, in characters', () => {
    const { statements } = scanStatements("-- 👍\nRETURN '👍'; RETURN 2;\n\n  RETURN 3;")
    expect(statements.map(({ line, column }) => [line, column])).toEqual([
      [2, 1],
      [2, 13],
      [4, 3],
    ])
  })
})

const pieces = fc.array(
  fc.constantFrom(
    ...[
      'SELECT',
      'a',
      ' ',
      '\n',
      ';',
      "'",
      '"',
      '`',
      '⟨',
      '⟩',
      '\\',
      '(',
      ')',
      '{',
      '}',
      '[',
      ']',
      '--',
      '//',
      '/*',
      '*/',
    ],
    ...['#', '$', '$x', 'BEGIN', 'COMMIT', 'LET', '<-', '1', '👍', ','],
  ),
  { maxLength: 30 },
)

test('pieces come in order, from where they say, and nothing is changed', () => {
  fc.assert(
    fc.property(pieces, (parts) => {
      const text = parts.join('')
      const { statements, rest } = scanStatements(text)
      const lines = text.split('\n')
      let from = 0
      for (const { text: piece, line, column } of rest === undefined ? statements : [...statements, rest]) {
        const lineStart = lines.slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0)
        const at = lineStart + [...(lines[line - 1] ?? '')].slice(0, column - 1).join('').length
        expect(at).toBeGreaterThanOrEqual(from)
        expect(text.startsWith(piece, at)).toBe(true)
        from = at + piece.length
      }
    }),
  )
})

test('a script of a hundred thousand statements is cut in a moment', () => {
  expect(scanStatements("CREATE a SET b = 'c', d = [1, 2];\n".repeat(100_000)).statements).toHaveLength(
    100_000,
  )
})
