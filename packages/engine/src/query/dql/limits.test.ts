import { DbError } from '@dendrodb/protocol'
import { describe, expect, test } from 'vitest'
import { formatStatement } from './format-ast.ts'
import { dqlLimits } from './limits.ts'
import { parseDql } from './parse-dql.ts'

function codeOf(text: string, limits: Parameters<typeof parseDql>[1] = {}): string {
  try {
    parseDql(text, limits)
    return 'ok'
  } catch (error) {
    if (error instanceof DbError) return error.code
    throw error
  }
}

describe('at the bound a text is read, one past it is refused', () => {
  test('bytes of a text, in UTF-8', () => {
    expect(codeOf('RETURN 12', { textBytesMax: 9 })).toBe('ok')
    expect(codeOf('RETURN 123', { textBytesMax: 9 })).toBe('DQL_TOO_LONG')
    expect(codeOf("RETURN 'é🌳'", { textBytesMax: 15 })).toBe('ok')
    expect(codeOf("RETURN 'é🌳'", { textBytesMax: 14 })).toBe('DQL_TOO_LONG')
    expect(codeOf(' '.repeat(dqlLimits.textBytesMax))).toBe('ok')
    expect(codeOf(' '.repeat(dqlLimits.textBytesMax + 1))).toBe('DQL_TOO_LONG')
  })

  test('statements, nested ones included', () => {
    expect(codeOf('RETURN 1;'.repeat(dqlLimits.statementsMax))).toBe('ok')
    expect(codeOf('RETURN 1;'.repeat(dqlLimits.statementsMax + 1))).toBe('DQL_TOO_MANY_STATEMENTS')
    expect(codeOf('RETURN (RETURN 1)', { statementsMax: 2 })).toBe('ok')
    expect(codeOf('RETURN (RETURN 1)', { statementsMax: 1 })).toBe('DQL_TOO_MANY_STATEMENTS')
  })

  // Each opens one level per repetition within one level of its own.
  const nesting: readonly (readonly [string, string, string, string, string])[] = [
    ['parentheses', 'RETURN ', '(', '1', ')'],
    ['arrays', 'RETURN ', '[', '1', ']'],
    ['objects', 'RETURN ', '{ a: ', '1', '}'],
    ['blocks', 'RETURN ', '{', '1', '}'],
    ['arguments', 'RETURN ', 'f(', '1', ')'],
    ['indexes', 'RETURN ', 'a[', '1', ']'],
    ['prefix operators', 'RETURN ', '!', '1', ''],
    ['words before a value', 'RETURN ', 'NOT ', '1', ''],
    ['record keys', 'RETURN ', 't:[', '1', ']'],
  ]
  test.each(nesting)('levels of %s', (_, before, open, inner, close) => {
    const text = (levels: number): string => before + open.repeat(levels) + inner + close.repeat(levels)
    expect(codeOf(text(dqlLimits.depthMax - 1))).toBe('ok')
    expect(codeOf(text(dqlLimits.depthMax))).toBe('DQL_TOO_DEEP')
  })

  test('levels of casts, whose types are a level too', () => {
    const text = (levels: number): string => `RETURN ${'<int> '.repeat(levels)} 1`
    expect(codeOf(text(dqlLimits.depthMax - 2))).toBe('ok')
    expect(codeOf(text(dqlLimits.depthMax - 1))).toBe('DQL_TOO_DEEP')
  })

  test('levels of types', () => {
    const text = (levels: number): string => `LET $x: ${'option<'.repeat(levels)}int${'>'.repeat(levels)} = 1`
    expect(codeOf(text(dqlLimits.depthMax - 1))).toBe('ok')
    expect(codeOf(text(dqlLimits.depthMax))).toBe('DQL_TOO_DEEP')
  })

  test('operators in a chain, as the tree is as deep as the chain is long', () => {
    const chain = (operators: number): string => `RETURN a${' OR a'.repeat(operators)}`
    expect(codeOf(chain(dqlLimits.heightMax - 1))).toBe('ok')
    expect(codeOf(chain(dqlLimits.heightMax))).toBe('DQL_TOO_DEEP')
    // Side by side they do not add up, one above the other they do.
    expect(codeOf('RETURN [a + a, a + a, a + a]', { heightMax: 3 })).toBe('ok')
    expect(codeOf('RETURN [a + a, a + a, a + a]', { heightMax: 2 })).toBe('DQL_TOO_DEEP')
    expect(codeOf('RETURN (a + a + a) + a + a', { heightMax: 6 })).toBe('ok')
    expect(codeOf('RETURN (a + a + a) + a + a', { heightMax: 5 })).toBe('DQL_TOO_DEEP')
  })

  test('parts of a path', () => {
    const path = (parts: number): string => `RETURN a${'.b'.repeat(parts - 1)}`
    expect(codeOf(path(dqlLimits.pathPartsMax))).toBe('ok')
    expect(codeOf(path(dqlLimits.pathPartsMax + 1))).toBe('DQL_TOO_DEEP')
    expect(codeOf(`DEFINE FIELD a${'.b'.repeat(dqlLimits.pathPartsMax)} ON t`)).toBe('DQL_TOO_DEEP')
    expect(codeOf(`SELECT a AS a${'.b'.repeat(dqlLimits.pathPartsMax)} FROM t`)).toBe('DQL_TOO_DEEP')
  })

  test('an error of a bound says which and where', () => {
    const levels = dqlLimits.depthMax + 1
    expect(() => parseDql(`\n${'('.repeat(levels)}`)).toThrow(
      `too many levels within one another at line 2, column ${levels}; at most 120 are allowed`,
    )
  })
})

test('a record id in a string counts its levels with those around it', () => {
  const half = dqlLimits.depthMax / 2
  const inner = (levels: number): string => `r"t:${'['.repeat(levels)}1${']'.repeat(levels)}"`
  const text = (levels: number): string => `RETURN ${'['.repeat(half)}${inner(levels)}${']'.repeat(half)}`
  expect(codeOf(text(half - 3))).toBe('ok')
  expect(codeOf(text(half))).toBe('DQL_TOO_DEEP')
})

test('the deepest and the highest tree can be walked', () => {
  const chain = `a${' OR a'.repeat(dqlLimits.heightMax - 200)}`
  const deep = `${'('.repeat(100)}${chain}${')'.repeat(100)}`
  expect(
    formatStatement(parseDql(`RETURN ${deep}`)[0] ?? { kind: 'break', span: { start: 0, end: 0 } }),
  ).toBe(`RETURN ${chain}`)
})

const manyTimes = 100_000
const hostile: readonly (readonly [string, string])[] = [
  ['(', ''],
  ['[', ''],
  ['{', ''],
  ['{a:', ''],
  ['{a[', ''],
  ['NOT ', ''],
  ['- ', ''],
  ['!', ''],
  ['->a', ''],
  ['<-a', ''],
  ['->(', ''],
  ['a.', 'a'],
  ['a?.', 'a'],
  ['<int>', '1'],
  ['<array', ''],
  ['1+', '1'],
  ['a OR ', 'a'],
  ['a = ', 'a'],
  ['1..', '1'],
  ['f(', ''],
  ['a[', ''],
  ['a.{b:', ''],
  ['t:[', ''],
  ['t:{a:', ''],
  ['(SELECT ', ''],
  ['IF a {', ''],
  ['|$a| ', '1'],
  ['||', ''],
  ['@', ''],
  ['::', ''],
  ['a::', 'b'],
  ['fn::a::', 'b()'],
  ["'", ''],
  ['`', ''],
  ['"\\', ''],
  ['/*', ''],
  ['$', ''],
  ['?', ''],
  [':', ''],
  [',', ''],
  ['\u0000', ''],
]

test.each(hostile)(`%j, ${manyTimes} times, ends in an error`, (piece, end) => {
  const text = (piece.repeat(manyTimes) + end).slice(0, dqlLimits.textBytesMax)
  expect(codeOf(text)).toMatch(/^DQL_(SYNTAX|TOO_DEEP|TOO_MANY_STATEMENTS)$/)
})

// A step that were not linear would take minutes at this size.
const large: readonly (readonly [string, string, string])[] = [
  ['RETURN [', '1, ', ']'],
  ['RETURN [', "'a\\n', ", ']'],
  ['RETURN [', '{ a; b }, ', ']'],
  ['RETURN [', '{ a: { b: [] } }, ', ']'],
  ['RETURN [', 'a.b[0]->c, ', ']'],
  ['RETURN [', "r'a:1', ", ']'],
  ['RETURN {', 'a: 1, ', '}'],
  ["RETURN '", '\\n', "'"],
  ['SELECT ', 'a AS b, ', '* FROM t'],
  ['/*', '*', '*/'],
  ['', '-- \n', ''],
  ['', ';', ''],
]

test.each(large)('%s followed by %j to the largest text is read soon', (before, piece, after) => {
  const room = dqlLimits.textBytesMax - before.length - after.length
  const text = before + piece.repeat(Math.floor(room / piece.length)) + after
  expect(codeOf(text, { statementsMax: 1e9 })).toBe('ok')
})
