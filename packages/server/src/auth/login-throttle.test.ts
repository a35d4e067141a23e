import { expect, test } from 'vitest'
import { loginLockMs, loginWindowMs } from './limits.ts'
import { afterFailure, judgeLogin, type LoginState, noFailures } from './login-throttle.ts'

/** The state after that many failures, each as soon as it is allowed, and the time of the last. */
function fail(count: number, startMs = 1_000_000): { readonly state: LoginState; readonly nowMs: number } {
  let state = noFailures
  let nowMs = startMs
  for (let at = 0; at < count; at += 1) {
    nowMs = Math.max(nowMs, state.waitUntilMs)
    state = afterFailure(state, nowMs)
  }
  return { state, nowMs }
}

test('four failures delay nothing', () => {
  const { state, nowMs } = fail(4)
  expect(judgeLogin(state, nowMs)).toEqual({ type: 'allowed' })
})

test('from the fifth on each failure doubles the wait', () => {
  const waits = [5, 6, 7, 8, 9].map((count) => {
    const { state, nowMs } = fail(count)
    return judgeLogin(state, nowMs)
  })
  expect(waits).toEqual(
    [1000, 2000, 4000, 8000, 16_000].map((retryAfterMs) => ({ type: 'delayed', retryAfterMs })),
  )
})

test('a wait is over at its end, not before', () => {
  const { state, nowMs } = fail(5)
  expect(judgeLogin(state, nowMs + 999)).toEqual({ type: 'delayed', retryAfterMs: 1 })
  expect(judgeLogin(state, nowMs + 1000)).toEqual({ type: 'allowed' })
})

test('the tenth failure locks for an hour', () => {
  const { state, nowMs } = fail(10)
  expect(judgeLogin(state, nowMs)).toEqual({ type: 'locked', retryAfterMs: loginLockMs })
  expect(judgeLogin(state, nowMs + loginLockMs - 1)).toEqual({ type: 'locked', retryAfterMs: 1 })
  expect(judgeLogin(state, nowMs + loginLockMs)).toEqual({ type: 'allowed' })
})

test('a clock that is set back does not lengthen a wait beyond what it can be', () => {
  const locked = fail(10)
  expect(judgeLogin(locked.state, locked.nowMs - 1)).toEqual({ type: 'allowed' })
  const delayed = fail(5)
  expect(judgeLogin(delayed.state, delayed.nowMs - 86_400_000)).toEqual({ type: 'allowed' })
})

test('after a lock counting begins anew', () => {
  const { state, nowMs } = fail(10)
  expect(afterFailure(state, nowMs + loginLockMs).failures).toBe(1)
})

test('failures of fifteen minutes ago are forgotten', () => {
  const state = afterFailure(fail(3).state, 1_000_000 + loginWindowMs - 1)
  expect(state.failures).toBe(4)
  expect(afterFailure(fail(3).state, 1_000_000 + loginWindowMs).failures).toBe(1)
})
