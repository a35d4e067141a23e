import { describe, expect, test } from 'vitest'
import { expressionCorpus, statementCorpus } from './corpus.fixture.ts'
import { formatExpression, formatStatement } from './format-ast.ts'
import { parseDql, parseExpression } from './parse-dql.ts'
import { flawsOf, withoutSpans } from './tree.fixture.ts'

describe('every valid expression', () => {
  test.each(expressionCorpus)('%s: its canonical text means the same', (text) => {
    const tree = parseExpression(text)
    const printed = formatExpression(tree)
    const again = parseExpression(printed)
    expect(withoutSpans(again)).toEqual(withoutSpans(tree))
    expect(formatExpression(again)).toBe(printed)
  })

  test.each(expressionCorpus)('%s: spans nest and lie within the text', (text) => {
    expect(flawsOf(parseExpression(text), { start: 0, end: text.length })).toEqual([])
  })

  test.each(expressionCorpus)('%s: means the same within a statement', (text) => {
    const [statement] = parseDql(`LET $x = ${text}; RETURN 1`)
    expect(statement).toMatchObject({ kind: 'let', value: withoutSpans(parseExpression(text)) })
  })
})

describe('every valid statement', () => {
  test.each(statementCorpus)('%s: its canonical text means the same', (text) => {
    const statements = parseDql(text)
    const printed = statements.map(formatStatement).join('; ')
    const again = parseDql(printed)
    expect(withoutSpans(again)).toEqual(withoutSpans(statements))
    expect(again.map(formatStatement).join('; ')).toBe(printed)
  })

  test.each(statementCorpus)('%s: spans nest and lie within the text', (text) => {
    expect(flawsOf(parseDql(text), { start: 0, end: text.length })).toEqual([])
  })
})

const bareTexts = statementCorpus.filter((text) => !/['"`⟨]|fn::/.test(text))

test.each(bareTexts)('%s: keywords are read in any case', (text) => {
  const lower = text.replace(/\b[A-Z]{2,}\b/g, (word) => word.toLowerCase())
  const mixed = text.replace(/\b[A-Z]{2,}\b/g, (word) => word.charAt(0) + word.slice(1).toLowerCase())
  expect(withoutSpans(parseDql(lower))).toEqual(withoutSpans(parseDql(text)))
  expect(withoutSpans(parseDql(mixed))).toEqual(withoutSpans(parseDql(text)))
})
