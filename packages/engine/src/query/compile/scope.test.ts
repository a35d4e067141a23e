import { expect, test } from 'vitest'
import { Scope } from './scope.ts'

test('inner scopes hide outer ones and do not change them', () => {
  const outer = new Scope(undefined, { a: 1, b: 2 })
  const inner = new Scope(outer)
  inner.set('a', 5)
  expect([inner.get('a'), inner.get('b'), outer.get('a')]).toEqual([5, 2, 1])
})

test('a parameter set to NONE is set', () => {
  const outer = new Scope(undefined, { a: 1 })
  const inner = new Scope(outer)
  inner.set('a', undefined)
  expect(inner.has('a')).toBe(true)
  expect(inner.get('a')).toBeUndefined()
})

test('what objects inherit is no parameter', () => {
  const scope = new Scope(undefined, {})
  expect([scope.has('constructor'), scope.get('toString')]).toEqual([false, undefined])
})

test('a fork reaches its origin only when it is adopted', () => {
  const scope = new Scope()
  const fork = scope.fork()
  fork.set('x', 1)
  expect(scope.has('x')).toBe(false)
  scope.adopt(fork)
  expect(scope.get('x')).toBe(1)
  expect(scope.own).toEqual({ x: 1 })
})
