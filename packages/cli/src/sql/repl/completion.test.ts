import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type CompletionSources, completionsFor } from './completion.ts'
import { keywords } from './keywords.ts'

const sources: CompletionSources = {
  tables: async () => ['user', 'user_group', 'odd name'],
  databases: async () => ['main', 'shop', 'shop/test'],
}

const offered = async (line: string, isFirstLine = true) =>
  (await completionsFor(line, isFirstLine, sources))[0]

test('offers keywords in the case that was begun', async () => {
  expect(await offered('SEL')).toEqual(['SELECT '])
  expect(await offered('sel')).toEqual(['select '])
  expect(await offered('SELECT * FROM a ORD')).toEqual(['ORDER BY '])
})

test('offers tables before keywords, escaped where they have to be', async () => {
  expect(await offered('SELECT * FROM us')).toEqual(['user ', 'user_group ', 'use db '])
  expect(await offered('SELECT * FROM odd')).toEqual([])
})

test('replaces the word that was begun', async () => {
  expect((await completionsFor('SELECT * FROM us', true, sources))[1]).toBe('us')
})

test.each(['', 'SELECT ', 'RETURN $us', 'SELECT a.us', 'RETURN string::le', "RETURN 'x'"])(
  'offers nothing for %j',
  async (line) => {
    expect(await offered(line)).toEqual([])
  },
)

test('offers the commands of the prompt, and what they take', async () => {
  expect(await offered('.')).toContain('.help')
  expect(await offered('.t')).toEqual(['.tables', '.timing '])
  expect(await offered('.use sh')).toEqual(['shop', 'shop/test'])
  expect(await offered('.info user_')).toEqual(['user_group'])
  expect(await offered('.format ')).toEqual(['table', 'json', 'dql'])
  expect(await offered('.timing o')).toEqual(['on', 'off'])
  expect(await offered('.read x')).toEqual([])
})

test('offers no commands where a statement goes on', async () => {
  expect(await offered('.t', false)).toEqual([])
})

test('offers keywords even when nobody tells the tables', async () => {
  const failing = { ...sources, tables: () => Promise.reject(new Error('gone')) }
  expect(await completionsFor('sel', true, failing)).toEqual([['select '], 'sel'])
})

test('every keyword is in the grammar, and none is there twice', () => {
  const grammar = readFileSync(new URL('../../../../../docs/dql-grammar.md', import.meta.url), 'utf8')
  const words = new Set(grammar.match(/\b[A-Z]+\b/g))
  expect(keywords.flatMap((keyword) => keyword.split(' ')).filter((word) => !words.has(word))).toEqual([])
  expect(new Set(keywords).size).toBe(keywords.length)
})
