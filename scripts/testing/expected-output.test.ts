import { describe, expect, test } from 'vitest'
import { missingLine } from './expected-output.ts'

describe('lines of a page are found in the output', () => {
  test.each([
    ['the same', 'a b', 'a b'],
    ['among others before and behind', 'b', 'a\nb\nc'],
    ['with other blanks', 'a b', '  a    b '],
    ['with anything at …', 'head b2:…', 'head b2:12ab'],
    ['with nothing at …', 'done…', 'done'],
    ['with any lines at a line of …', 'a\n…\nd', 'a\nb\nc\nd'],
    ['with no lines at a line of …', 'a\n…\nd', 'a\nd'],
    ['with rules of another length', '─── ---', '───── ----------'],
    ['with signs that mean something in patterns', 'a.b (c) [d] $e', 'a.b (c) [d] $e'],
  ])('%s', (_, text, output) => expect(missingLine({ text }, output)).toBeUndefined())

  test('numbers of a sample may be others', () => {
    expect(missingLine({ text: 'MIT  142', isSample: true }, 'MIT    7')).toBeUndefined()
    expect(missingLine({ text: 'took 1.5 ms', isSample: true }, 'took 12 ms')).toBeUndefined()
  })
})

describe('the first line that is not there is named', () => {
  test.each([
    ['another text', 'a\nb', 'a\nc', 'b'],
    ['another number', 'n 1', 'n 2', 'n 1'],
    ['more than the line', 'a', 'a b', 'a'],
    ['another order', 'b\na', 'a\nb', 'a'],
    ['a line in between', 'a\nc', 'a\nb\nc', 'c'],
    ['a dot for a letter', 'a.c', 'abc', 'a.c'],
    ['a word for a number, even in a sample', 'n 1', 'n x', 'n 1'],
  ])('%s', (_, text, output, missing) => {
    expect(missingLine({ text, isSample: text === 'n 1' && output === 'n x' }, output)).toBe(missing)
  })
})
