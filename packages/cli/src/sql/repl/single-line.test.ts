import { expect, test } from 'vitest'
import { singleLine } from './single-line.ts'

test.each([
  ['RETURN 1;', 'RETURN 1;'],
  ['RETURN\n  1 +\n  1;', 'RETURN 1 + 1;'],
  ['RETURN 1; -- one line', 'RETURN 1; -- one line'],
])('%j becomes %j', (text, line) => {
  expect(singleLine(text)).toBe(line)
})

test.each([
  "RETURN 'a\nb';",
  'RETURN 1 -- a\n+ 1;',
  'RETURN 1 /* a\nb */;',
  'SELECT `a\nb` FROM t;',
  'RETURN 1 # a\n;',
])('%j stays as it is, as its line breaks mean something', (text) => {
  expect(singleLine(text)).toBeUndefined()
})
