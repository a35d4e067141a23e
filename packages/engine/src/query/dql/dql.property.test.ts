import { DbError } from '@dendrodb/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { BinaryOperator, Expression, PathPart, Statement } from './ast.ts'
import { expressionCorpus, statementCorpus } from './corpus.fixture.ts'
import { formatExpression, formatStatement } from './format-ast.ts'
import { parseDql, parseExpression } from './parse-dql.ts'
import { flawsOf, withoutSpans } from './tree.fixture.ts'

const corpus: readonly string[] = [...statementCorpus, ...expressionCorpus.map((text) => `RETURN ${text}`)]
const pieces: readonly string[] = [
  ...new Set(corpus.flatMap((text) => text.match(/[\w$]+|'[^']*'|"[^"]*"|\s+|[^\w\s]/g) ?? [])),
]

/**
 * A syntax tree or an error of our own, and soon; a tree has no flaws and its canonical text gives it again.
 */
function holds(text: string): void {
  const statements = parseOrRefuse(text)
  if (statements === undefined) return
  expect(flawsOf(statements, { start: 0, end: text.length })).toEqual([])
  const printed = statements.map(formatStatement).join('; ')
  expect(withoutSpans(parseDql(printed))).toEqual(withoutSpans(statements))
}

function parseOrRefuse(text: string): readonly Statement[] | undefined {
  try {
    return parseDql(text)
  } catch (error) {
    expect(error).toBeInstanceOf(DbError)
    if (!(error instanceof DbError)) throw error
    expect(error.code).toMatch(/^DQL_(SYNTAX|TOO_DEEP|TOO_LONG|TOO_MANY_STATEMENTS)$/)
    if (error.code === 'DQL_SYNTAX') checkPlace(text, error.details)
    return undefined
  }
}

function checkPlace(text: string, details: DbError['details']): void {
  const { offset, line, column, snippet } = details
  if (typeof offset !== 'number' || typeof line !== 'number' || typeof column !== 'number') {
    throw new Error('a syntax error without its place')
  }
  expect(offset).toBeLessThanOrEqual(text.length)
  const lines = text.slice(0, offset).split(/\r\n|\n|\r(?!\n)/)
  expect({ line, column }).toEqual({ line: lines.length, column: [...(lines.at(-1) ?? '')].length + 1 })
  expect(snippet).toMatch(/\^/)
}

describe('any text gives a tree or an error', () => {
  test('beginnings of valid texts', () => {
    for (const text of corpus)
      for (let end = 0; end <= text.length; end += 1) holds(text.slice(0, end).toWellFormed())
  })

  test('valid texts with pieces changed', () => {
    const edit = fc.record({
      at: fc.nat(400),
      remove: fc.nat(8),
      insert: fc.array(fc.constantFrom(...pieces), { maxLength: 3 }),
    })
    fc.assert(
      fc.property(
        fc.constantFrom(...corpus),
        fc.array(edit, { minLength: 1, maxLength: 3 }),
        (text, edits) => {
          const changed = edits.reduce((now, { at, remove, insert }) => {
            const from = at % (now.length + 1)
            return now.slice(0, from) + insert.join('') + now.slice(from + remove)
          }, text)
          holds(changed.toWellFormed())
        },
      ),
      { numRuns: 4000 },
    )
  })

  test('two valid texts joined somewhere', () => {
    const cut = fc.tuple(fc.constantFrom(...corpus), fc.nat(200))
    fc.assert(
      fc.property(cut, cut, ([left, i], [right, j]) => {
        holds((left.slice(0, i % (left.length + 1)) + right.slice(j % (right.length + 1))).toWellFormed())
      }),
      { numRuns: 4000 },
    )
  })

  test('pieces in any order', () => {
    const soup = fc.array(fc.tuple(fc.constantFrom(...pieces), fc.constantFrom('', ' ')), { maxLength: 20 })
    fc.assert(
      fc.property(soup, (parts) => holds(parts.flat().join(''))),
      { numRuns: 6000 },
    )
  })

  test('any characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => holds(text)),
      { numRuns: 1500 },
    )
  })
})

// Trees that the parser could give.

const none = { start: 0, end: 0 }
const names = ['a', 'b', 'in', 'select', 'value', 'order', 'not', 'NaN', 'größe', 'x y', '⟩', '1a', 'count']
const name = fc.constantFrom(...names)
const operators: readonly BinaryOperator[] = [
  ...([
    '||',
    '&&',
    '??',
    '?:',
    '=',
    '==',
    '!=',
    '?=',
    '*=',
    '~',
    '!~',
    '?~',
    '*~',
    '<',
    '<=',
    '>',
    '>=',
  ] as const),
  ...(['IN', 'NOT IN', 'CONTAINS', 'CONTAINSNOT', 'CONTAINSALL', 'CONTAINSANY', 'CONTAINSNONE'] as const),
  ...(['ALLINSIDE', 'ANYINSIDE', 'NONEINSIDE', 'OUTSIDE', 'INTERSECTS', 'LIKE', 'NOT LIKE'] as const),
  ...(['+', '-', '*', '/', '%', '**'] as const),
]

const literal = fc
  .oneof(
    fc.constantFrom(undefined, null, true, false, 0, -1, 42, 1.5, -2.5, 10n ** 20n),
    fc.string({ maxLength: 5 }),
  )
  .map((value): Expression => ({ kind: 'literal', value, span: none }))
const param = name.map((text): Expression => ({ kind: 'param', name: text, span: none }))
const fieldPart = name.map((text): PathPart => ({ kind: 'field', name: text, span: none }))
const field = fieldPart.map((part): Expression => ({ kind: 'idiom', parts: [part], span: none }))
const recordId = fc
  .tuple(name, fc.oneof(name, fc.integer(), fc.constantFrom('12', '1e5', 'ulid')))
  .map(([table, value]): Expression => {
    return { kind: 'record_id', table, key: { kind: 'key_literal', value, span: none }, span: none }
  })

const { expression } = fc.letrec<{ expression: Expression; part: PathPart }>((tie) => {
  const inner = tie('expression')
  const list = fc.array(inner, { maxLength: 2 })
  const parts = fc.array(tie('part'), { minLength: 1, maxLength: 3 })
  return {
    part: fc.oneof(
      { maxDepth: 4 },
      fieldPart,
      inner.map((index): PathPart => ({ kind: 'index', index, span: none })),
      inner.map((condition): PathPart => ({ kind: 'where', condition, span: none })),
      fc.constantFrom<PathPart>(
        { kind: 'all', span: none },
        { kind: 'last', span: none },
        { kind: 'flatten', span: none },
        { kind: 'optional', span: none },
        { kind: 'graph', direction: 'in', span: none },
      ),
      fc
        .tuple(name, list)
        .map(([text, args]): PathPart => ({ kind: 'method', name: text, args, span: none })),
      name.map((text): PathPart => {
        return {
          kind: 'graph',
          direction: 'out',
          targets: [{ kind: 'table', name: text, span: none }],
          span: none,
        }
      }),
    ),
    expression: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      literal,
      param,
      field,
      recordId,
      fc
        .tuple(fieldPart, parts)
        .map(([first, rest]): Expression => ({ kind: 'idiom', parts: [first, ...rest], span: none })),
      fc
        .tuple(inner, parts)
        .map(([start, rest]): Expression => ({ kind: 'idiom', start, parts: rest, span: none })),
      fc
        .tuple(fc.constantFrom(...operators), inner, inner)
        .map(
          ([operator, left, right]): Expression => ({ kind: 'binary', operator, left, right, span: none }),
        ),
      fc
        .tuple(fc.constantFrom('!' as const, '-' as const, '+' as const), inner)
        .map(([operator, operand]): Expression => ({ kind: 'unary', operator, operand, span: none })),
      fc.tuple(inner, inner, inner, fc.boolean()).map(([value, lower, upper, negated]): Expression => {
        return { kind: 'between', value, lower, upper, negated, span: none }
      }),
      fc
        .tuple(inner, inner)
        .map(([left, right]): Expression => ({ kind: 'knn', left, right, k: 3, span: none })),
      fc
        .tuple(inner, inner)
        .map(([left, right]): Expression => ({ kind: 'matches', left, right, reference: 1, span: none })),
      inner.map((operand): Expression => {
        return { kind: 'cast', type: { kind: 'scalar_type', name: 'int', span: none }, operand, span: none }
      }),
      fc.record({ lower: inner, upper: inner }, { requiredKeys: [] }).chain((ends) =>
        fc.tuple(fc.boolean(), fc.boolean()).map(([lowerOpen, upperClosed]): Expression => {
          const lowerInclusive = ends.lower === undefined || !lowerOpen
          const upperInclusive = ends.upper !== undefined && upperClosed
          return { kind: 'range', ...ends, lowerInclusive, upperInclusive, span: none }
        }),
      ),
      list.map((items): Expression => ({ kind: 'array', items, span: none })),
      list.map((items): Expression => ({ kind: 'set', items, span: none })),
      fc
        .uniqueArray(fc.tuple(name, inner), { maxLength: 2, selector: ([key]) => key })
        .map((fields): Expression => {
          return {
            kind: 'object',
            entries: fields.map(([key, value]) => ({ key, value, span: none })),
            span: none,
          }
        }),
      list.map((args): Expression => ({ kind: 'call', name: 'string::len', args, span: none })),
      fc.tuple(fc.array(name, { maxLength: 2 }), inner).map(([params, body]): Expression => {
        return {
          kind: 'closure',
          params: params.map((text) => ({ name: text, span: none })),
          body,
          span: none,
        }
      }),
      inner.map(
        (value): Expression => ({
          kind: 'subquery',
          statement: { kind: 'return', value, span: none },
          span: none,
        }),
      ),
      list.map((items): Expression => {
        const statements = items.map(
          (item): Statement => ({ kind: 'expression', expression: item, span: none }),
        )
        return { kind: 'block', statements, span: none }
      }),
    ),
  }
})

test('the canonical text of any expression gives it again', () => {
  fc.assert(
    fc.property(expression, (tree) => {
      expect(withoutSpans(parseExpression(formatExpression(tree)))).toEqual(withoutSpans(tree))
    }),
    { numRuns: 3000 },
  )
})

test('the canonical text of any expression means the same in a statement', () => {
  fc.assert(
    fc.property(expression, (tree) => {
      const text = formatExpression(tree)
      expect(
        parseDql(`SELECT ${text} AS x FROM ONLY y WHERE ${text} ORDER BY ${text} DESC; RETURN ${text}`),
      ).toMatchObject([
        { projection: { items: [{ kind: 'field' }] }, only: true, order: { type: 'by' } },
        { kind: 'return', value: withoutSpans(tree) },
      ])
    }),
    { numRuns: 1000 },
  )
})
