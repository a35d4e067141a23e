import { DbError, defineErrors } from '@dendrodb/protocol'
import { expect, test } from 'vitest'
import { plain } from './paint.ts'
import { errorText, exitCodeOf, reportError } from './report-error.ts'
import { collectingStream } from './testing/collecting-stream.ts'

const testErrors = defineErrors('TEST', {
  SYNTAX: { status: 'invalid_query', message: 'unexpected {found}' },
  LOST: { status: 'not_found', message: 'there is no {name}' },
})

const syntax = testErrors.SYNTAX({ found: "'x'", line: 3, column: 5, snippet: 'a = x\n    ^' })

test('an error is one line with its code', () => {
  expect(errorText(testErrors.LOST({ name: 'file' }), plain)).toBe('error: there is no file [TEST_LOST]\n')
})

test('an error in a query shows the line and a caret below the place', () => {
  expect(errorText(syntax, plain)).toBe("error: unexpected 'x' [TEST_SYNTAX]\n  a = x\n      ^\n")
})

test('with a file, the place is printed as editors understand it', () => {
  expect(errorText(syntax, plain, { source: 'a.dql', line: 3 })).toMatch(/^error: a\.dql:3:5: unexpected/)
  expect(errorText(testErrors.LOST({ name: 'x' }), plain, { source: 'a.dql', line: 7 })).toMatch(
    /^error: a\.dql:7: there is no x/,
  )
})

test('what comes from data cannot steer the terminal', () => {
  expect(errorText(testErrors.LOST({ name: '\u001b[2J\nx' }), plain)).toBe(
    'error: there is no \\u{1b}[2J\\nx [TEST_LOST]\n',
  )
})

test('what is none of our errors comes with its stack and asks to be reported', () => {
  expect(errorText(new TypeError('oops'), plain)).toMatch(/please report it.*\nTypeError: oops\n +at /)
})

test('the exit code is that of the error table', () => {
  expect(exitCodeOf(syntax)).toBe(65)
  expect(exitCodeOf(testErrors.LOST({ name: 'x' }))).toBe(66)
  expect(exitCodeOf(new DbError({ code: 'X_Y', status: 'corrupt', message: '' }))).toBe(74)
  expect(exitCodeOf(new Error('bug'))).toBe(70)
})

test('colours only where a terminal wants them', () => {
  const text = (columns: number | undefined, env: Record<string, string>) => {
    const stderr = collectingStream(columns)
    reportError(syntax, { stderr, env })
    return stderr.text
  }
  expect(text(80, {})).toContain('\u001b[31merror\u001b[39m')
  expect(text(undefined, {})).not.toContain('\u001b')
  expect(text(80, { NO_COLOR: '1' })).not.toContain('\u001b')
  expect(text(80, { TERM: 'dumb' })).not.toContain('\u001b')
})
