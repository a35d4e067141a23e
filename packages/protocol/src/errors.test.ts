import { describe, expect, expectTypeOf, test } from 'vitest'
import { AssertionError, assert, must, unreachable } from './assert.ts'
import {
  DbError,
  defineErrors,
  type ErrorStatus,
  errorBody,
  errorStatusTable,
  internalErrors,
  listErrors,
  toDbError,
} from './errors.ts'
import { limits } from './limits.ts'

const shopErrors = defineErrors('SHOP', {
  SOLD_OUT: { status: 'conflict', message: '{item} is sold out, {left} of {item} left' },
  CLOSED: { status: 'unavailable', message: 'the shop is closed' },
})

describe('defineErrors', () => {
  test('makes errors with code, status, message, details and cause', () => {
    const cause = new Error('disk')
    const error = shopErrors.SOLD_OUT({ item: 'tea', left: 0, line: 3 }, { cause })
    expect(error).toBeInstanceOf(DbError)
    expect(error).toMatchObject({
      name: 'DbError',
      code: 'SHOP_SOLD_OUT',
      status: 'conflict',
      message: 'tea is sold out, 0 of tea left',
      details: { item: 'tea', left: 0, line: 3 },
      cause,
    })
    expect(shopErrors.CLOSED()).toMatchObject({ message: 'the shop is closed', details: {} })
    expect('cause' in shopErrors.CLOSED()).toBe(false)
  })

  test('requires the details that the message names, and allows others', () => {
    expectTypeOf(shopErrors.SOLD_OUT).parameter(0).toExtend<{ item: unknown; left: unknown }>()
    expectTypeOf<{ item: string }>().not.toExtend<Parameters<typeof shopErrors.SOLD_OUT>[0]>()
    expectTypeOf<{ item: string; left: number; other: 1 }>().toExtend<
      Parameters<typeof shopErrors.SOLD_OUT>[0]
    >()
    expectTypeOf(shopErrors.CLOSED).toBeCallableWith()
    expectTypeOf(shopErrors).not.toHaveProperty('BURNT')
  })

  test('bounds what a detail adds to the message, and keeps it well formed', () => {
    const atBound = 'x'.repeat(limits.errorDetailCharsMax)
    expect(shopErrors.SOLD_OUT({ item: atBound, left: 0 }).message).toContain(`${atBound} is sold out`)
    const over = shopErrors.SOLD_OUT({ item: `${atBound.slice(1)}😀`, left: 0 }).message
    expect(over).toContain('… is sold out')
    expect(over.isWellFormed()).toBe(true)
  })

  test('does not fill placeholders that come with a detail', () => {
    expect(shopErrors.SOLD_OUT({ item: '{left}', left: 1 }).message).toBe(
      '{left} is sold out, 1 of {left} left',
    )
  })

  test('lists what a table declares', () => {
    expect(listErrors(shopErrors)).toEqual([
      { code: 'SHOP_SOLD_OUT', status: 'conflict', message: '{item} is sold out, {left} of {item} left' },
      { code: 'SHOP_CLOSED', status: 'unavailable', message: 'the shop is closed' },
    ])
  })
})

describe('errorBody', () => {
  test('has status, reason, message and the public details only', () => {
    const error = shopErrors.SOLD_OUT({
      item: 'tea',
      left: 0,
      line: 3,
      column: 7,
      retry_after_secs: 5,
      file: '/x',
    })
    expect(errorBody(error)).toEqual({
      code: 'CONFLICT',
      reason: 'SHOP_SOLD_OUT',
      message: 'tea is sold out, 0 of tea left',
      status: 409,
      line: 3,
      column: 7,
      retry_after_secs: 5,
    })
  })

  test('says nothing about errors that are not ours', () => {
    for (const bug of [
      new TypeError('password is hunter2'),
      'hunter2',
      undefined,
      new AssertionError('hunter2'),
    ]) {
      const body = errorBody(bug)
      expect(body).toMatchObject({ code: 'INTERNAL', reason: 'INTERNAL_UNEXPECTED', status: 500 })
      expect(JSON.stringify(body)).not.toContain('hunter2')
    }
  })

  test('toDbError keeps the cause for the log', () => {
    const bug = new TypeError('x')
    expect(toDbError(bug).cause).toBe(bug)
    const known = internalErrors.UNEXPECTED()
    expect(toDbError(known)).toBe(known)
  })
})

test('statuses map to the HTTP statuses of the surface', () => {
  const byHttp = Object.groupBy(Object.entries(errorStatusTable), ([, signals]) => String(signals.http))
  const names = Object.fromEntries(
    Object.entries(byHttp).map(([http, entries]) => [http, entries?.map(([status]) => status).sort()]),
  )
  expect(names).toEqual({
    400: [
      'bad_request',
      'invalid_argument',
      'invalid_query',
      'query_too_complex',
      'resource_exceeded',
      'type_mismatch',
    ],
    401: ['invalid_credentials', 'unauthenticated'],
    403: ['permission_denied'],
    404: ['not_found'],
    409: ['conflict', 'schema_conflict'],
    413: ['payload_too_large'],
    415: ['unsupported_type'],
    422: ['validation_failed'],
    429: ['account_locked', 'rate_limited'],
    499: ['cancelled'],
    500: ['corrupt', 'internal'],
    503: ['unavailable'],
    504: ['timeout'],
  })
})

test('every status has signals that its doors can send', () => {
  for (const [status, signals] of Object.entries(errorStatusTable) as [
    ErrorStatus,
    typeof errorStatusTable.internal,
  ][]) {
    expect(signals.resp, status).toMatch(/^[A-Z]+$/)
    expect(signals.mcp, status).toBeLessThan(0)
    expect(signals.exit, status).toBeGreaterThan(0)
    expect(signals.exit, status).toBeLessThan(256)
  }
})

test('assert, must and unreachable stop bugs with an AssertionError', () => {
  assert(true, 'fine')
  expect(() => assert(false, 'seq has a gap')).toThrow(AssertionError)
  expect(must(0, 'zero')).toBe(0)
  expect(() => must(undefined, 'the head')).toThrow('missing value: the head')
  expect(() => must(null, 'the head')).toThrow(AssertionError)
  expect(() => unreachable('x' as never)).toThrow('unreachable case: x')
})
