import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { statementKeywords } from './keywords.ts'
import { parseDql } from './parse-dql.ts'

const doc = readFileSync(new URL('../../../../../docs/dql-grammar.md', import.meta.url), 'utf8')

function blocks(language: string): readonly string[] {
  return [...doc.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    (match) => match[1] ?? '',
  )
}

test('the grammar has rules and examples', () => {
  expect(blocks('ebnf').length).toBeGreaterThan(8)
  expect(blocks('dql').length).toBeGreaterThanOrEqual(blocks('ebnf').length - 1)
})

test.each(blocks('dql').flatMap((block) => block.split('\n').filter((line) => line !== '')))(
  'example: %s',
  (line) => {
    expect(parseDql(line).length).toBeGreaterThan(0)
  },
)

test.each(statementKeywords)('%s opens a statement in a rule', (word) => {
  expect(blocks('ebnf').join('\n')).toMatch(new RegExp(`\\b${word}\\b`))
})
