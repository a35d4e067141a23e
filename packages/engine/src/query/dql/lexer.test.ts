import { describe, expect, test } from 'vitest'
import { Lexer } from './lexer.ts'
import type { Token } from './token.ts'

function tokensOf(text: string): readonly Token[] {
  const lexer = new Lexer(text)
  const tokens: Token[] = []
  for (;;) {
    const token = lexer.next()
    if (token.type === 'end') return tokens
    tokens.push(token)
  }
}

const typesOf = (text: string): readonly string[] => tokensOf(text).map(({ type }) => type)
const textsOf = (text: string): readonly string[] => tokensOf(text).map(({ text: content }) => content)

describe('symbols', () => {
  test.each([
    ['->a', ['->', 'word']],
    ['<-a', ['<-', 'word']],
    ['<->a', ['<->', 'word']],
    ['<-1', ['<', '-', 'number']],
    ['<-$a', ['<', '-', 'param']],
    ['<|5|>', ['<|', 'number', '|>']],
    ['1..5', ['number', '..', 'number']],
    ['1..=5', ['number', '..=', 'number']],
    ['1>..5', ['number', '>..', 'number']],
    ['1>..=5', ['number', '>..=', 'number']],
    ['a...', ['word', '...']],
    ['a.b', ['word', '.', 'word']],
    ['a::b', ['word', '::', 'word']],
    ['+?=', ['+?=']],
    ['a?:b', ['word', '?:', 'word']],
    ['**=', ['**', '=']],
    ['[$]', ['[', '$', ']']],
    ['@1@', ['@', 'number', '@']],
    ['∈⊇÷', ['∈', '⊇', '÷']],
  ])('%s', (text, types) => {
    expect(typesOf(text)).toEqual(types)
  })
})

test('numbers end where nothing of a number follows', () => {
  expect(textsOf('1.5.2')).toEqual(['1.5', '.', '2'])
  expect(textsOf('1.len()')).toEqual(['1', '.', 'len', '(', ')'])
  expect(textsOf('1e-5-3')).toEqual(['1e-5', '-', '3'])
  expect(textsOf('1.5e+3dec')).toEqual(['1.5e+3dec'])
  expect(textsOf('01HZXE-5')).toEqual(['01HZXE', '-', '5'])
  expect(textsOf('5µs')).toEqual(['5µs'])
})

test('words are keywords in any case, unless they are escaped', () => {
  expect(
    tokensOf('select SELECT Select sElEcT ⟨select⟩ `select` selects').map(({ keyword }) => keyword),
  ).toEqual(['SELECT', 'SELECT', 'SELECT', 'SELECT', '', '', ''])
})

test('letters beyond ASCII belong to words', () => {
  expect(textsOf('größe 名前 𝒳y é')).toEqual(['größe', '名前', '𝒳y', 'é'])
})

test('quotes give their content', () => {
  expect(tokensOf(`'a' "b" d'c' U'd' ⟨e\\⟩⟩ \`f\\\`\` $⟨g h⟩`).map(({ type, text }) => [type, text])).toEqual(
    [
      ['string', 'a'],
      ['string', 'b'],
      ['datetime', 'c'],
      ['word', 'U'],
      ['string', 'd'],
      ['escaped', 'e⟩'],
      ['escaped', 'f`'],
      ['param', 'g h'],
    ],
  )
})

test('comments and spaces of every kind are skipped', () => {
  expect(textsOf('a -- b\nc # d\r\ne // f\ng /* h \n ** / */ i\u00a0\ufeff\u2003j --')).toEqual([
    'a',
    'c',
    'e',
    'g',
    'i',
    'j',
  ])
  expect(textsOf('1-1')).toEqual(['1', '-', '1'])
})

test('tokens know their place in UTF-16 units', () => {
  expect(tokensOf("'🌳' a").map(({ start, end }) => [start, end])).toEqual([
    [0, 4],
    [5, 6],
  ])
})

test('the end comes again and again', () => {
  const lexer = new Lexer('a')
  lexer.next()
  expect(lexer.next()).toEqual({ type: 'end', start: 1, end: 1, text: '', keyword: '' })
  expect(lexer.next().type).toBe('end')
})
