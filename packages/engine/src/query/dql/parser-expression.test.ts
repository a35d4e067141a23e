import { describe, expect, test } from 'vitest'
import { parseDql, parseExpression } from './parse-dql.ts'
import { withoutSpans } from './tree.fixture.ts'

const field = (name: string) => ({ kind: 'idiom', parts: [{ kind: 'field', name }] })
const tree = (text: string) => withoutSpans(parseExpression(text))

describe('operators bind', () => {
  // The second text says with parentheses what the first must mean.
  test.each([
    ['a ?? b OR c', 'a ?? (b OR c)'],
    ['a ?: b AND c', 'a ?: (b AND c)'],
    ['a ?? b ?? c', '(a ?? b) ?? c'],
    ['a OR b AND c', 'a OR (b AND c)'],
    ['a || b && c', 'a OR (b AND c)'],
    ['a AND b = c', 'a AND (b = c)'],
    ['a = b < c', 'a = (b < c)'],
    ['a IS NOT b < c', 'a != (b < c)'],
    ['a < b + c', 'a < (b + c)'],
    ['a < b < c', '(a < b) < c'],
    ['a IN b + c', 'a IN (b + c)'],
    ['a + b * c', 'a + (b * c)'],
    ['a - b - c', '(a - b) - c'],
    ['a / b * c % d', '((a / b) * c) % d'],
    ['a * b ** c', 'a * (b ** c)'],
    ['a ** b ** c', '(a ** b) ** c'],
    ['-a ** b', '(-a) ** b'],
    ['-a * b', '(-a) * b'],
    ['!a = b', '(!a) = b'],
    ['NOT a = b', '!(a = b)'],
    ['NOT a AND b', '(!a) AND b'],
    ['a AND NOT b OR c', '(a AND (!b)) OR c'],
    ['a = NOT b', 'a = (!b)'],
    ['<int> a + b', '(<int> a) + b'],
    ['<int> -a.b', '<int> (-(a.b))'],
    ['1..2 + 3', '(1..2) + 3'],
    ['a IN 1..5', 'a IN (1..5)'],
    ['a BETWEEN b AND c AND d', '(a BETWEEN b AND c) AND d'],
    ['a BETWEEN b + 1 AND c * 2', 'a BETWEEN (b + 1) AND (c * 2)'],
    ["a @@ 'x' AND b", "(a @@ 'x') AND b"],
    ['a <|5|> b AND c', '(a <|5|> b) AND c'],
    ['|$x| $x + 1', '|$x| ($x + 1)'],
  ])('%s as %s', (text, explicit) => {
    expect(tree(text)).toEqual(tree(explicit))
  })

  test.each([
    ['a NOT IN b', 'NOT IN'],
    ['a NOT INSIDE b', 'NOT IN'],
    ['a ∉ b', 'NOT IN'],
    ['a inside b', 'IN'],
    ['a IS b', '='],
    ['a is not b', '!='],
    ['a and b', '&&'],
    ['a Or b', '||'],
    ['a ⊇ b', 'CONTAINSALL'],
    ['a NOT LIKE b', 'NOT LIKE'],
    ['a × b', '*'],
    ['a ÷ b', '/'],
  ])('%s by the operator %s', (text, operator) => {
    expect(tree(text)).toEqual({ kind: 'binary', operator, left: field('a'), right: field('b') })
  })

  test('an arrow against a value is a comparison with a negative', () => {
    expect(tree('a<-1')).toEqual(tree('a < -1'))
    expect(tree('a<-$b')).toEqual(tree('a < -$b'))
    expect(tree('a<-b')).toMatchObject({ kind: 'idiom', parts: [{}, { kind: 'graph', direction: 'in' }] })
  })

  test.each(['a = b = c', 'a = b != c', 'a CONTAINS b IN c', 'a = b CONTAINS c', 'a <|5|> b = c'])(
    '%s has no agreed meaning and is refused',
    (text) => {
      expect(() => parseExpression(text)).toThrow('chained comparison')
    },
  )

  test.each(['1..2..3', 'a>..b..', '1..=2>..3'])('%s is no range', (text) => {
    expect(() => parseExpression(text)).toThrow('chained range')
  })
})

test('matches and nearest neighbours carry their numbers', () => {
  expect(tree("a @1@ 'x'")).toMatchObject({ kind: 'matches', reference: 1 })
  expect(tree("a @1,OR@ 'x'")).toMatchObject({ kind: 'matches', reference: 1, terms: 'OR' })
  expect(tree("a @@ 'x'")).toEqual({
    kind: 'matches',
    left: field('a'),
    right: { kind: 'literal', value: 'x' },
  })
  expect(tree('a <|5,40|> b')).toEqual({ kind: 'knn', left: field('a'), right: field('b'), k: 5, ef: 40 })
  expect(tree('a <|5,L2|> b')).toMatchObject({ k: 5, distance: { metric: 'euclidean' } })
  expect(tree('a <|5,MINKOWSKI 3|> b')).toMatchObject({ distance: { metric: 'minkowski', order: 3 } })
})

describe('paths', () => {
  test.each([
    ['a.b', ['field a', 'field b']],
    ['a[0]', ['field a', 'index']],
    ['a[$]', ['field a', 'last']],
    ['a[*].b', ['field a', 'all', 'field b']],
    ['a.*', ['field a', 'all']],
    ['a…', ['field a', 'flatten']],
    ['a....b', ['field a', 'flatten', 'field b']],
    ['a?.b', ['field a', 'optional', 'field b']],
    ['a.?.b', ['field a', 'optional', 'field b']],
    ['a[? b]', ['field a', 'where']],
    ['a[WHERE b]', ['field a', 'where']],
    ["a['where']", ['field a', 'index']],
    ['a.b(1)', ['field a', 'method b']],
    ['->knows->person.name', ['graph', 'graph', 'field name']],
    ['a.{ b }', ['field a', 'destructure']],
    ['a.{1..3}->b', ['field a', 'recurse', 'graph']],
    ['a.select.from.where', ['field a', 'field select', 'field from', 'field where']],
  ])('%s has the parts %j', (text, parts) => {
    const path = parseExpression(text)
    const names =
      path.kind === 'idiom'
        ? path.parts.map((part) => ('name' in part ? `${part.kind} ${part.name}` : part.kind))
        : []
    expect(names).toEqual(parts)
  })

  test('begin at a value when there is one', () => {
    expect(tree('$x.a')).toEqual({
      kind: 'idiom',
      start: { kind: 'param', name: 'x' },
      parts: [{ kind: 'field', name: 'a' }],
    })
    expect(tree('user:1.a')).toMatchObject({ start: { kind: 'record_id' } })
    expect(tree('(SELECT * FROM a)[0]')).toMatchObject({ start: { kind: 'subquery' } })
    expect(tree('@.a')).toMatchObject({ start: { kind: 'param', name: 'this' } })
    expect(tree('(a.*)[0]')).toMatchObject({ start: { kind: 'idiom' }, parts: [{ kind: 'index' }] })
  })

  test('a step takes tables, ids, conditions and clauses', () => {
    expect(tree('->?')).toEqual({ kind: 'idiom', parts: [{ kind: 'graph', direction: 'out' }] })
    expect(tree('<->(a, b WHERE c LIMIT 3 START 1 AS d)')).toEqual({
      kind: 'idiom',
      parts: [
        {
          kind: 'graph',
          direction: 'both',
          targets: [
            { kind: 'table', name: 'a' },
            { kind: 'table', name: 'b' },
          ],
          where: field('c'),
          limit: { kind: 'literal', value: 3 },
          skip: { kind: 'literal', value: 1 },
          alias: field('d'),
        },
      ],
    })
    expect(tree('<-a:1..2')).toMatchObject({ parts: [{ direction: 'in', targets: [{ kind: 'record_id' }] }] })
    expect(tree('->(SELECT a FROM b ORDER BY a)')).toMatchObject({
      parts: [{ fields: { value: false }, order: { type: 'by' } }],
    })
  })

  test('destructuring names its results', () => {
    expect(tree('a.{ b, c.*, d: e.f }')).toMatchObject({
      parts: [
        {},
        {
          kind: 'destructure',
          fields: [
            { name: 'b', path: [{ kind: 'field', name: 'b' }] },
            { name: 'c', path: [{ kind: 'field', name: 'c' }, { kind: 'all' }] },
            {
              name: 'd',
              path: [
                { kind: 'field', name: 'e' },
                { kind: 'field', name: 'f' },
              ],
            },
          ],
        },
      ],
    })
  })

  test('recursion has bounds, a mode and a path', () => {
    expect(tree('a.{3}(->b)')).toMatchObject({ parts: [{}, { min: 3, max: 3, path: [{ kind: 'graph' }] }] })
    expect(tree('a.{..+shortest=t:1+inclusive}->b')).toMatchObject({
      parts: [
        {},
        { kind: 'recurse', mode: { type: 'shortest', to: { kind: 'record_id' }, inclusive: true } },
        {},
      ],
    })
    expect(tree('a.{2..}->b')).toMatchObject({ parts: [{}, { min: 2 }, {}] })
  })
})

describe('calls', () => {
  test('names of functions are in lower case, save those of the user', () => {
    expect(tree('String::Len(a)')).toEqual({ kind: 'call', name: 'string::len', args: [field('a')] })
    expect(tree('COUNT()')).toEqual({ kind: 'call', name: 'count', args: [] })
    expect(tree('fn::Greet(1,)')).toMatchObject({ kind: 'call', name: 'fn::Greet' })
    expect(tree('Math::PI')).toEqual({ kind: 'constant', name: 'math::pi' })
  })

  test('closures take typed parameters', () => {
    expect(tree('|$a: int, $b: <int | string>| $a')).toMatchObject({
      kind: 'closure',
      params: [
        { name: 'a', type: { kind: 'scalar_type', name: 'int' } },
        { name: 'b', type: { kind: 'union_type' } },
      ],
    })
    expect(tree('|$a| -> int { 1 }')).toMatchObject({ returns: { name: 'int' }, body: { kind: 'block' } })
    expect(tree('|| 1')).toMatchObject({ kind: 'closure', params: [] })
  })

  test('a statement is a value in parentheses, and bare where a value may stand', () => {
    expect(tree('count(SELECT * FROM a)')).toEqual(tree('count((SELECT * FROM a))'))
    expect(tree('$a ?? IF b { 1 }')).toEqual(tree('$a ?? (IF b { 1 })'))
  })
})

describe('any word is a name where it can be nothing else', () => {
  test.each([
    'select',
    'from',
    'where',
    'order',
    'limit',
    'value',
    'in',
    'out',
    'type',
    'group',
    'create',
    'delete',
    'end',
    'start',
    'set',
    'count',
    'content',
    'only',
    'return',
    'with',
    'contains',
    'is',
    'to',
  ])('%s', (name) => {
    expect(tree(`${name} = 1`)).toMatchObject({ left: field(name) })
    expect(tree(`1 + ${name}`)).toMatchObject({ right: field(name) })
    expect(tree(`a.${name}.b`)).toMatchObject({ parts: [{}, { name }, {}] })
    expect(
      parseDql(`SELECT ${name}, a AS ${name} FROM ${name} WHERE ${name} = 1 ORDER BY ${name} DESC`),
    ).toMatchObject([
      {
        projection: { items: [{ expression: field(name) }, { alias: field(name) }] },
        from: [{ kind: 'table', name }],
        order: { keys: [{ expression: field(name), descending: true }] },
      },
    ])
    expect(parseDql(`CREATE a SET ${name} = 1`)).toMatchObject([
      { data: { assignments: [{ place: field(name) }] } },
    ])
  })
})
